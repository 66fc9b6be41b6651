import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { editTree } from '../../src/git/edit-tree.ts';
import type { ObjectBatch } from '../../src/git/object-batch.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { SegmentList, storedSegments } from '../../src/session/stored-segments.ts';
import { segmentPath } from '../../src/transcript/segments.ts';
import { packBatch, withBareRepository } from '../support/bare-repository.ts';

const segments = suite('stored segments');

function putSegments(batch: ObjectBatch, count: number): { tree: ObjectId; ids: ObjectId[] } {
  const ids = Array.from({ length: count }, (_, index) =>
    batch.put('blob', Buffer.from(`${index}\n`)),
  );
  const edits = new Map(
    ids.map((id, index) => [`n/${segmentPath(index)}`, { mode: '100644' as const, id }]),
  );
  const tree = editTree(batch, undefined, edits);
  assert.ok(tree);
  return { tree, ids };
}

segments('are found by their numbers, without reading directories they are not in', () =>
  withBareRepository(({ store }) => {
    const batch = packBatch(store);
    const { tree, ids } = putSegments(batch, 450);
    batch.flush();
    let trees = 0;
    const counting = {
      readTree: (id: ObjectId) => {
        trees += 1;
        return store.readTree(id);
      },
    };
    const list = new SegmentList(counting, tree, 'n');
    assert.is(list.count, 450);
    assert.is(list.at(449), ids[449]);
    assert.is(list.at(3), ids[3]);
    assert.is(list.at(450), undefined);
    // The root, the transcript, and two of its five directories.
    assert.is(trees, 4);
    assert.equal([...list.from(398)], ids.slice(398));
    assert.equal(storedSegments(store, tree, 'n'), ids);
  }),
);

segments('are none where nothing is stored', () =>
  withBareRepository(({ store }) => {
    const list = new SegmentList(store, undefined, 'n');
    assert.is(list.count, 0);
    assert.is(list.at(0), undefined);
    assert.equal(storedSegments(store, undefined, 'n'), []);
  }),
);

segments.run();
