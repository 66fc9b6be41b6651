// Finds out before anything is touched which paths of a plan the system would refuse to change: in a directory that may not be written
// to, on a read-only file system, marked immutable. They become blocked, so that a plan that cannot be carried out whole is not begun.
// What cannot be foreseen is found by carrying out, which takes everything back.

import { accessSync, constants, type Stats } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { directoryOf, joinRaw, pathBytes, type RawPath, rawPath } from '../git/raw-path.ts';
import { lookAt } from './disk-state.ts';
import type { RestorePlan, Stay, StayReason } from './restore-plan.ts';
import type { EntryState } from './tree-diff.ts';

export interface RefusedPathsOptions {
  /** A real path. */
  readonly root: string;
  /** Who will carry the plan out; undefined where the system has no such ids. */
  readonly userId: number | undefined;
}

/** Only the owner of an entry, or of the directory, may remove it. */
const STICKY = 0o1000;

/** The same plan, without what the system would refuse; that is blocked instead. */
export function blockRefused(plan: RestorePlan, options: RefusedPathsOptions): RestorePlan {
  const look = new Permissions(options);
  const refused: Stay[] = [];
  const may = <T extends Change>(changes: readonly T[]): T[] =>
    changes.filter((change) => {
      const reason = look.refusal(change);
      if (reason !== undefined) refused.push({ path: change.path, reason });
      return reason === undefined;
    });
  const directories = (paths: readonly RawPath[]) =>
    may(paths.map((path) => ({ path }))).map(({ path }) => path);
  const allowed = {
    create: may(plan.create),
    write: may(plan.write),
    delete: may(plan.delete),
    makeDirectories: directories(plan.makeDirectories),
    removeDirectories: directories(plan.removeDirectories),
  };
  if (refused.length === 0) return plan;
  return { ...plan, ...allowed, blocked: [...plan.blocked, ...refused] };
}

interface Change {
  readonly path: RawPath;
  readonly before?: EntryState;
  readonly after?: EntryState;
}

class Permissions {
  readonly #root: RawPath;
  readonly #userId: number | undefined;
  readonly #directories = new Map<RawPath, StayReason | undefined>();
  readonly #directoryStats = new Map<RawPath, Stats | undefined>();

  constructor({ root, userId }: RefusedPathsOptions) {
    this.#root = rawPath(root);
    this.#userId = userId;
  }

  refusal({ path, before, after }: Change): StayReason | undefined {
    const stat = this.#statOf(path);
    const isModeChange = before !== undefined && before.id === after?.id;
    if (isModeChange && stat?.isFile()) return this.#ownRefusal(path, stat);
    return this.#directoryRefusal(directoryOf(path)) ?? (stat && this.#entryRefusal(path, stat));
  }

  /** Only the owner of a file may change its mode. */
  #ownRefusal(path: RawPath, stat: Stats): StayReason | undefined {
    return this.#owns(stat) ? this.#entryRefusal(path, stat) : 'read-only';
  }

  /** Whether the directory takes and gives entries; of one that is yet to be made, the nearest above it that is there. */
  #directoryRefusal(directory: RawPath): StayReason | undefined {
    if (!this.#directories.has(directory)) {
      const isThere = directory === '' || this.#statAbove(directory)?.isDirectory() === true;
      this.#directories.set(
        directory,
        isThere
          ? this.#accessRefusal(directory, constants.W_OK | constants.X_OK)
          : this.#directoryRefusal(directoryOf(directory)),
      );
    }
    return this.#directories.get(directory);
  }

  /** A file that may not be written to may still be replaced; one that is immutable, or another's in a sticky directory, may not. */
  #entryRefusal(path: RawPath, stat: Stats): StayReason | undefined {
    if (stat.isSymbolicLink()) return undefined;
    const reason = this.#accessRefusal(path, constants.W_OK, ['EACCES']);
    if (reason !== undefined) return reason;
    const above = this.#statAbove(directoryOf(path));
    const isSticky = above !== undefined && (above.mode & STICKY) !== 0;
    return isSticky && !this.#owns(stat) && !this.#owns(above) ? 'read-only' : undefined;
  }

  #owns({ uid }: Stats): boolean {
    return this.#userId === undefined || [0, uid].includes(this.#userId);
  }

  #accessRefusal(
    path: RawPath,
    mode: number,
    harmless: readonly string[] = [],
  ): StayReason | undefined {
    try {
      accessSync(pathBytes(joinRaw(this.#root, path)), mode);
      return undefined;
    } catch (error) {
      if (isSystemError(error, ...harmless, 'ENOENT', 'ENOTDIR')) return undefined;
      return isSystemError(error, 'EPERM') ? 'immutable' : 'read-only';
    }
  }

  /** Of what many paths have in common. */
  #statAbove(directory: RawPath): Stats | undefined {
    if (!this.#directoryStats.has(directory)) {
      this.#directoryStats.set(directory, this.#statOf(directory));
    }
    return this.#directoryStats.get(directory);
  }

  #statOf(path: RawPath): Stats | undefined {
    return lookAt(this.#root, path).stat;
  }
}
