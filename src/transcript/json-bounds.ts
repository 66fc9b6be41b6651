// How much structure a piece of JSON may have before it is not parsed, or not used. A few megabytes of brackets become gigabytes of
// objects, and what nests a hundred thousand deep is parsed but ends the process of whoever writes it out again. What an agent
// records is far below both; what is not is somebody's weapon. Loads nothing, as hooks need it.

/** Deeper values are passed over: every writer of JSON recurses. */
export const DEPTH_MAX = 500;
/** Shorter texts have too little structure to be worth a look. */
const DENSE_LENGTH_MIN = 4 * 1024 * 1024;
const STRUCTURE_MAX = 2_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const BRACKET = 0x5b;
const COMMA = 0x2c;

/** Tells whether parsing the bytes would make more values than any record has. */
export function isDense(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < DENSE_LENGTH_MIN) return false;
  let structure = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === BRACE || byte === BRACKET || byte === COMMA) structure += 1;
    else if (byte === QUOTE) at = endOfString(bytes, at, end);
    if (structure > STRUCTURE_MAX) return true;
  }
  return false;
}

/** Tells whether the value nests deeper than is used. */
export function isDeep(value: unknown, depthMax = DEPTH_MAX): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depthMax === 0) return true;
  if (Array.isArray(value)) return value.some((one) => isDeep(one, depthMax - 1));
  for (const key in value) {
    if (isDeep((value as Record<string, unknown>)[key], depthMax - 1)) return true;
  }
  return false;
}

/** The last character of the string, or the end of the bytes. */
function endOfString(bytes: Buffer, start: number, end: number): number {
  let at = bytes.indexOf(QUOTE, start + 1);
  while (at >= 0 && at < end) {
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
    at = bytes.indexOf(QUOTE, at + 1);
  }
  return end;
}
