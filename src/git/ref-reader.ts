// Reading refs as git does: a file of its own first, then `packed-refs`, so that a ref being packed is never missed. Whoever remembers
// what refs held can have them looked at instead of read: a ref whose file is marked as it was holds what it held (file-mark.ts).

import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import { fileMark } from './file-mark.ts';
import { looseRefNames, readLooseRef, refPath } from './loose-ref.ts';
import type { ObjectId } from './object-id.ts';
import type { PackedRefs } from './packed-refs.ts';
import { isGitRefName } from './ref-name.ts';

export interface Ref {
  readonly name: string;
  readonly id: ObjectId;
}

/** A ref with the mark of its file; undefined where it is packed, or its file does not tell by being looked at. */
export interface MarkedRef extends Ref {
  readonly mark?: string | undefined;
}

export interface RefScan {
  /** Sound refs in the order of their names; marked where others were given to compare with. */
  readonly refs: readonly MarkedRef[];
  readonly damaged: readonly { readonly name: string; readonly reason: string }[];
  /** Files among the refs whose names git does not accept, such as a sync client's "conflicted copy". */
  readonly ignored: readonly { readonly name: string; readonly id: ObjectId | undefined }[];
}

/** What refs were remembered to hold, by name. */
export type RememberedRefs = Pick<ReadonlyMap<string, MarkedRef>, 'get'>;

const SYMBOLIC_DEPTH_MAX = 5;

export class RefReader {
  readonly #gitDirectory: string;
  readonly #packed: PackedRefs;
  readonly #now: () => number;

  constructor(gitDirectory: string, packed: PackedRefs, now: () => number) {
    this.#gitDirectory = gitDirectory;
    this.#packed = packed;
    this.#now = now;
  }

  /** The value of a ref, or undefined if there is none. */
  read(name: string, depth = 0): ObjectId | undefined {
    const ref = readLooseRef(this.#gitDirectory, name);
    if (ref.kind === 'id') return ref.id;
    if (ref.kind === 'absent') return this.#packed.read().get(name);
    if (ref.kind === 'damaged') throw refDamaged(name, ref.reason);
    if (depth === SYMBOLIC_DEPTH_MAX || !isGitRefName(ref.target)) {
      throw refDamaged(name, 'it names another ref that cannot be followed');
    }
    return this.read(ref.target, depth + 1);
  }

  /** All refs whose names begin so, and whatever else lies among them. */
  scan(prefix: string, remembered?: RememberedRefs): RefScan {
    const found = new Map<string, MarkedRef | undefined>();
    const damaged: { name: string; reason: string }[] = [];
    const ignored: { name: string; id: ObjectId | undefined }[] = [];
    const within = prefix.startsWith('refs/') ? prefix : 'refs/';
    for (const name of looseRefNames(
      this.#gitDirectory,
      within.slice(0, within.lastIndexOf('/')),
    )) {
      if (!name.startsWith(prefix)) continue;
      try {
        if (isGitRefName(name)) found.set(name, this.#looseRef(name, remembered));
        else ignored.push({ name, id: this.#idIn(name) });
      } catch (error) {
        if (!(error instanceof GsessError)) throw error;
        damaged.push({ name, reason: String(error.data['reason'] ?? error.message) });
        found.set(name, undefined);
      }
    }
    const { refs: packed, damagedLine } = this.#packed.readSound();
    if (damagedLine !== undefined) {
      damaged.push({ name: 'packed-refs', reason: `line ${damagedLine} is damaged` });
    }
    const refs = [...found.values()].filter((ref) => ref !== undefined);
    for (const [name, id] of packed) {
      if (name.startsWith(prefix) && !found.has(name)) refs.push({ name, id });
    }
    return { refs: refs.sort((a, b) => (a.name < b.name ? -1 : 1)), damaged, ignored };
  }

  /**
   * Changes whenever a ref directly in this directory (`refs/heads`) is made, moved or removed by its file being replaced, which is how
   * git and gsess do it. Undefined where that cannot be told, as right after such a change.
   */
  directoryMark(directory: string): string | undefined {
    const lookedAt = this.#now();
    const stat = lstatSync(join(this.#gitDirectory, directory), { throwIfNoEntry: false });
    if (stat === undefined || !stat.isDirectory()) return undefined;
    const own = fileMark(stat, lookedAt);
    const packed = this.#packed.mark(lookedAt);
    return own === undefined || packed === undefined ? undefined : `${own} ${packed}`;
  }

  /** Tells whether a ref still holds what is remembered of it, where `directoryMark` of its directory has not changed. */
  isStill({ name, id, mark }: MarkedRef): boolean {
    const lookedAt = this.#now();
    const stat = this.#statOf(name);
    if (stat === undefined) return true;
    if (mark !== undefined && markOfRef(stat, lookedAt) === mark) return true;
    const ref = readLooseRef(this.#gitDirectory, name);
    return ref.kind === 'id' && ref.id === id;
  }

  #looseRef(name: string, remembered: RememberedRefs | undefined): MarkedRef | undefined {
    if (remembered === undefined) return this.#unmarked(name);
    const lookedAt = this.#now();
    const stat = this.#statOf(name);
    const mark = stat === undefined ? undefined : markOfRef(stat, lookedAt);
    const known = remembered.get(name);
    if (mark !== undefined && known?.mark === mark) return known;
    const ref = readLooseRef(this.#gitDirectory, name);
    // What a symbolic ref leads to its own file does not tell.
    return ref.kind === 'id' ? { name, id: ref.id, mark } : this.#unmarked(name);
  }

  #unmarked(name: string): MarkedRef | undefined {
    const id = this.read(name);
    return id === undefined ? undefined : { name, id };
  }

  #statOf(name: string): Stats | undefined {
    return lstatSync(refPath(this.#gitDirectory, name), { throwIfNoEntry: false });
  }

  #idIn(name: string): ObjectId | undefined {
    const ref = readLooseRef(this.#gitDirectory, name);
    return ref.kind === 'id' ? ref.id : undefined;
  }
}

function markOfRef(stat: Stats, lookedAt: number): string | undefined {
  return stat.isFile() ? fileMark(stat, lookedAt) : undefined;
}

export function refDamaged(name: string, reason: string): GsessError {
  return new GsessError('ref-damaged', `cannot read the ref "${name}": ${reason}`, {
    hint: 'Run "gsess doctor"; nothing is written to a damaged ref.',
    data: { name, reason },
  });
}
