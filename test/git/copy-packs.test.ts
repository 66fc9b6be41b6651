import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { PackCopy } from '../../src/git/copy-packs.ts';
import { PackIndex } from '../../src/git/pack-index.ts';
import { packBatch, withBareRepository } from '../support/bare-repository.ts';

const copies = suite('copying packs');

copies('says so when git has replaced the pack meanwhile', () =>
  withBareRepository(({ store }) => {
    const batch = packBatch(store);
    batch.put('blob', Buffer.from('a'));
    batch.flush();
    const directory = join(store.objectsDirectory, 'pack');
    const name = readdirSync(directory).find((found) => found.endsWith('.pack')) ?? '';
    const path = join(directory, name);
    const index = new PackIndex(path.replace(/pack$/, 'idx'));
    rmSync(path);
    assert.throws(
      () => [...new PackCopy(store).addPack({ path, index }, () => true)],
      (error: unknown) => error instanceof GsessError && error.code === 'object-missing',
    );
  }),
);

copies.run();
