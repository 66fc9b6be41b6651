// A zlib stream that holds content as it is. Of a small tree, which is mostly object ids, deflating takes away a third and takes as long
// as all else that is done with it.

/** What one stored block can hold. */
export const UNDEFLATED_BYTES_MAX = 0xffff;

const STREAM_HEADER = 0x7801;
const LAST_STORED_BLOCK = 0x01;
const BEFORE_BYTES = 7;
const CHECKSUM_BYTES = 4;
/** Of Adler-32 (RFC 1950): the largest prime below 2^16, and how many bytes can be added up before a sum needs it. */
const MODULUS = 65_521;
const SUMMED_MAX = 5552;

/** The stream, of at most `UNDEFLATED_BYTES_MAX`. RFC 1951, section 3.2.4. */
export function undeflated(content: Uint8Array): Buffer {
  const { length } = content;
  if (length > UNDEFLATED_BYTES_MAX) throw new RangeError(`${length} bytes are no single block`);
  const stream = Buffer.allocUnsafe(BEFORE_BYTES + length + CHECKSUM_BYTES);
  stream.writeUInt16BE(STREAM_HEADER, 0);
  stream[2] = LAST_STORED_BLOCK;
  stream.writeUInt16LE(length, 3);
  stream.writeUInt16LE(length ^ 0xffff, 5);
  stream.set(content, BEFORE_BYTES);
  stream.writeUInt32BE(adler32(content), BEFORE_BYTES + length);
  return stream;
}

function adler32(content: Uint8Array): number {
  let sum = 1;
  let ofSums = 0;
  for (let at = 0; at < content.length; ) {
    const end = Math.min(at + SUMMED_MAX, content.length);
    for (; at < end; at += 1) {
      sum += content[at] ?? 0;
      ofSums += sum;
    }
    sum %= MODULUS;
    ofSums %= MODULUS;
  }
  return ofSums * 0x1_0000 + sum;
}
