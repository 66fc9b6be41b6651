// The other end of `side-packer.ts`: a thread that deflates the blobs it is handed into a pack of its own, until it is told to finish
// that pack or to throw it away. It gives the pack no name: whether it counts is for the other thread to say.

import { workerData } from 'node:worker_threads';
import { messageOf } from '../errors.ts';
import { ObjectRing, RING_ORDER, RING_STATE } from './object-ring.ts';
import { type DraftFiles, PackDraft } from './pack-draft.ts';

export interface SideTask {
  readonly shared: SharedArrayBuffer;
  readonly directory: string;
  readonly files: DraftFiles;
}

/** What the note of a thread that failed holds, as JSON. */
export interface SideFault {
  readonly message: string;
  readonly code?: string;
  readonly syscall?: string;
}

function work({ shared, directory, files }: SideTask): void {
  const ring = new ObjectRing(shared);
  if (!ring.join()) return;
  let draft: PackDraft | undefined;
  try {
    draft = new PackDraft(directory, files);
    let order = ring.waitForWork();
    for (; order === RING_ORDER.goOn; order = ring.waitForWork()) addAll(ring, draft);
    const checksum = order === RING_ORDER.finish ? draft.seal() : '';
    if (order === RING_ORDER.finish) draft.close();
    else draft.discard();
    ring.end(RING_STATE.done, checksum);
  } catch (error) {
    // First, for whoever hears of the failure takes everything to be over.
    draft?.discard();
    ring.end(RING_STATE.failed, JSON.stringify(faultOf(error)));
  }
}

function addAll(ring: ObjectRing, draft: PackDraft): void {
  for (let item = ring.take(); item !== undefined; item = ring.take()) {
    draft.add(item.id, { type: 'blob', content: item.content });
    ring.release();
  }
}

function faultOf(error: unknown): SideFault {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  return {
    message: messageOf(error).slice(0, 200),
    ...(typeof code === 'string' && { code }),
    ...(typeof syscall === 'string' && { syscall }),
  };
}

work(workerData as SideTask);
