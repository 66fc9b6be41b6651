// Writes what is wanted of some packs and of the loose objects into new packs, with deltas along paths. The new packs are durable and
// visible when it returns. What cannot be done, for want of space or for damage, is told and leaves everything as it was, since
// no old pack goes without a new one.

import { basename } from 'node:path';
import { setImmediate as giveWay } from 'node:timers/promises';
import { GsessError } from '../errors.ts';
import { PackCopy } from './copy-packs.ts';
import { IdTable } from './id-table.ts';
import type { Marks } from './mark-reachable.ts';
import type { ObjectId } from './object-id.ts';
import type { ObjectStore } from './object-store.ts';
import { PackIndex } from './pack-index.ts';
import type { LooseOnDisk, PackOnDisk } from './stored-files.ts';
import { objectDamaged } from './stored-object.ts';

export interface WriteRequest {
  readonly packs: readonly PackOnDisk[];
  readonly loose: readonly LooseOnDisk[];
  readonly isWanted: (id: ObjectId) => boolean;
  /** Not wanted, and too young to go: comes into a pack of its own, which is as old as where it comes from. */
  readonly isYoung: (id: ObjectId) => boolean;
  readonly marks: Marks;
  readonly mode: 'whole' | 'sparing';
  /** Packs that have their deltas already, by name. */
  readonly settled: ReadonlySet<string>;
  readonly freeBytes: (directory: string) => number;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Written {
  readonly objects: number;
  /** The packs that the new ones stand for. */
  readonly replaced: readonly PackOnDisk[];
  readonly settled: readonly string[];
  readonly has: (id: ObjectId) => boolean;
  readonly skipped: readonly string[];
}

const OBJECTS_BETWEEN_PAUSES = 512;

const NOTHING: Written = {
  objects: 0,
  replaced: [],
  settled: [],
  has: () => false,
  skipped: [],
};

export async function writePacks(objects: ObjectStore, request: WriteRequest): Promise<Written> {
  const { packs, loose, mode } = request;
  if (packs.length === 0 && loose.length === 0) return NOTHING;
  const wantedBytes = [...packs, ...loose].reduce((sum, { bytes }) => sum + bytes, 0);
  const freeBytes = request.freeBytes(objects.objectsDirectory);
  if (freeBytes < wantedBytes) {
    const reason = `packing needs ${wantedBytes} bytes, and ${freeBytes} are free`;
    return { ...NOTHING, skipped: [reason] };
  }
  const ids = wantedIds(request);
  const young = packs.flatMap(({ index }) => [...index.ids()].filter(request.isYoung));
  try {
    const paths = await copy(objects, { ...request, ids });
    const youngPaths = await copyYoung(objects, { ...request, young });
    const indexes = [...paths, ...youngPaths].map(indexOf);
    const has = (id: ObjectId) => indexes.some((index) => index.offsetOf(id) !== undefined);
    for (const id of [...ids.from(0), ...young])
      if (!has(id)) throw objectDamaged(`object ${id}`, 'it did not get into the new pack', { id });
    const settled = mode === 'sparing' ? [] : paths.map((path) => basename(path, '.pack'));
    const isNew = new Set([...paths, ...youngPaths]);
    return {
      objects: ids.size,
      replaced: packs.filter(({ path }) => !isNew.has(path)),
      settled,
      has,
      skipped: [],
    };
  } catch (error) {
    if (request.signal?.aborted || !(error instanceof GsessError)) throw error;
    return { ...NOTHING, skipped: [`packing failed: ${error.message}`] };
  }
}

function wantedIds({ packs, loose, isWanted }: WriteRequest): IdTable {
  const ids = new IdTable();
  for (const { index } of packs) for (const id of index.ids()) if (isWanted(id)) ids.add(id);
  for (const { id } of loose) ids.add(id);
  return ids;
}

function indexOf(packPath: string): PackIndex {
  return new PackIndex(`${packPath.slice(0, -'.pack'.length)}.idx`);
}

/** Copies the packs that were made with deltas, and makes deltas for all else. */
async function copy(
  objects: ObjectStore,
  request: WriteRequest & { readonly ids: IdTable },
): Promise<string[]> {
  const isAsItStands = ({ name }: PackOnDisk) =>
    request.mode === 'sparing' || request.settled.has(name);
  const copied = new PackCopy(objects);
  const step = pacedSteps(request);
  try {
    for (const pack of request.packs.filter(isAsItStands)) {
      for (const _ of copied.addPack(pack, request.isWanted)) await step();
    }
    const rest = [...request.ids.from(0)].filter((id) => !copied.has(id));
    for (const position of newestFirst(objects, rest, request.marks)) {
      copied.add(request.marks.ids.at(position), request.marks.placeAt(position));
      await step();
    }
    return copied.publish();
  } catch (error) {
    copied.discard();
    throw error;
  }
}

/** What waits to go has a pack of its own, so that it goes in time and keeps nothing else from being packed well. */
async function copyYoung(
  objects: ObjectStore,
  request: WriteRequest & { readonly young: readonly ObjectId[] },
): Promise<string[]> {
  const { packs, young, marks } = request;
  const copied = new PackCopy(objects);
  const step = pacedSteps(request);
  try {
    for (const id of young) {
      copied.add(id, marks.placeAt(marks.ids.position(id) ?? 0));
      await step();
    }
    return copied.publish(Math.max(0, ...packs.map(({ bornAt }) => bornAt)));
  } catch (error) {
    copied.discard();
    throw error;
  }
}

function pacedSteps({ onProgress, signal }: WriteRequest): () => Promise<void> {
  let count = 0;
  return async () => {
    count += 1;
    if (count % OBJECTS_BETWEEN_PAUSES !== 0) return;
    onProgress?.(`packing: ${count} objects`);
    await giveWay();
    signal?.throwIfAborted();
  };
}

/** The positions of what is wanted among the marks: commits, which are marked from the newest on, then all else, which is not. */
export function newestFirst(
  objects: ObjectStore,
  ids: readonly ObjectId[],
  marks: Marks,
): number[] {
  const commits: number[] = [];
  const others: number[] = [];
  for (const id of ids) {
    const position = marks.ids.position(id);
    if (position === undefined) continue;
    (objects.sizeOf(id).type === 'commit' ? commits : others).push(position);
  }
  return [...commits.sort((a, b) => a - b), ...others.sort((a, b) => b - a)];
}
