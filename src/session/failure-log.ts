// What went wrong while nobody was looking: a hook prints nothing, so its failures are kept here for `status`. One JSON line each, in
// one bounded file for all projects; losing it costs nothing but the knowledge. The same failure again is one failure that came
// several times: its line carries the count and the first time, and of several lines of one failure the last one counts. Lines are
// only ever appended, each in one write, so processes need not wait for each other; when the file has grown, it is replaced by one
// with a line for each failure. Two that fail in the very same moment may be counted as one, or one of them be lost with it.

import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { makePrivateDirectory, writeDurably } from '../git/durable-file.ts';

export interface FailureReport {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly agent: string;
  readonly event: string;
  readonly code: string;
  readonly message: string;
  readonly cwd?: string;
}

/** `at` and `event` are of the last time. */
export interface Failure extends FailureReport {
  readonly first: string;
  /** How often it came. */
  readonly count: number;
}

const BYTES_MAX = 64 * 1024;
const FAILURES_MAX = 100;
/** What has not come for so long is a new failure when it comes again. */
const QUIET_MS_MAX = 7 * 24 * 60 * 60_000;
/** A link in its place is not written through. */
const APPEND =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

export class FailureLog {
  readonly #path: string;
  readonly #directory: string;

  constructor(dataDirectory: string) {
    this.#directory = dataDirectory;
    this.#path = join(dataDirectory, 'failures.jsonl');
  }

  add(report: FailureReport): void {
    makePrivateDirectory(this.#directory);
    const known = this.#byKey();
    const failure = again(known.get(keyOf(report)), report);
    if (this.#size() > BYTES_MAX) {
      known.delete(keyOf(report));
      known.set(keyOf(report), failure);
      const lines = [...known.values()].slice(-FAILURES_MAX).map(lineOf);
      writeDurably(this.#path, lines.join(''));
    } else {
      this.#append(lineOf(failure));
    }
  }

  /** The failures still known, each once, the one that came last at the end; a torn line is passed over. */
  read(): Failure[] {
    return [...this.#byKey().values()];
  }

  #append(line: string): void {
    const descriptor = openSync(this.#path, APPEND, 0o600);
    try {
      writeSync(descriptor, line);
    } finally {
      closeSync(descriptor);
    }
  }

  #byKey(): Map<string, Failure> {
    const failures = new Map<string, Failure>();
    for (const line of this.#lines()) {
      const failure = parseLine(line);
      if (failure === undefined) continue;
      failures.delete(keyOf(failure));
      failures.set(keyOf(failure), failure);
    }
    return failures;
  }

  /** Takes out the lines that this is true of, from the second file that an older gsess kept too. */
  forget(isMeant: (line: string) => boolean): void {
    for (const path of [this.#path, `${this.#path}.old`]) {
      if (!existsSync(path)) continue;
      const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
      const kept = lines.filter((line) => !isMeant(line));
      if (kept.length < lines.length) {
        writeDurably(path, kept.map((line) => `${line}\n`).join(''));
      }
    }
  }

  #lines(): string[] {
    try {
      return readFileSync(this.#path, 'utf8').split('\n').filter(Boolean);
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return [];
      throw error;
    }
  }

  #size(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }
}

function again(before: Failure | undefined, report: FailureReport): Failure {
  const quietMs = Date.parse(report.at) - Date.parse(before?.at ?? '');
  if (before === undefined || !(quietMs <= QUIET_MS_MAX)) {
    return { ...report, first: report.at, count: 1 };
  }
  return { ...report, first: before.first, count: before.count + 1 };
}

/** Numbers tell one time from the next (a process, a duration), not one failure from another. */
function keyOf({ agent, code, message, cwd }: FailureReport): string {
  return JSON.stringify([agent, code, message.replaceAll(/\d+/g, '0'), cwd]);
}

function lineOf(failure: Failure): string {
  return `${JSON.stringify(failure)}\n`;
}

/** A line of an older gsess tells of one time. */
function parseLine(line: string): Failure | undefined {
  try {
    const failure = JSON.parse(line) as (FailureReport & Partial<Failure>) | null;
    if (typeof failure?.at !== 'string' || typeof failure.message !== 'string') return undefined;
    return { ...failure, first: failure.first ?? failure.at, count: failure.count ?? 1 };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
