// The calls that the fault shim can let fail, and its log of those that were made.

/** In the order of `enum call` in fault-shim.c. */
export const CALLS = [
  'open',
  'write',
  'truncate',
  'rename',
  'link',
  'symlink',
  'unlink',
  'rmdir',
  'mkdir',
  'fsync',
  'chmod',
  'utimes',
  'copy',
  'open-read',
  'read',
  'open-directory',
] as const;

/** The last three change nothing; `open` is for writing. */
export type CallName = (typeof CALLS)[number];
export const CHANGING_CALLS: readonly CallName[] = CALLS.slice(0, CALLS.indexOf('open-read'));
export const READING_CALLS: readonly CallName[] = CALLS.slice(CALLS.indexOf('open-read'));
/** Calls that need a file descriptor. */
export const OPENING_CALLS: readonly CallName[] = ['open', 'open-read', 'open-directory'];

export interface LoggedCall {
  readonly call: CallName;
  readonly path: string;
  /** Of `rename`, `link` and `symlink`: where to. */
  readonly other: string;
  /** Bytes to write, length to truncate to, or mode, from which the umask is still to be taken where something is made. */
  readonly size: number;
  /** Of a write, -1: at the end; of an open: its flags. */
  readonly offset: number;
  readonly result: number;
  readonly errno: number;
  /** What the path named before the call, or the descriptor stands for; '0' for nothing. */
  readonly inode: string;
  /** What an open, `rename` or `link` left under its (last) name. */
  readonly inodeAfter: string;
  /** What was written, if the log was to hold it. */
  readonly data: Buffer;
}

/** Reads one line of the log. */
export function parseLoggedCall(line: string): LoggedCall {
  const [, call, path, other, size, offset, result, errno, inode, inodeAfter, data] =
    line.split('\t');
  return {
    call: call as CallName,
    path: unescapePath(path),
    other: unescapePath(other),
    size: Number(size),
    offset: Number(offset),
    result: Number(result),
    errno: Number(errno),
    inode: inode ?? '0',
    inodeAfter: inodeAfter ?? '0',
    data: Buffer.from(data ?? '', 'hex'),
  };
}

/** Paths stay what they are elsewhere in gsess: bytes as latin1. */
function unescapePath(text = ''): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
