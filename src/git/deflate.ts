// Deflates one content after the other. Node makes a new stream for each, with a quarter of a megabyte of memory, which takes as long as
// deflating a kilobyte. Where there are many, one stream of Node's is taken for all of them, by the means that Node itself works it with.
// These are not documented, so they are believed only after they gave what Node's own function gives, and where they are missing or
// give anything else nothing is lost but time.

import { constants, createDeflate, deflateSync } from 'node:zlib';

const LEVEL = 1;
/** In a process that deflates no more, a hook, a stream that stays is not worth it. */
const MANY = 24;
/** So many are deflated both ways and compared, a stream that was used before among them. */
const TRIALS = 3;
/** Those that are larger take far longer than their stream. */
const BYTES_MAX = 128 * 1024;
/** What zlib may add to content that cannot be made smaller, and more. */
const ROOM_BYTES = 1024;
const CHUNK_BYTES_MIN = 256;
const CHUNK_BYTES_MAX = 64 * 1024;

/** A stream of Node's at work without its stream. */
interface Engine {
  readonly writeSync: (
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputBytes: number,
    output: Uint8Array,
    outputAt: number,
    outputBytes: number,
  ) => void;
  readonly reset: () => void;
  /** Bytes of room left in the output, and bytes left of the input. */
  readonly left: Uint32Array;
}

/** The one of this thread; null where there is none that can be believed. */
let engine: Engine | null | undefined;
let output: Buffer | undefined;
let trials = 0;
let count = 0;

/** A whole zlib stream. It is valid until the next call. */
export function deflate(content: Uint8Array): Buffer {
  count += 1;
  if (count <= MANY || content.length > BYTES_MAX || engine === null) return once(content);
  engine ??= newEngine();
  const deflated = engine === null ? undefined : run(engine, content);
  if (deflated !== undefined && trials >= TRIALS) return deflated;
  const known = once(content);
  trials += 1;
  if (deflated?.equals(known) !== true) engine = null;
  return known;
}

function once(content: Uint8Array): Buffer {
  // One piece nearly always, and hardly larger than what comes of it.
  const chunkSize = Math.min(CHUNK_BYTES_MAX, CHUNK_BYTES_MIN + (content.length >> 1));
  return deflateSync(content, { level: LEVEL, chunkSize });
}

/** Undefined if it did not take all of the content. */
function run({ writeSync, reset, left }: Engine, content: Uint8Array): Buffer | undefined {
  output ??= Buffer.allocUnsafeSlow(BYTES_MAX + ROOM_BYTES);
  writeSync(constants.Z_FINISH, content, 0, content.length, output, 0, output.length);
  const [room = 0, rest] = left;
  reset();
  return room > 0 && rest === 0 ? output.subarray(0, output.length - room) : undefined;
}

function newEngine(): Engine | null {
  const stream: { _handle?: Partial<Engine> | null; _writeState?: unknown } & object =
    createDeflate({ level: LEVEL });
  const { _handle: handle, _writeState: left } = stream;
  if (typeof handle?.writeSync !== 'function' || typeof handle.reset !== 'function') return null;
  if (!(left instanceof Uint32Array) || left.length !== 2) return null;
  return { writeSync: handle.writeSync.bind(handle), reset: handle.reset.bind(handle), left };
}
