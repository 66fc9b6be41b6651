// Every error gsess throws: a stable code, the data that led to it, and a hint that says what to do about it. The code decides
// the exit status. Messages name the action that failed, quote values, and have no full stop; only `cli/main.ts` prints them.

import { constants } from 'node:os';

/** Exit status of each code: 1 failure, 2 usage, guard or ambiguous, 3 not found, 4 live or locked, 5 the tree changed. */
export const EXIT_STATUS = {
  usage: 2,
  guard: 2,
  ambiguous: 2,
  'name-invalid': 2,
  'root-refused': 2,
  'confirmation-needed': 2,
  'settings-invalid': 2,
  'not-found': 3,
  live: 4,
  locked: 4,
  'tree-changed': 5,
  'ref-moved': 4,
  'object-missing': 1,
  'object-damaged': 1,
  'ref-damaged': 1,
  'store-damaged': 1,
  'store-unsafe': 1,
  'format-newer': 1,
  'snapshot-failed': 1,
  'restore-failed': 1,
  'transcript-refused': 1,
  'agent-unavailable': 1,
  'program-missing': 1,
  'io-failed': 1,
} as const;

export type ErrorCode = keyof typeof EXIT_STATUS;

export interface ErrorDetail {
  /** What to do about it, one imperative sentence. */
  readonly hint?: string;
  /** Facts for `--json` and for callers; never file contents or transcript text. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class of gsess, recognised by `code`. */
export class GsessError extends Error {
  override readonly name = 'GsessError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.hint = detail.hint;
    this.data = detail.data ?? {};
  }

  get exitStatus(): number {
    return EXIT_STATUS[this.code];
  }
}

/** What to tell of any error. A complaint about JSON quotes the text it is about, and that may be anything anybody said. */
export function messageOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'There is text that is no JSON where JSON belongs';
  return error instanceof Error ? error.message : String(error);
}

/** True for an error of Node's file system with this code (`ENOENT`, `EEXIST`, …). */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Whether it says that this process, or the system, has too little left, and so nothing of what was to be looked at. */
export function isExhaustion(error: unknown): boolean {
  return isSystemError(error, 'EMFILE', 'ENFILE', 'ENOMEM');
}

/** What the refusals of the system mean, and what to do about them. */
const SYSTEM_FAULTS: Readonly<Record<string, { readonly is: string; readonly hint: string }>> = {
  ENOSPC: { is: 'the disk is full', hint: 'Free some space and try again.' },
  EDQUOT: { is: 'the disk quota is used up', hint: 'Free some space and try again.' },
  EFBIG: {
    is: 'a file would become larger than is allowed',
    hint: `Raise the limit ('ulimit -f') and try again.`,
  },
  EROFS: { is: 'the disk is read-only', hint: 'Make it writable and try again.' },
  EIO: { is: 'the disk reports an error', hint: 'Look after the disk, and try again.' },
  EMFILE: {
    is: 'too many files are open',
    hint: `Raise the limit ('ulimit -n'), or try again later.`,
  },
  ENFILE: { is: 'too many files are open', hint: 'Close some programs, or try again later.' },
  EACCES: { is: 'permission denied', hint: 'Look at whom the file belongs to.' },
  EPERM: { is: 'the system does not allow it', hint: 'Look at whom the file belongs to.' },
};

/** The words for an error of the system; undefined for any other. */
export function systemFault(
  error: unknown,
): { readonly is: string; readonly hint: string } | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { code = '', errno } = error as NodeJS.ErrnoException;
  // Node has no name for it.
  return SYSTEM_FAULTS[errno === -constants.errno.EDQUOT ? 'EDQUOT' : code];
}

/** The error as it is to be told: one of the system becomes `io-failed`, any other stays. */
export function withSystemFault(error: unknown): unknown {
  const fault = systemFault(error);
  if (fault === undefined) return error;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const what = path === undefined ? syscall : `${syscall} '${path}'`;
  return new GsessError('io-failed', `Cannot ${what}: ${fault.is} (${code})`, {
    hint: fault.hint,
    cause: error,
  });
}
