import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readingOf } from '../../src/cli/reading-options.ts';
import { commandRunner } from '../support/run-command.ts';
import { startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const OTHER = '22222222-2222-4222-8222-222222222222';
const x = suite('--id, --name, --tag and --index');

x('settle which of several things a word names', () =>
  withTemporaryDirectory(async (directory) => {
    const first = await startSession(directory);
    await first.prompt('one');
    const tagged = await first.turn('done');
    await first.prompt('two');
    const { surroundings } = first;
    const second = await startSession(directory, { nativeId: OTHER, surroundings });
    await second.prompt('three');
    const gsess = commandRunner(first);
    await gsess(['tag', 'both', tagged]);
    await gsess(['rename', '--index', '1', 'both']);
    const shown = async (...flags: string[]) => {
      const value = (await gsess.json(['show', 'both', ...flags])) as Record<string, unknown>;
      return value['id'];
    };
    assert.is(await shown('--tag'), tagged);
    assert.is(await shown('--name'), OTHER);
    assert.is(await shown(), OTHER);
    for (const flag of ['--id', '--index']) {
      const { status } = await gsess(['show', 'both', flag]);
      assert.is(status, 3, flag);
    }
  }),
);

x('exclude each other', () => {
  assert.is(readingOf({ id: false, tag: true }), 'tag');
  assert.is(readingOf({}), undefined);
  assert.throws(() => readingOf({ id: true, tag: true }), /--id and --tag exclude each other/);
});

x.run();
