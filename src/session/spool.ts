// Where an agent that embeds gsess writes what is said, before it is in a checkpoint: one file for each conversation that is open, in the
// data directory, below `spool/<agent>/<native id>/`. Lines are only added. What a killed process leaves here is taken in by the next
// one; a line that it did not finish was never acknowledged and is cut off. Closed conversations leave no file.
//
// Beside the file, `owners/` says which process writes it. Whoever removes the file holds that lock, so none is removed under a writer.

import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmdirSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { directoryNames } from '../git/directory-names.ts';
import { makePrivateDirectory } from '../git/durable-file.ts';
import { withLock } from '../git/lock.ts';
import { announce, findLiveOwner } from '../git/owner-file.ts';
import { removeFile } from '../git/remove-file.ts';
import { storedComponent } from './stored-transcript.ts';
import type { Surroundings } from './surroundings.ts';

const FILE_NAME = 'transcript.jsonl';
const OWNERS = 'owners';
const NEWLINE = 0x0a;

type Owning = Pick<Surroundings, 'processes' | 'now'>;

/** The file of one conversation; it is there from the first line until `remove`. */
export class Spool {
  readonly path: string;
  readonly #directory: string;
  readonly #owning: Owning;
  #owner: string | undefined;
  #descriptor: number | undefined;
  #size = 0;

  constructor(directory: string, owning: Owning) {
    this.#directory = directory;
    this.#owning = owning;
    this.path = join(directory, FILE_NAME);
  }

  /** Adds lines and returns where they begin; they are whole or, where it throws, not there. */
  append(lines: string): number {
    const descriptor = this.#open();
    const offset = this.#size;
    const bytes = Buffer.from(lines, 'utf8');
    try {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(descriptor, bytes, written);
      }
    } catch (error) {
      ftruncateSync(descriptor, offset);
      throw error;
    }
    this.#size += bytes.length;
    return offset;
  }

  /** Begins with what was said before. Throws `live` while another process writes it. */
  async begin(bytes: Uint8Array): Promise<void> {
    await this.#alone('resume', () => {
      removeFile(this.path);
      const descriptor = this.#open();
      writeFileSync(descriptor, bytes);
      this.#size = bytes.length;
    });
  }

  /** Leaves the file to whoever comes next. */
  release(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    if (this.#owner !== undefined) removeFile(this.#owner);
    this.#descriptor = undefined;
    this.#owner = undefined;
  }

  /** Removes the file, of which all is kept elsewhere. */
  remove(): void {
    removeFile(this.path);
    this.release();
    removeEmpty(this.#directory);
  }

  /**
   * Takes in what a process left that is gone: `take` is given the file, cut to whole lines, which is removed afterwards. Does nothing
   * where a process writes it. Returns how many bytes were no whole line.
   */
  async recover(take: () => Promise<void>): Promise<number> {
    if (findLiveOwner(join(this.#directory, OWNERS), this.#announcement('recover')) !== undefined)
      return 0;
    let cut = 0;
    try {
      await this.#alone('recover', async () => {
        if (!existsSync(this.path)) return;
        cut = cutToLines(this.path);
        await take();
        removeFile(this.path);
      });
    } catch (error) {
      // Another one is at it, or has taken the session up.
      if (!(error instanceof GsessError) || error.code !== 'live') throw error;
    }
    removeEmpty(this.#directory);
    return cut;
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    const owners = join(this.#directory, OWNERS);
    makePrivateDirectory(owners);
    this.#owner = announce(owners, this.#announcement('record'));
    this.#descriptor = openSync(this.path, 'ax', 0o600);
    return this.#descriptor;
  }

  async #alone<T>(verb: string, fn: () => T | Promise<T>): Promise<T> {
    const owners = join(this.#directory, OWNERS);
    makePrivateDirectory(owners);
    try {
      return await withLock(owners, { ...this.#announcement(verb), waitMs: 0 }, fn);
    } catch (error) {
      if (!(error instanceof GsessError) || error.code !== 'locked') throw error;
      throw new GsessError('live', 'Another process is recording this session', {
        hint: 'End it there first, or fork the session.',
        data: error.data,
        cause: error,
      });
    }
  }

  #announcement(verb: string) {
    return { processes: this.#owning.processes, now: this.#owning.now, verb };
  }
}

/** The place of one conversation's file. */
export function spoolDirectory(dataDirectory: string, agent: string, nativeId: string): string {
  return join(spoolsOf(dataDirectory, agent), storedComponent(nativeId));
}

/** The native ids for which an agent has a file. */
export function spooledIds(dataDirectory: string, agent: string): string[] {
  const directory = spoolsOf(dataDirectory, agent);
  return directoryNames(directory).filter((name) => existsSync(join(directory, name, FILE_NAME)));
}

/** Removes the files of conversations that are erased. */
export function removeSpools(dataDirectory: string, nativeIds: readonly string[]): void {
  for (const agent of directoryNames(join(dataDirectory, 'spool'))) {
    for (const nativeId of nativeIds) {
      const directory = spoolDirectory(dataDirectory, agent, nativeId);
      removeFile(join(directory, FILE_NAME));
      removeEmpty(directory);
    }
  }
}

/** The first line of the file, where it is whole. */
export function firstLine(path: string): string | undefined {
  const bytes = readFileSync(path);
  const end = bytes.indexOf(NEWLINE);
  return end < 0 ? undefined : bytes.toString('utf8', 0, end);
}

function spoolsOf(dataDirectory: string, agent: string): string {
  return join(dataDirectory, 'spool', agent);
}

/** Cuts off a line that was not finished, and what a power cut made of the end; returns how many bytes. */
function cutToLines(path: string): number {
  const bytes = readFileSync(path);
  const nul = bytes.indexOf(0);
  const readable = nul < 0 ? bytes : bytes.subarray(0, nul);
  const end = readable.lastIndexOf(NEWLINE) + 1;
  if (end < bytes.length) truncateSync(path, end);
  return bytes.length - end;
}

/** Leaves what somebody else has begun to use. */
function removeEmpty(directory: string): void {
  for (const path of [join(directory, OWNERS), directory, dirname(directory)]) {
    try {
      rmdirSync(path);
    } catch (error) {
      if (!isSystemError(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error;
    }
  }
}
