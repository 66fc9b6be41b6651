// A second thread that deflates: most of the time of a large write goes there. It is offered blobs through a ring of shared memory and
// puts them into a pack of its own, so the two threads share no file and wait for each other at the end only. Where the ring is full the
// offer is declined, and whoever made it does the work itself; so both are busy until all is done.
//
// The thread is an aid. If it cannot start, or has not by the end, what it was offered is taken back and nothing is lost. If it
// fails at work, as on a full disk, the write fails with its error, as it would have without it.

import { GsessError } from '../errors.ts';
import { IdTable } from './id-table.ts';
import type { ObjectId } from './object-id.ts';
import { ObjectRing, RING_ORDER, RING_STATE } from './object-ring.ts';
import { type DraftFiles, draftFiles, packPath, publishFiles, removeFiles } from './pack-draft.ts';
import { PackFile } from './pack-file.ts';
import { PackIndex } from './pack-index.ts';
import { RecentCache } from './recent-cache.ts';
import type { SideFault, SideTask } from './side-packer-thread.ts';
import { startThread } from './start-thread.ts';
import type { StoredObject } from './stored-object.ts';

export interface SidePackerOptions {
  readonly packDirectory: string;
  /** The script of the thread; another one only in tests. */
  readonly script?: URL;
  /** Told why there is no second thread. */
  readonly onFault?: ((reason: string) => void) | undefined;
}

/** What is taken back of a thread that never began. */
export interface Returned {
  readonly id: ObjectId;
  readonly object: StoredObject;
}

/** What is in it at the end is waited for. */
const RING_BYTES = 2 * 1024 * 1024;
/** Larger ones would leave no room for others. */
const OBJECT_BYTES_MAX = 512 * 1024;
const STALLED_MS = 120_000;

export class SidePacker {
  readonly #ring = ObjectRing.ofBytes(RING_BYTES);
  readonly #ids = new IdTable();
  readonly #directory: string;
  readonly #files: DraftFiles;
  #offeredBytes = 0;
  #isFinishing = false;
  /** Known when the pack is complete. */
  #checksum: string | undefined;
  /** The complete pack under its temporary name, once it has been read in. */
  #reader: { readonly index: PackIndex; readonly file: PackFile } | undefined;

  constructor({ packDirectory, script, onFault }: SidePackerOptions) {
    this.#directory = packDirectory;
    this.#files = draftFiles(packDirectory);
    const task: SideTask = {
      shared: this.#ring.shared,
      directory: packDirectory,
      files: this.#files,
    };
    const beside = () => script ?? new URL('./side-packer-thread.js', import.meta.url);
    startThread(beside, { data: task, onFault: (reason) => onFault?.(reason) });
  }

  /** Gives the thread a blob to deflate, and copies it; false if it has no room for it now. */
  offer(id: ObjectId, content: Uint8Array): boolean {
    if (this.#isFinishing || content.length > OBJECT_BYTES_MAX) return false;
    if (!this.#ring.push(id, content)) return false;
    this.#ids.add(id);
    this.#offeredBytes += content.length;
    return true;
  }

  get offeredBytes(): number {
    return this.#offeredBytes;
  }

  has(id: ObjectId): boolean {
    return this.#ids.has(id);
  }

  /** Asks for the pack to be completed, beside whatever is done here. If the thread never began, returns what it was to do. */
  finish(): Returned[] | undefined {
    if (this.#isFinishing) return undefined;
    this.#isFinishing = true;
    if (this.#ids.size === 0) {
      this.discard();
      return [];
    }
    this.#ring.order(RING_ORDER.finish);
    if (!this.#ring.closeUnlessJoined()) return undefined;
    const returned: Returned[] = [];
    for (let item = this.#ring.take(); item !== undefined; item = this.#ring.take()) {
      returned.push({ id: item.id, object: { type: 'blob', content: item.content } });
    }
    return returned;
  }

  /** Waits until the pack is complete and synced, which must have been asked for. Throws what the thread failed of. */
  waitUntilSealed(): void {
    if (this.#checksum !== undefined) return;
    const state = this.#ring.waitForEnd(STALLED_MS);
    if (state === RING_STATE.failed) throw errorOf(JSON.parse(this.#ring.note));
    if (state !== RING_STATE.done) {
      throw new GsessError('io-failed', 'Cannot write objects: the thread that packs them hangs');
    }
    this.#checksum = this.#ring.note;
  }

  /** Reads an object back, after `finish`. */
  read(id: ObjectId): StoredObject | undefined {
    const { index, file } = this.#opened();
    const offset = index.offsetOf(id);
    return offset === undefined ? undefined : file.read(offset);
  }

  /** Undefined where it has no such object; after `finish`. */
  sizeOf(id: ObjectId): number | undefined {
    const { index, file } = this.#opened();
    const offset = index.offsetOf(id);
    return offset === undefined ? undefined : file.info(offset).size;
  }

  /** Where the complete pack will be, without `.pack`. */
  get path(): string {
    return packPath(this.#directory, this.#checksum ?? '');
  }

  publish(): void {
    this.#close();
    publishFiles(this.#files, this.path);
  }

  discard(): void {
    this.#close();
    this.#ring.order(RING_ORDER.abandon);
    if (!this.#ring.closeUnlessJoined()) this.#ring.waitForEnd(STALLED_MS);
    removeFiles(this.#files);
  }

  #opened(): { readonly index: PackIndex; readonly file: PackFile } {
    this.waitUntilSealed();
    if (this.#reader === undefined) {
      const index = new PackIndex(this.#files.index);
      const file = new PackFile(this.#files.pack, index, new RecentCache(0));
      this.#reader = { index, file };
    }
    return this.#reader;
  }

  #close(): void {
    this.#reader?.file.close();
    this.#reader = undefined;
  }
}

function errorOf({ message, code, syscall }: SideFault): Error {
  return Object.assign(new Error(message), code && { code }, syscall && { syscall });
}
