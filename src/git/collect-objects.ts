// Packs the objects of a store and removes what nothing reaches any more. What is reached is found first, from all refs, reflogs and HEAD;
// if anything on the way cannot be read, nothing at all is packed or removed. New packs hold only what is reached, and are durable
// and visible before the first old one goes, so a crash at any moment leaves a copy too many and never one too few.
//
// An object goes once it is older than the grace, as with git; what a younger one leads to stays with it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import { choosePacks, type PackFacts } from './choose-packs.ts';
import { directoryNames } from './directory-names.ts';
import { loosePath, readLoose } from './loose-object.ts';
import { readLooseRef } from './loose-ref.ts';
import { Marks } from './mark-reachable.ts';
import type { ObjectId } from './object-id.ts';
import { type PruneSlice, pruneObjects, removeLooseFile } from './prune-objects.ts';
import { reflogIds } from './reflogs.ts';
import type { Repository } from './repository.ts';
import { type LooseOnDisk, looseOnDisk, type PackOnDisk, packsOnDisk } from './stored-files.ts';
import { writePacks } from './write-packs.ts';

export interface CollectOptions {
  readonly now: () => number;
  /** Younger objects stay; 0 removes everything that is not reached, however young. */
  readonly graceMs: number;
  /** `sparing` writes only what has to go out of a pack. */
  readonly mode: 'whole' | 'sparing';
  /** Only says what it would do. */
  readonly isDry: boolean;
  /** Packs that have their deltas since an earlier run, by name. */
  readonly settled: ReadonlySet<string>;
  /** Bytes that may still be written to this directory. */
  readonly freeBytes: (directory: string) => number;
  readonly slice: PruneSlice;
  /** Called before the first object goes, each time. */
  readonly beforeRemoval: () => void;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ObjectUsage {
  readonly packs: number;
  readonly packBytes: number;
  readonly loose: number;
  readonly looseBytes: number;
}

export interface Collected {
  readonly before: ObjectUsage;
  readonly after: ObjectUsage;
  /** Objects that were put into new packs. */
  readonly packed: number;
  /** Objects that are gone, or would go; nothing reached them. */
  readonly removed: number;
  /** Objects that nothing reaches and that stay for now. */
  readonly left: number;
  /** Names of the packs with deltas. */
  readonly settled: readonly string[];
  /** What was not done, and why. */
  readonly skipped: readonly string[];
}

interface Inventory {
  readonly packs: readonly PackOnDisk[];
  readonly loose: readonly LooseOnDisk[];
}

/** What there is, and what is to become of it. */
interface Survey {
  readonly found: Inventory;
  readonly marks: Marks;
  readonly isReached: (id: ObjectId) => boolean;
  readonly facts: readonly PackFacts[];
  /** Loose objects that stand in no pack. */
  readonly reachedLoose: readonly LooseOnDisk[];
  /** Loose objects that a pack claims to hold too. */
  readonly copies: readonly LooseOnDisk[];
  /** Loose objects to be removed. */
  readonly doomed: readonly LooseOnDisk[];
  /** Packs to be written anew, by name. */
  readonly chosen: ReadonlySet<string>;
}

/** Throws what keeps it from knowing what is reached: `ref-damaged`, `object-missing`, `object-damaged`, `guard`. */
export async function collectObjects(
  repository: Repository,
  options: CollectOptions,
): Promise<Collected> {
  const { objects } = repository;
  const survey = await look(repository, options);
  if (options.isDry) return foretell(survey, options);
  const { found, marks, isReached, chosen } = survey;
  const written = await writePacks(objects, {
    ...options,
    packs: found.packs.filter(({ name }) => chosen.has(name)),
    loose: options.mode === 'whole' ? survey.reachedLoose : [],
    isWanted: isReached,
    isYoung: (id) => marks.ids.has(id) && !isReached(id),
    marks,
  });
  const pruned = await pruneObjects({
    objectsDirectory: objects.objectsDirectory,
    marks,
    markAnew: () => markFromRefs(repository, marks),
    replaced: written.replaced,
    isInNewPack: written.has,
    loose: survey.doomed,
    beforeRemoval: options.beforeRemoval,
    slice: options.slice,
  });
  objects.rescan();
  removeCopies(
    repository,
    survey.reachedLoose.filter(({ id }) => written.has(id)),
  );
  if (options.mode === 'whole') removeCopies(repository, survey.copies);
  const after = inventoryOf(objects.objectsDirectory);
  const names = new Set(after.packs.map(({ name }) => name));
  return {
    before: usageOf(found),
    after: usageOf(after),
    packed: written.objects,
    removed: pruned.objects,
    left: unreachedIn(after, marks),
    settled: [...options.settled, ...written.settled].filter((name) => names.has(name)),
    skipped: [
      ...written.skipped,
      ...pruned.packsKept.map((name) => `the pack '${name}' stays: something in it is used again`),
    ],
  };
}

async function look(repository: Repository, options: CollectOptions): Promise<Survey> {
  const { objects, directory } = repository;
  refuseWorkTrees(directory);
  objects.rescan();
  const found = inventoryOf(objects.objectsDirectory);
  const marks = new Marks(objects, {
    signal: options.signal,
    onProgress: (count) => options.onProgress?.(`looking at what is reached: ${count} objects`),
  });
  await markFromRefs(repository, marks);
  const reached = marks.ids.size;
  if (options.graceMs > 0) await marks.markIfThere(youngIds(found, options));
  const facts = found.packs.map((pack) => factsOf(pack, { marks, reached, options }));
  const isReached = (id: ObjectId) => (marks.ids.position(id) ?? reached) < reached;
  const isPacked = (id: ObjectId) =>
    found.packs.some(({ index }) => index.offsetOf(id) !== undefined);
  const isCopy = ({ id }: LooseOnDisk) => isPacked(id);
  const kept = found.loose.filter(({ id }) => isReached(id));
  const reachedLoose = kept.filter((object) => !isCopy(object));
  const chosen = choosePacks(facts, {
    mode: options.mode,
    isStrict: options.graceMs === 0,
    looseBytes: sum(reachedLoose.map(({ bytes }) => bytes)),
  });
  const doomed = found.loose.filter(({ id }) => !marks.ids.has(id));
  return {
    found,
    marks,
    isReached,
    facts,
    reachedLoose,
    copies: kept.filter(isCopy),
    doomed,
    chosen,
  };
}

function foretell({ found, facts, doomed, chosen }: Survey, options: CollectOptions): Collected {
  const before = usageOf(found);
  const going = facts.filter(({ name }) => chosen.has(name));
  const staying = facts.filter(({ name }) => !chosen.has(name));
  return {
    before,
    after: before,
    packed: 0,
    removed: doomed.length + sum(going.map((pack) => pack.doomed)),
    left: sum(staying.map((pack) => pack.doomed)),
    settled: [...options.settled],
    skipped: [],
  };
}

/** Marks all that refs lead to, and what HEAD and the reflogs name as far as it is there. */
async function markFromRefs(repository: Repository, marks: Marks): Promise<void> {
  const { directory, refs } = repository;
  await marks.mark(refs.list('').map(({ id }) => id));
  const head = readLooseRef(directory, 'HEAD');
  if (head.kind === 'id') await marks.mark([head.id]);
  await marks.markIfThere(reflogIds(directory));
}

/** A work tree that was made with git keeps a HEAD and an index of its own, which may hold what nothing else does. */
function refuseWorkTrees(gitDirectory: string): void {
  const isLinked = directoryNames(join(gitDirectory, 'worktrees')).length > 0;
  if (!isLinked && !existsSync(join(gitDirectory, 'index'))) return;
  throw new GsessError('guard', 'Nothing is removed: a work tree of git hangs on the store', {
    hint: `'gsess git worktree list' shows it, 'gsess git worktree remove' takes it away.`,
  });
}

function inventoryOf(objectsDirectory: string): Inventory {
  return { packs: packsOnDisk(objectsDirectory), loose: looseOnDisk(objectsDirectory) };
}

function* youngIds(
  { packs, loose }: Inventory,
  { now, graceMs }: Pick<CollectOptions, 'now' | 'graceMs'>,
): Generator<ObjectId> {
  const since = now() - graceMs;
  for (const { id, changedAt } of loose) if (changedAt >= since) yield id;
  for (const { index, bornAt } of packs) if (bornAt >= since) yield* index.ids();
}

function factsOf(
  { name, bytes, index, isKept }: PackOnDisk,
  {
    marks,
    reached,
    options,
  }: { readonly marks: Marks; readonly reached: number; readonly options: CollectOptions },
): PackFacts {
  let doomed = 0;
  let young = 0;
  for (const id of index.ids()) {
    const position = marks.ids.position(id);
    if (position === undefined) doomed += 1;
    else if (position >= reached) young += 1;
  }
  const isSettled = options.settled.has(name);
  return { name, bytes, objects: index.count, doomed, young, isKept, isSettled };
}

/** Loose objects that stand in a pack go, once the copy there was read and found whole. */
function removeCopies({ objects }: Repository, loose: readonly LooseOnDisk[]): void {
  for (const { id } of loose) {
    try {
      const copy = readLoose(objects.objectsDirectory, id);
      if (copy === undefined || !objects.isPacked(id, copy)) continue;
      removeLooseFile(loosePath(objects.objectsDirectory, id));
    } catch (error) {
      // A damaged one stays for who looks into the damage.
      if (!(error instanceof GsessError)) throw error;
    }
  }
}

function unreachedIn({ packs, loose }: Inventory, marks: Marks): number {
  let left = loose.filter(({ id }) => !marks.ids.has(id)).length;
  for (const { index } of packs) for (const id of index.ids()) if (!marks.ids.has(id)) left += 1;
  return left;
}

function usageOf({ packs, loose }: Inventory): ObjectUsage {
  return {
    packs: packs.length,
    packBytes: sum(packs.map(({ bytes }) => bytes)),
    loose: loose.length,
    looseBytes: sum(loose.map(({ bytes }) => bytes)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
