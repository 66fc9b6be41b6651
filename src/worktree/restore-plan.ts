// Decides what a restore does, without doing any of it. Three rules: only what the snapshot of the present covers is overwritten or
// deleted; what an ignore rule of then or now protects is left alone, and blocks what it stands in the way of; a directory goes
// only if nothing is left in it and the target has none there. The plan is symmetric, so its inverse is a plan as well.

import { platform } from 'node:os';
import { directoriesAbove, isBelowAny, type RawName, type RawPath } from '../git/raw-path.ts';
import { meansDotGit } from './fsck-names.ts';
import { refuseBelowFiles, refuseUnsafePath } from './safe-path.ts';
import type { SkipReason } from './skipped.ts';
import type { EntryState, TreeChange } from './tree-diff.ts';

/** Why something is left as it is: why a snapshot does not cover it, or what it would take away. */
export type StayReason =
  | 'read-only'
  | 'immutable'
  | SkipReason
  | 'uncovered'
  | 'out-of-scope'
  | 'in-the-way'
  | 'unsafe-name';

export interface PlannedCreate {
  readonly path: RawPath;
  readonly after: EntryState;
}

export interface PlannedWrite extends PlannedCreate {
  readonly before: EntryState;
}

export interface PlannedDelete {
  readonly path: RawPath;
  readonly before: EntryState;
}

export interface Stay {
  readonly path: RawPath;
  readonly reason: StayReason;
  /** What stands in the way, where it is not at the path itself. */
  readonly by?: RawPath;
}

export interface RestorePlan {
  readonly create: readonly PlannedCreate[];
  readonly write: readonly PlannedWrite[];
  readonly delete: readonly PlannedDelete[];
  /** Parents first; some may be there already. */
  readonly makeDirectories: readonly RawPath[];
  /** Children first; each only if it is empty by then. */
  readonly removeDirectories: readonly RawPath[];
  /** Not in the target, but protected. */
  readonly untouched: readonly Stay[];
  /** In the target, but not to be had without touching something that is protected. */
  readonly blocked: readonly Stay[];
}

/** Something on disk that the snapshot of the present does not cover. */
export interface Obstacle {
  readonly reason: StayReason;
  /** A file or link, or the first such thing in a directory. */
  readonly path: RawPath;
}

export interface PlanOptions {
  /** Why the path must be left alone, by the rules of the present, of the target, or by what the target left out. */
  readonly isProtected: (path: RawPath, isDirectory: boolean) => StayReason | undefined;
  /** What is on disk, uncovered, where this should stand; undefined if nothing is or it is just this. */
  readonly existing: (path: RawPath, wanted: EntryState | 'directory') => Obstacle | undefined;
  /** Only these paths and what is below them; everything if left out. */
  readonly within?: readonly RawPath[];
}

const IS_LOOK_ALIKE_REAL = ['darwin', 'win32'].includes(platform());

/** Plans the changes from the present to the target. */
export function planRestore(changes: readonly TreeChange[], options: PlanOptions): RestorePlan {
  for (const { path } of changes) refuseUnsafePath(path, { lookAlikes: 'allowed' });
  refuseBelowFiles(changes.filter(({ after }) => isLeaf(after)).map(({ path }) => path));
  return new Planner(changes, options).plan();
}

/** The plan that undoes this one. */
export function invertPlan(plan: RestorePlan): RestorePlan {
  return {
    create: plan.delete.map(({ path, before }) => ({ path, after: before })),
    write: plan.write.map(({ path, before, after }) => ({ path, before: after, after: before })),
    delete: plan.create.map(({ path, after }) => ({ path, before: after })),
    makeDirectories: plan.removeDirectories.toReversed(),
    removeDirectories: plan.makeDirectories.toReversed(),
    untouched: [],
    blocked: [],
  };
}

/** Tells whether there is nothing to carry out. */
export function isEmptyPlan(
  plan: Readonly<Record<keyof Omit<RestorePlan, 'untouched' | 'blocked'>, readonly unknown[]>>,
): boolean {
  return (
    plan.create.length === 0 &&
    plan.write.length === 0 &&
    plan.delete.length === 0 &&
    plan.makeDirectories.length === 0 &&
    plan.removeDirectories.length === 0
  );
}

class Planner {
  readonly #changes: readonly TreeChange[];
  readonly #options: PlanOptions;
  /** Entries that the target lacks and that stay all the same. */
  readonly #staying = new Map<RawPath, Stay>();
  /** For each directory, one entry below it that stays. */
  readonly #stayingBelow = new Map<RawPath, Stay>();
  readonly #blocked = new Map<RawPath, Stay>();
  readonly #obstacles = new Map<RawPath, Obstacle | undefined>();

  constructor(changes: readonly TreeChange[], options: PlanOptions) {
    this.#changes = changes;
    this.#options = options;
  }

  plan(): RestorePlan {
    for (const change of this.#changes) this.#noteStay(change);
    const scoped = this.#changes.filter(({ path }) => this.#isInScope(path));
    for (const change of scoped) this.#noteBlock(change);
    const free = scoped.filter(({ path }) => !this.#blocked.has(path));
    const create: PlannedCreate[] = [];
    const write: PlannedWrite[] = [];
    const gone: PlannedDelete[] = [];
    for (const { path, before, after } of free) {
      if (isLeaf(before) && isLeaf(after)) write.push({ path, before, after });
      else if (isLeaf(after)) create.push({ path, after });
      if (isLeaf(before) && !isLeaf(after) && this.#mayDelete(path)) gone.push({ path, before });
    }
    const emptied = free.filter((change) => this.#isEmptied(change));
    const made = free.filter(({ after }) => isEmptyDirectory(after));
    return {
      create,
      write,
      delete: gone,
      makeDirectories: this.#directoriesToMake(create, made),
      removeDirectories: this.#directoriesToRemove(gone, emptied),
      untouched: [...this.#staying.values()].filter(({ reason }) => reason !== 'out-of-scope'),
      blocked: [...this.#blocked.values()],
    };
  }

  /** An entry the target lacks may be out of scope or protected. */
  #noteStay({ path, before, after }: TreeChange): void {
    if (before === undefined || isLeaf(after)) return;
    const isDirectory = !isLeaf(before);
    const reason = this.#isInScope(path)
      ? this.#options.isProtected(path, isDirectory)
      : 'out-of-scope';
    if (reason === undefined) return;
    const stay = { path, reason };
    // An empty directory is in the way of what should stand above it only.
    if (!isDirectory) this.#staying.set(path, stay);
    for (const directory of directoriesAbove(path)) this.#stayingBelow.set(directory, stay);
  }

  #noteBlock({ path, before, after }: TreeChange): void {
    if (after === undefined) return;
    const stay =
      this.#unsafeHere(path) ??
      (isLeaf(before) ? this.#overwriteFault(path, after) : this.#createFault(path, after));
    if (stay !== undefined) this.#blocked.set(path, stay);
  }

  #overwriteFault(path: RawPath, after: EntryState): Stay | undefined {
    const own = this.#staying.get(path);
    if (own !== undefined) return own;
    const reason = isLeaf(after) ? this.#options.isProtected(path, false) : undefined;
    return reason === undefined ? undefined : { path, reason };
  }

  #createFault(path: RawPath, after: EntryState): Stay | undefined {
    for (const directory of directoriesAbove(path)) {
      const obstacle = this.#staying.get(directory) ?? this.#obstacleTo(directory);
      if (obstacle !== undefined) return { path, reason: obstacle.reason, by: obstacle.path };
    }
    const wanted = isLeaf(after) ? after : 'directory';
    const below = isLeaf(after) ? this.#stayingBelow.get(path) : undefined;
    const obstacle = below ?? this.#options.existing(path, wanted);
    if (obstacle === undefined) return undefined;
    const { reason, path: by } = obstacle;
    return by === path ? { path, reason } : { path, reason, by };
  }

  #obstacleTo(directory: RawPath): Obstacle | undefined {
    if (!this.#obstacles.has(directory)) {
      this.#obstacles.set(directory, this.#options.existing(directory, 'directory'));
    }
    return this.#obstacles.get(directory);
  }

  #unsafeHere(path: RawPath): Stay | undefined {
    const isUnsafe = IS_LOOK_ALIKE_REAL && (path.split('/') as RawName[]).some(meansDotGit);
    return isUnsafe ? { path, reason: 'unsafe-name' } : undefined;
  }

  /** Nothing is deleted to make room for what is not going to come. */
  #mayDelete(path: RawPath): boolean {
    if (this.#staying.has(path)) return false;
    const above = directoriesAbove(path).find((directory) => this.#blocked.has(directory));
    if (above === undefined) return true;
    this.#blocked.set(path, { path, reason: 'in-the-way', by: above });
    return false;
  }

  /** Rules about a directory say nothing of the file or link that the target has in its place. */
  #isEmptied({ path, before, after }: TreeChange): boolean {
    if (!isEmptyDirectory(before)) return false;
    return isLeaf(after) || this.#options.isProtected(path, true) === undefined;
  }

  #directoriesToMake(create: readonly PlannedCreate[], made: readonly TreeChange[]): RawPath[] {
    const wanted = new Set(made.map(({ path }) => path));
    for (const { path } of [...create, ...made]) addAll(wanted, directoriesAbove(path));
    for (const { path, before } of this.#changes) {
      if (before === undefined) continue;
      for (const directory of directoriesAbove(path)) wanted.delete(directory);
      if (isEmptyDirectory(before)) wanted.delete(path);
    }
    return [...wanted].sort();
  }

  #directoriesToRemove(gone: readonly PlannedDelete[], emptied: readonly TreeChange[]): RawPath[] {
    const unwanted = new Set(emptied.map(({ path }) => path));
    for (const { path } of [...gone, ...emptied]) {
      addAll(
        unwanted,
        directoriesAbove(path).filter((directory) => this.#isInScope(directory)),
      );
    }
    for (const { path, after } of this.#changes) {
      if (after === undefined) continue;
      for (const directory of directoriesAbove(path)) unwanted.delete(directory);
      if (isEmptyDirectory(after)) unwanted.delete(path);
    }
    return [...unwanted].sort().reverse();
  }

  #isInScope(path: RawPath): boolean {
    const { within } = this.#options;
    return within === undefined || isBelowAny(path, within);
  }
}

function isLeaf(state: EntryState | undefined): state is EntryState {
  return state !== undefined && state.mode !== '40000';
}

function isEmptyDirectory(state: EntryState | undefined): boolean {
  return state !== undefined && state.mode === '40000';
}

function addAll(set: Set<RawPath>, paths: readonly RawPath[]): void {
  for (const path of paths) set.add(path);
}
