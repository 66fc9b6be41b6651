// What the command line makes of sessions that an embedding agent recorded: it shows them as any others, and leaves taking them up to the
// agent itself.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../src/index.ts';
import { commandRunner } from '../support/run-command.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { IN_MEMORY, withTemporaryDirectory } from '../support/temporary-directory.ts';

const embedded = suite('sessions of embedding agents on the command line');

embedded(
  'are listed, told turn by turn, exported and restored, and resumed by their own program',
  () =>
    withTemporaryDirectory(async (directory) => {
      const surroundings = sealedSurroundings(directory);
      const project = join(directory, 'project');
      const store = await openStore({
        directory: project,
        agent: 'pilot',
        dataDirectory: surroundings.dataDirectory,
        environment: { HOME: surroundings.home },
      });
      const session = store.create({ name: 'flags' });
      const call = { name: 'write', input: { path: 'a.txt' }, callId: 'c1' };
      const asked = { type: 'tool_use', id: 'c1', name: call.name, input: call.input };
      session.append({ role: 'user', content: 'make a' }, { role: 'assistant', content: [asked] });
      await session.checkpoint(call);
      writeFileSync(join(project, 'a.txt'), 'a');
      const result = { type: 'tool_result', tool_use_id: 'c1', content: 'written' };
      session.append({ role: 'user', content: [result] }, { role: 'assistant', content: 'Made.' });
      await store.close();

      const gsess = commandRunner({ project, surroundings });
      const listed = (await gsess(['list'])).stdout;
      assert.match(listed, /flags.*pilot/);
      assert.match((await gsess(['log'])).stdout, /Made\.[\s\S]*before write a\.txt[\s\S]*make a/);
      assert.not.match((await gsess(['show', 'flags'])).stdout, 'source gone');
      const exported = (await gsess(['export', 'flags', '--format', 'json'])).stdout;
      assert.match(exported, 'written');
      assert.match(exported, '"kind": "prompt"');
      const plan = (await gsess(['restore', '~1', '--dry-run'])).stdout;
      assert.match(plan, '- a.txt');
      assert.match(plan, 'goes back');
      const resumed = await gsess(['resume', 'flags']);
      assert.is(resumed.status, 1);
      assert.match(resumed.stderr, 'Its own program takes them up');
    }, IN_MEMORY),
);

embedded.run();
