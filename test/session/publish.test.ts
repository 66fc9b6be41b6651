import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GsessError } from '../../src/errors.ts';
import { startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const publishing = suite('publishing');
const REF = 'refs/gsess/base/00000000';

publishing('is a mistake outside of the prune gate, and writes nothing there', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('begin');
    const { store } = driver;
    const batch = store.batch();
    const value = batch.put('blob', Buffer.from('not yet'));
    await store.publish(batch, [{ name: REF, value, expect: 'absent' }], 'test').then(
      () => assert.unreachable(),
      (error: unknown) => assert.instance(error, TypeError),
    );
    assert.is(store.objects.has(value), false);
    assert.is(store.refs.read(REF), undefined);
  }),
);

publishing('leads no ref to an object that is not there', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const tip = await driver.prompt('begin');
    const { store } = driver;
    const edits = [
      { name: REF, value: tip, expect: 'absent' },
      { name: `${REF}1`, value: '1'.repeat(40) as typeof tip, expect: 'absent' },
    ] as const;
    await store
      .withWriting('test', () => store.publish(store.batch(), edits, 'test'))
      .then(
        () => assert.unreachable(),
        (error: unknown) => assert.is((error as GsessError).code, 'object-missing'),
      );
    assert.is(store.refs.read(REF), undefined);
  }),
);

publishing.run();
