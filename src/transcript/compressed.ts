// Transcripts that an agent or a backup compressed are decoded to be read. The stored bytes stay as they are; offsets in a view
// of such a transcript count decoded bytes. The output is bounded, so a small file cannot fill the memory.

import * as zlib from 'node:zlib';

export interface Decoded {
  readonly bytes: Uint8Array;
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** Set when the bytes could not be decoded; `bytes` is then empty. */
  readonly problem?: string;
}

export interface DecodeOptions {
  readonly bytesMax?: number;
  /** Node has zstd from 22.15 on; undefined where it has not. */
  readonly zstdDecompress?: ZstdDecompress | undefined;
}

type ZstdDecompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

const DECODED_BYTES_MAX = 1024 * 1024 * 1024;
const EMPTY = new Uint8Array();
const builtIn = (zlib as { zstdDecompressSync?: ZstdDecompress }).zstdDecompressSync;

/** Decodes gzip and, where Node can, zstd; anything else is given back as it is. */
export function decodeTranscript(bytes: Uint8Array, options: DecodeOptions = {}): Decoded {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  const maxOutputLength = options.bytesMax ?? DECODED_BYTES_MAX;
  if (magic.startsWith('1f8b')) {
    return attempt('gzip', () => zlib.gunzipSync(bytes, { maxOutputLength }));
  }
  if (magic !== '28b52ffd') return { bytes, compression: 'none' };
  const zstd = 'zstdDecompress' in options ? options.zstdDecompress : builtIn;
  if (!zstd) {
    const problem = 'compressed with zstd, which this Node.js cannot read (22.15 and newer can)';
    return { bytes: EMPTY, compression: 'zstd', problem };
  }
  return attempt('zstd', () => zstd(bytes, { maxOutputLength }));
}

function attempt(compression: 'gzip' | 'zstd', decode: () => Uint8Array): Decoded {
  try {
    return { bytes: decode(), compression };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { bytes: EMPTY, compression, problem: `could not be decompressed: ${reason}` };
  }
}
