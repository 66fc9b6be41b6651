// Inflates never beyond a size known beforehand, so that a few hundred kilobytes on disk cannot become gigabytes in memory. Damage
// is an answer here (undefined), since only the caller knows what the bytes should have been.

import { constants, inflateSync } from 'node:zlib';
import { isSystemError } from '../errors.ts';

/** Deflate cannot do better than this, so a larger claim is a lie. */
export const INFLATE_RATIO_MAX = 1032;
const CHUNK_BYTES_MIN = 64;
/** Text seldom deflates to less than a sixth: most streams come out in one piece. */
const CHUNK_RATIO = 6;
const CHUNK_BYTES = 16 * 1024;
const DAMAGE = ['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT', 'ERR_BUFFER_TOO_LARGE'];

/** Inflates to exactly this many bytes; undefined if the stream is damaged, ends early or holds another number. */
export function inflateExactly(deflated: Buffer, sizeBytes: number): Buffer | undefined {
  if (sizeBytes > (deflated.length + CHUNK_BYTES_MIN) * INFLATE_RATIO_MAX) return undefined;
  const content = unlessDamaged(() =>
    inflateSync(deflated, {
      // One byte of room, or zlib asks for a second chunk only to say that the first was all.
      chunkSize: Math.max(CHUNK_BYTES_MIN, sizeBytes + 1),
      maxOutputLength: Math.max(1, sizeBytes),
    }),
  );
  return content?.length === sizeBytes ? content : undefined;
}

/** Inflates a whole stream; undefined if it is damaged, ends early or holds more than this. */
export function inflateAtMost(deflated: Buffer, sizeBytesMax: number): Buffer | undefined {
  const chunkSize = Math.max(CHUNK_BYTES, deflated.length * CHUNK_RATIO);
  return unlessDamaged(() => inflateSync(deflated, { chunkSize, maxOutputLength: sizeBytesMax }));
}

/** Inflates what the first bytes of a stream give; undefined if they are damaged. */
export function inflateStart(start: Buffer): Buffer | undefined {
  return unlessDamaged(() =>
    inflateSync(start, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: (start.length + CHUNK_BYTES_MIN) * INFLATE_RATIO_MAX,
    }),
  );
}

/** An upper bound of what zlib makes of this many bytes, whatever its settings (its own `deflateBound`). */
export function deflatedBytesMax(sizeBytes: number): number {
  return sizeBytes + Math.ceil(sizeBytes / 8) + Math.ceil(sizeBytes / 64) + CHUNK_BYTES_MIN;
}

function unlessDamaged(inflate: () => Buffer): Buffer | undefined {
  try {
    return inflate();
  } catch (error) {
    if (isSystemError(error, ...DAMAGE)) return undefined;
    throw error;
  }
}
