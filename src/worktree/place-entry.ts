// Puts one file or link at its path. It is prepared under a temporary name in the same directory and takes its place in one step,
// so whoever reads sees the old or the new; a crash leaves at most the temporary (leftover.ts). A file that is
// replaced passes on its permissions; one that differs only in its executable bit is not rewritten.

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { joinRaw, pathBytes, type RawName, type RawPath } from '../git/raw-path.ts';
import { temporaryName } from './leftover.ts';
import type { EntryState } from './tree-diff.ts';

export interface Placement {
  /** Absolute. */
  readonly onDisk: RawPath;
  readonly content: Buffer;
  readonly after: EntryState;
  /** The file it replaces. */
  readonly replaced: Stats | undefined;
}

const syncLater = promisify(fsync);

/** A prepared entry: its bytes are on disk, its name is still the temporary one. */
export class PreparedEntry {
  readonly #onDisk: string | Buffer;
  readonly #temporary: string | Buffer;
  #descriptor: number | undefined;
  #isPlaced = false;

  constructor({ onDisk, content, after, replaced }: Placement) {
    const slash = onDisk.lastIndexOf('/');
    const directory = onDisk.slice(0, slash) as RawPath;
    const name = temporaryName(onDisk.slice(slash + 1) as RawName, after.id);
    this.#onDisk = pathBytes(onDisk);
    this.#temporary = pathBytes(joinRaw(directory, name));
    try {
      if (after.mode === '120000') symlinkSync(content, this.#temporary);
      else this.#write(content, after, replaced);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Makes the bytes durable; several at once cost little more than one. */
  async sync(): Promise<void> {
    if (this.#descriptor !== undefined) await syncLater(this.#descriptor);
  }

  syncNow(): void {
    if (this.#descriptor !== undefined) fsyncSync(this.#descriptor);
  }

  /** Gives the entry its name. The caller has just made sure of what it replaces. */
  place(): void {
    renameSync(this.#temporary, this.#onDisk);
    this.#isPlaced = true;
    this.#close();
  }

  /** Never throws: whoever discards has a failure of its own to tell, and others to discard. A name that stays is found by its form. */
  discard(): void {
    try {
      this.#close();
      if (!this.#isPlaced) rmSync(this.#temporary, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
    }
  }

  #write(content: Buffer, after: EntryState, replaced: Stats | undefined): void {
    const isExecutable = after.mode === '100755';
    const fresh = isExecutable ? 0o777 : 0o666;
    this.#descriptor = openSync(this.#temporary, 'wx', replaced === undefined ? fresh : 0o600);
    writeFileSync(this.#descriptor, content);
    if (replaced !== undefined) {
      fchmodSync(this.#descriptor, permissions(replaced.mode, isExecutable));
    }
  }

  #close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** Sets or clears the executable bit of a file. */
export function changeExecutable(onDisk: RawPath, isExecutable: boolean): void {
  const descriptor = openSync(pathBytes(onDisk), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    fchmodSync(descriptor, permissions(fstatSync(descriptor).mode, isExecutable));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The same permissions; where the bit has to change, executable for all who may read, or for nobody. */
function permissions(mode: number, isExecutable: boolean): number {
  if (isExecutable === ((mode & 0o100) !== 0)) return mode & 0o777;
  const kept = mode & 0o666;
  return isExecutable ? kept | ((kept & 0o444) >> 2) | 0o100 : kept;
}
