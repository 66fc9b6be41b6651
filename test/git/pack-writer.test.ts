import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { PackDraft } from '../../src/git/pack-draft.ts';
import { PackWriter } from '../../src/git/pack-writer.ts';
import { gitText } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('pack-writer');

function add(writer: PackWriter, text: string): ObjectId {
  const content = Buffer.from(text);
  const id = hashObject('blob', content);
  writer.add(id, { type: 'blob', content });
  return id;
}

x('makes no pack of no objects', () =>
  withTemporaryDirectory((directory) => {
    const writer = new PackWriter(join(directory, 'pack'));
    writer.finish();
    writer.discard();
    assert.not(existsSync(join(directory, 'pack')));
  }),
);

x('names a pack by its checksum, with an index git verifies', () =>
  withTemporaryDirectory((directory) => {
    const writer = new PackWriter(directory);
    const ids = ['one', 'two', ''].map((text) => add(writer, text));
    assert.ok(writer.has(ids[2] as ObjectId));
    assert.is(writer.read(ids[1] as ObjectId)?.content.toString(), 'two');
    assert.is(writer.read(hashObject('blob', Buffer.from('three'))), undefined);
    writer.finish();
    assert.not(writer.has(ids[2] as ObjectId));
    const [index = '', pack = '', ...others] = readdirSync(directory).sort();
    assert.equal(others, []);
    assert.match(pack, /^pack-[0-9a-f]{40}\.pack$/);
    const verified = gitText(directory, ['verify-pack', '-v', index]);
    for (const id of ids) assert.ok(verified.includes(`${id} blob`));
  }),
);

x('removes all it began when discarded, packs that were full included', () =>
  withTemporaryDirectory((directory) => {
    const writer = new PackWriter(directory, { packBytesMax: 1 });
    for (const text of ['one', 'two', 'three']) add(writer, text);
    assert.is(readdirSync(directory).length, 5);
    writer.discard();
    assert.equal(readdirSync(directory), []);
  }),
);

x('cannot add to a draft that was closed', () =>
  withTemporaryDirectory((directory) => {
    const draft = new PackDraft(directory);
    draft.discard();
    const content = Buffer.from('late');
    draft.add(hashObject('blob', content), { type: 'blob', content });
    assert.throws(() => draft.seal(), TypeError);
  }),
);

x.run();
