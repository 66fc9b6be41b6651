// The first snapshot of a root, taken before any session needs it, so that no hook has to: it only fills the store and the stat cache,
// and is held by a ref of its own.

import { encodeCommit } from '../git/commit.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE } from '../git/object-id.ts';
import { rawName } from '../git/raw-path.ts';
import { formatMessage } from '../git/trailers.ts';
import { encodeTree } from '../git/tree.ts';
import type { Skipped } from '../worktree/skipped.ts';
import { gsessSignature } from './gsess-signature.ts';
import { shortHash } from './project.ts';
import { snapshotFiles } from './root-snapshot.ts';
import { clearPause } from './snapshot-pause.ts';
import type { Store } from './store.ts';

/** Most projects hold far more, so the second thread is started sooner than where little may follow. */
const SIDE_FROM_BYTES = 128 * 1024;

/** Takes the snapshot; throws `root-refused` or `snapshot-failed`. Returns what was left out. */
export async function takeBaseSnapshot(store: Store, root: string): Promise<readonly Skipped[]> {
  return store.withRoot(root, 'connect', async () => {
    const batch = store.batch({ sideFromBytes: SIDE_FROM_BYTES });
    // A person asks for it: whatever comes of it, the next event tries again.
    clearPause(store, root);
    const snapshot = discardIfRefused(batch, () =>
      snapshotFiles(store, root, { batch, bounds: { growth: false } }),
    );
    const ref = `refs/gsess/base/${shortHash(root)}`;
    const signature = gsessSignature(store.surroundings.now());
    const { files, odd } = snapshot.content;
    if (files === EMPTY_TREE) batch.put('tree', Buffer.alloc(0));
    const tree = encodeTree([
      { name: rawName('files'), mode: '40000', id: files },
      ...(odd === undefined ? [] : [{ name: rawName('odd'), mode: '40000', id: odd } as const]),
    ]);
    const commit = batch.put(
      'commit',
      encodeCommit({
        tree: batch.put('tree', tree),
        parents: [],
        author: signature,
        committer: signature,
        message: formatMessage('files before any session', '', [['Gsess-Root', root]]),
      }),
    );
    await store.publish(batch, [{ name: ref, value: commit, expect: 'any' }], 'connect');
    snapshot.keepCache({ ref, commit });
    return snapshot.skipped;
  });
}

/** Leaves no half-written pack behind where the snapshot went over a limit. */
function discardIfRefused<T>(batch: ObjectBatch, take: () => T): T {
  try {
    return take();
  } catch (error) {
    batch.discard();
    throw error;
  }
}
