// Every error gsess throws: a stable code, the data that led to it, and a hint that says what to do about it. The code decides
// the exit status. Messages name the action that failed, quote values, and have no full stop; only `cli/main.ts` prints them.

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
