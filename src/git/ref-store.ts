// The refs of a store. Reading is git's own (ref-reader.ts). Writing is compare-and-swap by git's own protocol, so stock git and
// gsess may work on the same refs at once.
//
// An update locks every ref it names, checks every expected value, and only then moves the refs, in the order given, each by one
// rename that is durable before the next begins. A crash between two moves leaves the first ones moved; callers put the move
// that others depend on first. All updates by gsess run under one short lock of the store, which is where the next one finds
// and removes what a killed one left. `locked` means that nothing was moved.

import { dirname, join } from 'node:path';
import { GsessError } from '../errors.ts';
import { syncDirectory } from './durable-file.ts';
import { withLock } from './lock.ts';
import { looseRefNames, readLooseRef } from './loose-ref.ts';
import type { ObjectId } from './object-id.ts';
import { type ProcessTable, verbsDirectory } from './owner-file.ts';
import { PackedRefs } from './packed-refs.ts';
import { pause, Stopwatch } from './pause.ts';
import {
  directoryConflict,
  type RefLock,
  RefLocks,
  releaseAll,
  removeEmptyParents,
} from './ref-lock.ts';
import { checkRefName } from './ref-name.ts';
import {
  type MarkedRef,
  type Ref,
  RefReader,
  type RefScan,
  type RememberedRefs,
  refDamaged,
} from './ref-reader.ts';

export interface RefEdit {
  readonly name: string;
  /** The new value; null deletes the ref. */
  readonly value: ObjectId | null;
  /** What the ref must hold for the edit to happen. A damaged ref is replaced only where 'any' or 'damaged' says so. */
  readonly expect: ObjectId | 'absent' | 'any' | 'damaged';
}

export interface RefStoreOptions {
  readonly processes: ProcessTable;
  readonly now: () => number;
  /** Longest wait for a lock, in milliseconds. For others who are writing refs it is never more than 5,000. */
  readonly lockWaitMs?: number;
}

interface Move {
  readonly name: string;
  readonly content: string | null;
}

const WAIT_MS_MAX = 5_000;
const PAUSE_MS_MAX = 20;

export class RefStore {
  readonly #gitDirectory: string;
  readonly #options: RefStoreOptions;
  readonly #packed: PackedRefs;
  readonly #reader: RefReader;
  readonly #locks: RefLocks;

  constructor(gitDirectory: string, options: RefStoreOptions) {
    this.#gitDirectory = gitDirectory;
    this.#options = options;
    this.#packed = new PackedRefs(gitDirectory);
    this.#reader = new RefReader(gitDirectory, this.#packed, options.now);
    this.#locks = new RefLocks(gitDirectory);
  }

  /** The value of a ref, or undefined if there is none. Throws `ref-damaged` when the ref is there but holds no id. */
  read(name: string): ObjectId | undefined {
    checkRefName(name);
    return this.#reader.read(name);
  }

  /** All refs whose names begin so, in order. Throws `ref-damaged` if one of them is damaged; `scan` goes on. */
  list(prefix: string): readonly Ref[] {
    const { refs, damaged } = this.scan(prefix);
    const [first] = damaged;
    if (first?.name === 'packed-refs') this.#packed.read();
    if (first !== undefined) throw refDamaged(first.name, first.reason);
    return refs;
  }

  /**
   * All refs whose names begin so, and whatever else lies among them. A name holds one character per byte. Refs that are remembered
   * with a mark are only looked at.
   */
  scan(prefix: string, remembered?: RememberedRefs): RefScan {
    return this.#reader.scan(prefix, remembered);
  }

  /** See `RefReader.directoryMark`. */
  directoryMark(directory: string): string | undefined {
    return this.#reader.directoryMark(directory);
  }

  /** See `RefReader.isStill`. */
  isStill(ref: MarkedRef): boolean {
    return this.#reader.isStill(ref);
  }

  /** Moves all refs or none, as far as their expected values are concerned. Throws `ref-moved` with data {name, expected, actual}. */
  async update(edits: readonly RefEdit[], verb: string): Promise<void> {
    for (const { name } of edits) checkRefName(name);
    if (new Set(edits.map(({ name }) => name)).size < edits.length) {
      throw new GsessError('usage', 'cannot move a ref twice in one update');
    }
    const moves = edits.map(({ name, value }) => ({
      name,
      content: value === null ? null : `${value}\n`,
    }));
    await this.#move(moves, verb, () => this.#verify(edits));
  }

  /** The ref that HEAD names, or undefined if HEAD names none. */
  head(): string | undefined {
    const head = readLooseRef(this.#gitDirectory, 'HEAD');
    if (head.kind === 'damaged') throw refDamaged('HEAD', head.reason);
    return head.kind === 'symbolic' ? head.target : undefined;
  }

  /** Whether HEAD names this ref; a damaged HEAD names none. */
  headIs(name: string): boolean {
    const head = readLooseRef(this.#gitDirectory, 'HEAD');
    return head.kind === 'symbolic' && head.target === name;
  }

  /** Makes HEAD name this ref, which need not exist. */
  async setHead(name: string): Promise<void> {
    checkRefName(name);
    await this.#move([{ name: 'HEAD', content: `ref: ${name}\n` }], 'head', () => undefined);
  }

  /** Takes what cannot be read out of `packed-refs`; the refs it held must then be found otherwise. */
  async dropDamagedLines(): Promise<void> {
    const sound = () => this.#packed.readSound().soundLines;
    const content = sound()
      .map((line) => `${line}\n`)
      .join('');
    const count = sound().length;
    await this.#move([{ name: 'packed-refs', content }], 'repair', () => {
      if (sound().length !== count) throw refMoved('packed-refs', 'what was read', 'changed');
    });
  }

  async #move(moves: readonly Move[], verb: string, verify: () => void): Promise<void> {
    const { processes, now, lockWaitMs = WAIT_MS_MAX } = this.#options;
    const waitMs = Math.min(lockWaitMs, WAIT_MS_MAX);
    const lock = join(this.#gitDirectory, 'gsess', 'locks', 'refs');
    const verbs = verbsDirectory(this.#gitDirectory);
    const waited = new Stopwatch();
    for (;;) {
      const busy = await withLock(lock, { processes, verb, verbs, waitMs, waited, now }, () =>
        this.#tryToMove(moves, verify),
      );
      if (busy === undefined) return;
      waited.start();
      if (waited.elapsedMs >= waitMs) throw lockedByGit(busy);
      await pause(1 + Math.random() * PAUSE_MS_MAX);
    }
  }

  /** Returns the lock file of someone else that is in the way, having changed nothing; undefined when all is moved. */
  #tryToMove(moves: readonly Move[], verify: () => void): string | undefined {
    this.#locks.removeLeftovers();
    const locks: RefLock[] = [];
    try {
      for (const { name, content } of moves) locks.push(this.#locks.prepare(name, content ?? ''));
      // Without it, `git pack-refs` could put back a ref that we delete while it runs.
      if (moves.some(({ content }) => content === null)) {
        locks.push(this.#locks.prepare('packed-refs', ''));
      }
      this.#locks.sync();
      for (const lock of locks) if (!lock.take()) return lock.lockPath;
      verify();
      this.#publish(moves, locks);
      return undefined;
    } finally {
      releaseAll(locks);
    }
  }

  /** `locks` are those of the moves, in their order, and that of `packed-refs` behind them if a ref is to be deleted. */
  #publish(moves: readonly Move[], locks: readonly RefLock[]): void {
    let unsynced: string | undefined;
    for (const [index, lock] of locks.slice(0, moves.length).entries()) {
      const directory = dirname(lock.path);
      const deletes = moves[index]?.content === null;
      if (unsynced !== undefined && (deletes || unsynced !== directory)) syncDirectory(unsynced);
      if (!deletes) {
        lock.publish();
        unsynced = directory;
        continue;
      }
      if (moves[index - 1]?.content !== null) {
        const remaining = this.#packed.without(deletionsFrom(moves, index));
        if (remaining !== undefined) locks[moves.length]?.replace(remaining);
      }
      lock.remove();
      unsynced = undefined;
      removeEmptyParents(this.#gitDirectory, lock.name);
    }
    if (unsynced !== undefined) syncDirectory(unsynced);
  }

  #verify(edits: readonly RefEdit[]): void {
    for (const { name, value, expect } of edits) {
      if (readLooseRef(this.#gitDirectory, name).kind === 'symbolic') {
        throw refDamaged(name, 'it is symbolic, and gsess moves plain refs only');
      }
      const isDamaged = (expect === 'any' || expect === 'damaged') && this.#isDamaged(name);
      if (isDamaged) continue;
      const actual = this.#reader.read(name) ?? 'absent';
      if (expect !== 'any' && expect !== actual) throw refMoved(name, expect, actual);
      if (value !== null && actual === 'absent') this.#refuseConflict(name, edits);
    }
  }

  #isDamaged(name: string): boolean {
    return readLooseRef(this.#gitDirectory, name).kind === 'damaged';
  }

  #refuseConflict(name: string, edits: readonly RefEdit[]): void {
    const packed = this.#packed.read();
    const made = edits.flatMap((edit) => (edit.value === null ? [] : edit.name));
    const components = name.split('/');
    for (let length = components.length - 1; length > 1; length -= 1) {
      const above = components.slice(0, length).join('/');
      if (made.includes(above) || packed.has(above)) throw directoryConflict(name);
    }
    const below = `${name}/`;
    for (const other of packed.keys()) if (other.startsWith(below)) throw directoryConflict(name);
    for (const _ of looseRefNames(this.#gitDirectory, name)) throw directoryConflict(name);
  }
}

function deletionsFrom(moves: readonly Move[], start: number): string[] {
  const end = moves.findIndex(({ content }, index) => index > start && content !== null);
  return moves.slice(start, end === -1 ? moves.length : end).map(({ name }) => name);
}

function refMoved(name: string, expected: string, actual: string): GsessError {
  return new GsessError(
    'ref-moved',
    `cannot move "${name}": it is ${actual === 'absent' ? 'absent' : `at ${actual}`}, expected ${expected}`,
    { hint: 'Try again; another process was faster.', data: { name, expected, actual } },
  );
}

function lockedByGit(file: string): GsessError {
  return new GsessError('locked', `cannot move refs: git holds "${file}"`, {
    hint: `If no git process is at work in the store, remove "${file}".`,
    data: { file },
  });
}
