// Writes what is wanted of some packs and of the loose objects into new packs: with a packer that finds deltas where there is one,
// else as they are. The new packs are durable and visible when it returns. What cannot be done, for want of space or for damage,
// is told and leaves everything as it was, since no old pack goes without a new one.

import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate as giveWay } from 'node:timers/promises';
import { GsessError } from '../errors.ts';
import { PackCopy } from './copy-packs.ts';
import { makePrivateDirectory, syncDirectory } from './durable-file.ts';
import { IdTable } from './id-table.ts';
import type { Marks } from './mark-reachable.ts';
import type { ObjectId } from './object-id.ts';
import type { ObjectStore } from './object-store.ts';
import { PackFile } from './pack-file.ts';
import { PackIndex } from './pack-index.ts';
import { RecentCache } from './recent-cache.ts';
import type { LooseOnDisk, PackOnDisk } from './stored-files.ts';
import { objectDamaged } from './stored-object.ts';

/**
 * Makes one pack with its index in an empty directory that has room for git's own temporary files, and returns its path. Each line
 * is an id, a space and a name that objects alike have in common. On a signal it leaves nothing running.
 */
export type DeltaPacker = (request: {
  readonly objectsDirectory: string;
  readonly directory: string;
  readonly lines: Iterable<string>;
  readonly signal: AbortSignal | undefined;
}) => Promise<string>;

export interface WriteRequest {
  readonly packs: readonly PackOnDisk[];
  readonly loose: readonly LooseOnDisk[];
  readonly isWanted: (id: ObjectId) => boolean;
  readonly marks: Marks;
  readonly mode: 'whole' | 'sparing';
  readonly packer: DeltaPacker | undefined;
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

/** Where packs are made, in `objects/`: a name that marks it as temporary. */
const WORK_PREFIX = 'tmp-gc';
const OBJECTS_BETWEEN_PAUSES = 512;

const NOTHING: Written = {
  objects: 0,
  replaced: [],
  settled: [],
  has: () => false,
  skipped: [],
};

export async function writePacks(objects: ObjectStore, request: WriteRequest): Promise<Written> {
  const { packs, loose, mode, packer } = request;
  if (packs.length === 0 && loose.length === 0) return NOTHING;
  const wantedBytes = [...packs, ...loose].reduce((sum, { bytes }) => sum + bytes, 0);
  const freeBytes = request.freeBytes(objects.objectsDirectory);
  if (freeBytes < wantedBytes) {
    const reason = `packing needs ${wantedBytes} bytes, and ${freeBytes} are free`;
    return { ...NOTHING, skipped: [reason] };
  }
  const ids = wantedIds(request);
  try {
    const paths =
      packer === undefined || mode === 'sparing'
        ? await copy(objects, request)
        : await packWithDeltas(objects, { ...request, packer, ids });
    const indexes = paths.map(indexOf);
    const has = (id: ObjectId) => indexes.some((index) => index.offsetOf(id) !== undefined);
    for (const id of ids.from(0))
      if (!has(id)) throw objectDamaged(`object ${id}`, 'it did not get into the new pack', { id });
    const settled =
      packer === undefined || mode === 'sparing'
        ? []
        : paths.map((path) => basename(path, '.pack'));
    const isNew = new Set(paths);
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

async function copy(objects: ObjectStore, request: WriteRequest): Promise<string[]> {
  const copied = new PackCopy(objects);
  let count = 0;
  const step = async () => {
    count += 1;
    if (count % OBJECTS_BETWEEN_PAUSES !== 0) return;
    request.onProgress?.(`packing: ${count} objects`);
    await giveWay();
    request.signal?.throwIfAborted();
  };
  try {
    for (const pack of request.packs) {
      for (const _ of copied.addPack(pack, request.isWanted)) await step();
    }
    for (const { id } of request.loose) {
      copied.add(id);
      await step();
    }
    return copied.publish();
  } catch (error) {
    copied.discard();
    throw error;
  }
}

/** Lets the packer work in a directory of its own, and takes its pack in once it was read through. */
async function packWithDeltas(
  objects: ObjectStore,
  request: WriteRequest & { readonly packer: DeltaPacker; readonly ids: IdTable },
): Promise<string[]> {
  const { packer, ids, marks, signal, onProgress } = request;
  if (ids.size === 0) return [];
  const { objectsDirectory } = objects;
  const directory = join(objectsDirectory, `${WORK_PREFIX}${randomBytes(8).toString('hex')}`);
  onProgress?.(`packing ${ids.size} objects`);
  try {
    makePrivateDirectory(join(directory, 'pack'));
    const lines = linesOf(ids, marks);
    const made = await packer({ objectsDirectory, directory, lines, signal });
    return [takeIn(made, join(objectsDirectory, 'pack'))];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function* linesOf(ids: IdTable, marks: Marks): Generator<string> {
  for (const id of ids.from(0)) {
    const name = marks.nameAt(marks.ids.position(id) ?? 0);
    yield name === '' ? `${id}\n` : `${id} ${name.replaceAll('\n', ' ')}\n`;
  }
}

/** Checks every byte of a pack and moves it, with its index, to where packs are. */
function takeIn(path: string, packDirectory: string): string {
  const index = indexOf(path);
  const file = new PackFile(path, index, new RecentCache(0));
  try {
    if (!index.isIntact() || !file.isIntact())
      throw objectDamaged(`the pack '${path}'`, 'its checksum is wrong', { path });
  } finally {
    file.close();
  }
  const target = join(packDirectory, basename(path));
  makePrivateDirectory(dirname(target));
  for (const from of [path, index.path]) {
    chmodSync(from, 0o600);
    syncFile(from);
  }
  renameSync(path, target);
  renameSync(index.path, `${target.slice(0, -'.pack'.length)}.idx`);
  syncDirectory(packDirectory);
  return target;
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
