// What went wrong while nobody was looking: a hook prints nothing, so its failures are kept here for `status`. One JSON line each, in
// one bounded file for all projects; losing it costs nothing but the knowledge.

import {
  closeSync,
  constants,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { makePrivateDirectory } from '../git/durable-file.ts';

export interface Failure {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly agent: string;
  readonly event: string;
  readonly code: string;
  readonly message: string;
  readonly cwd?: string;
}

const BYTES_MAX = 256 * 1024;
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

  /** One write of one line, so that lines of several processes do not mix. */
  add(failure: Failure): void {
    makePrivateDirectory(this.#directory);
    if (this.#size() > BYTES_MAX) renameSync(this.#path, `${this.#path}.old`);
    const descriptor = openSync(this.#path, APPEND, 0o600);
    try {
      writeSync(descriptor, `${JSON.stringify(failure)}\n`);
    } finally {
      closeSync(descriptor);
    }
  }

  /** The failures still known, oldest first; a torn line is passed over. */
  read(): Failure[] {
    return this.#lines().flatMap((line) => {
      try {
        return [JSON.parse(line) as Failure];
      } catch (error) {
        if (error instanceof SyntaxError) return [];
        throw error;
      }
    });
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
