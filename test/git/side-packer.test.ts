import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isSystemError } from '../../src/errors.ts';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { ObjectRing, RING_ORDER, RING_STATE } from '../../src/git/object-ring.ts';
import { PackWriter } from '../../src/git/pack-writer.ts';
import { SidePacker } from '../../src/git/side-packer.ts';
import { gitText } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('side-packer');

const NOWHERE = new URL('./there-is-no-such-thread.js', import.meta.url);

function blobs(count: number): { readonly id: ObjectId; readonly content: Buffer }[] {
  return Array.from({ length: count }, (_, index) => {
    const content = Buffer.from(`${index} `.repeat(1 + ((index * 7919) % 5000)));
    return { id: hashObject('blob', content), content };
  });
}

function addAll(writer: PackWriter, all: ReturnType<typeof blobs>): void {
  for (const { id, content } of all) writer.add(id, { type: 'blob', content });
}

/** What git finds in all packs of the directory. */
function verified(directory: string): string[] {
  const indexes = readdirSync(directory).filter((name) => name.endsWith('.idx'));
  const text = gitText(directory, ['verify-pack', '-v', ...indexes]);
  return [...text.matchAll(/^([0-9a-f]{40}) blob/gm)].map(([, id = '']) => id).sort();
}

x('a second thread writes a pack of its own, and git finds each object in one of them', () =>
  withTemporaryDirectory((directory) => {
    const all = blobs(600);
    const writer = new PackWriter(directory, { sideFromBytes: 0 });
    addAll(writer, all);
    for (const { id } of all) assert.ok(writer.has(id));
    assert.not(readdirSync(directory).some((name) => name.endsWith('.pack')));
    writer.finish();
    assert.equal(verified(directory), all.map(({ id }) => id).sort());
    assert.not(readdirSync(directory).some((name) => name.startsWith('tmp-')));
    for (const { id } of all) assert.not(writer.has(id));
  }),
);

x('what the thread was given can be read back, and more added', () =>
  withTemporaryDirectory((directory) => {
    const all = blobs(300);
    const writer = new PackWriter(directory, { sideFromBytes: 0 });
    addAll(writer, all.slice(0, 200));
    for (const { id, content } of all.slice(0, 200)) {
      assert.ok(writer.read(id)?.content.equals(content));
    }
    addAll(writer, all.slice(200));
    writer.finish();
    assert.equal(verified(directory), all.map(({ id }) => id).sort());
  }),
);

x('without a second thread everything is written all the same, and it is said', async () => {
  await withTemporaryDirectory(async (directory) => {
    const all = blobs(600);
    const heard = new Promise<string>((resolve) => {
      const limits = { sideFromBytes: 0, script: NOWHERE, onFault: resolve };
      const writer = new PackWriter(directory, limits);
      addAll(writer, all);
      writer.finish();
    });
    assert.equal(verified(directory), all.map(({ id }) => id).sort());
    // Nobody waits for such a thread, so the process would end before it hears of it.
    const waiting = setInterval(() => undefined, 1000);
    assert.match(
      await heard.finally(() => clearInterval(waiting)),
      /second thread could not be used/,
    );
  });
});

x('leaves nothing behind when it is discarded, begun or not', () =>
  withTemporaryDirectory((directory) => {
    for (const script of [undefined, NOWHERE]) {
      const writer = new PackWriter(directory, {
        sideFromBytes: 0,
        ...(script && { script }),
        onFault: () => undefined,
      });
      addAll(writer, blobs(600));
      writer.discard();
      assert.equal(readdirSync(directory), []);
    }
  }),
);

x('what the thread fails of is what the write fails of', () =>
  withTemporaryDirectory((directory) => {
    const side = begunSide(join(directory, 'gone'));
    const failed = captured(() => side.waitUntilSealed());
    assert.ok(isSystemError(failed, 'ENOENT'), String(failed));
    side.discard();
    assert.equal(readdirSync(directory), []);
  }),
);

/** One that was told to finish, after its thread had begun: until then it could be called off. */
function begunSide(packDirectory: string): SidePacker {
  const blob = { id: hashObject('blob', Buffer.from('x')), content: Buffer.from('x') };
  for (let waitMs = 50; ; waitMs *= 2) {
    const side = new SidePacker({ packDirectory });
    assert.ok(side.offer(blob.id, blob.content));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    if (side.finish() === undefined) return side;
  }
}

function captured(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

x('a ring holds what fits, in order, over its end, and no more', () => {
  const ring = ObjectRing.ofBytes(4096);
  const other = new ObjectRing(ring.shared);
  assert.ok(other.join());
  const all = blobs(60).filter(({ content }) => content.length < 1500);
  let taken = 0;
  const takeAll = () => {
    for (let item = other.take(); item !== undefined; item = other.take()) {
      assert.is(item.id, all[taken]?.id);
      assert.ok(item.content.equals(all[taken]?.content ?? Buffer.alloc(0)));
      taken += 1;
    }
    other.release();
  };
  for (const { id, content } of all) {
    if (ring.push(id, content)) continue;
    takeAll();
    assert.ok(ring.push(id, content));
  }
  takeAll();
  assert.is(taken, all.length);
  assert.not(ring.push(all[0]?.id as ObjectId, Buffer.alloc(5000)));
});

x('a ring is joined or closed, whichever comes first', () => {
  const joined = ObjectRing.ofBytes(64);
  assert.ok(new ObjectRing(joined.shared).join());
  assert.not(joined.closeUnlessJoined());
  assert.is(joined.state, RING_STATE.joined);
  assert.is(joined.waitForEnd(1), RING_STATE.joined);
  joined.order(RING_ORDER.finish);
  const thread = new ObjectRing(joined.shared);
  assert.is(thread.waitForWork(), RING_ORDER.finish);
  thread.end(RING_STATE.done, 'so');
  assert.is(joined.waitForEnd(1), RING_STATE.done);
  assert.is(joined.note, 'so');
  const closed = ObjectRing.ofBytes(64);
  assert.ok(closed.closeUnlessJoined());
  assert.not(new ObjectRing(closed.shared).join());
});

x.run();
