import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { removeLeftoverKeeps } from '../../src/git/keep-file.ts';
import { loosePath } from '../../src/git/loose-object.ts';
import { ObjectBatch } from '../../src/git/object-batch.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { type Owner, ownerName } from '../../src/git/owner-file.ts';
import { type BareRepository, withBareRepository } from '../support/bare-repository.ts';
import { git } from '../support/git-oracle.ts';
import { processes } from '../support/process-table.ts';

const x = suite('what nothing points at yet');
const now = () => Date.now();
const { self } = processes;

function batchOn({ store }: BareRepository, looseMax?: number): ObjectBatch {
  return new ObjectBatch(store, {
    now,
    owner: self,
    ...(looseMax === undefined ? {} : { looseMax }),
  });
}

function putSome(batch: ObjectBatch, label = ''): ObjectId[] {
  return ['a', 'b', 'c'].map((text) => batch.put('blob', Buffer.from(`${text}${label}`)));
}

function namesIn(directory: string, end: string): string[] {
  const pack = join(directory, 'objects', 'pack');
  return readdirSync(pack).filter((name) => name.endsWith(end));
}

function collect(directory: string): void {
  git(directory, ['repack', '-q', '-a', '-d']);
  git(directory, ['gc', '--quiet', '--prune=now']);
}

x('is written again if git took it away, as a pack, and else left as it is', () =>
  withBareRepository((bare) => {
    const { directory, store } = bare;
    const batch = batchOn(bare, 24);
    const ids = putSome(batch);
    batch.flush();
    batch.settle();
    assert.equal(namesIn(directory, '.pack'), []);
    putSome(batch);
    batch.flush();
    collect(directory);
    assert.is(existsSync(loosePath(store.objectsDirectory, ids[0] as ObjectId)), false);
    batch.settle();
    for (const id of ids) assert.is(store.read(id).type, 'blob');
    assert.equal(namesIn(directory, '.pack').length, 1);
  }),
);

x('is kept where it is a pack, until the refs have moved', () =>
  withBareRepository((bare) => {
    const { directory, store } = bare;
    const batch = batchOn(bare, 0);
    const ids = putSome(batch);
    batch.flush();
    assert.is(namesIn(directory, '.keep').length, 1);
    collect(directory);
    for (const id of ids) assert.is(store.read(id).type, 'blob');
    batch.settle();
    assert.equal(namesIn(directory, '.keep'), []);
    assert.is(namesIn(directory, '.pack').length, 1);
  }),
);

x('is no longer kept when the batch is given up', () =>
  withBareRepository((bare) => {
    const batch = batchOn(bare, 0);
    putSome(batch);
    batch.flush();
    batch.discard();
    assert.equal(namesIn(bare.directory, '.keep'), []);
  }),
);

x('goes into a pack while a git gc runs, which may have looked before the refs moved', () =>
  withBareRepository((bare) => {
    const { directory, store } = bare;
    const batch = batchOn(bare, 24);
    const ids = putSome(batch);
    batch.flush();
    writeFileSync(join(directory, 'gc.pid'), '1 here');
    batch.settle();
    for (const id of ids) rmSync(loosePath(store.objectsDirectory, id));
    for (const id of ids) assert.is(store.read(id).type, 'blob');
    // A file that old was left by a git that was killed.
    const past = Date.now() / 1000 - 3601;
    utimesSync(join(directory, 'gc.pid'), past, past);
    putSome(batch, 'more');
    batch.flush();
    batch.settle();
    assert.is(namesIn(directory, '.pack').length, 1);
  }),
);

x('is named if it was only found, is too large to be held, and is gone', () =>
  withBareRepository((bare) => {
    const large = Buffer.alloc(9 * 1024 * 1024, 'x');
    const before = batchOn(bare);
    const id = before.put('blob', large);
    before.flush();
    before.settle();
    const batch = batchOn(bare);
    assert.is(batch.put('blob', large), id);
    batch.flush();
    collect(bare.directory);
    assert.throws(
      () => batch.settle(),
      (error: unknown) => error instanceof GsessError && error.code === 'object-missing',
    );
  }),
);

x('is not kept for a dead process, nor without end for anybody', () =>
  withBareRepository(({ directory }) => {
    const pack = join(directory, 'objects', 'pack');
    mkdirSync(pack, { recursive: true });
    const leave = (name: string, content: string) => writeFileSync(join(pack, name), content);
    const marked = (owner: Partial<Owner>) => `gsess ${ownerName({ ...self, ...owner })}\n`;
    leave('pack-1.keep', marked({ start: '1' }));
    leave('pack-2.keep', marked({ boot: 'earlier' }));
    leave('pack-3.keep', marked({}));
    leave('pack-4.keep', 'by hand');
    leave('pack-5.keep', '');
    leave('pack-6.keep', 'gsess what');
    assert.is(removeLeftoverKeeps(pack, { processes, now }), 2);
    assert.equal(
      namesIn(directory, '.keep').sort(),
      [3, 4, 5, 6].map((n) => `pack-${n}.keep`),
    );
    assert.is(readFileSync(join(pack, 'pack-4.keep'), 'utf8'), 'by hand');
  }),
);

x.run();
