// What a wish for Claude Code asks for, and what the answers to it recommend, typed to gsess.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { overviewHelp } from '../../src/cli/help.ts';
import { HELP_TOPICS } from '../../src/cli/help-topics.ts';
import { HookScript } from '../support/hook-agent.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { assertGoOnWith, type Json, NEWER, OLDER, withSeedScene } from '../support/seed-scene.ts';

const issue = suite('the examples of a wish for Claude Code');

issue('sessions are listed and taken up, by a command, a flag, and inside the agent', () =>
  withSeedScene(async (scene) => {
    const listed = (await scene.run.json(['sessions', 'list'])) as Json[];
    assert.equal(
      listed.map(({ id }) => id),
      [NEWER, OLDER],
    );
    await assertGoOnWith(scene, NEWER, [
      'resume',
      '-c',
      '--continue',
      '-r',
      '--resume',
      '/resume 1',
    ]);
    await assertGoOnWith(scene, OLDER, [`-r ${OLDER}`, `--resume ${OLDER}`]);
  }),
);

issue('a session that crashed goes on with all that was in it', () =>
  withSeedScene(async ({ run, driver, older }) => {
    await older.prompt('and one thing more');
    await older.tool('Read', { file_path: 'a.txt' });
    const { session, state } = (await run.json(['--continue'])) as Json & {
      state: { conversation: Json };
    };
    assert.equal([session, state.conversation['interruption']], [OLDER, 'interrupted_turn']);
    const { stdout } = await run(['show', OLDER, '--conversation']);
    assert.match(stdout, /plan the release[\s\S]*and one thing more[\s\S]*Read/);
    assert.is(driver.store.sessions().length, 2);
  }),
);

issue('a session is named and told by its id, whenever that is wanted', () =>
  withSeedScene(async ({ run, goesOnWith }) => {
    await run(['--resume', OLDER, '--session-name', 'release']);
    assert.is(await goesOnWith('-r release'), OLDER);
    const current = (await run.json(['current', '--session', 'release'])) as Json;
    assert.equal([current['id'], current['name']], [OLDER, 'release']);
  }),
);

issue('the help tells of it, and the agent is told that it exists', () =>
  withSealedUser((user) => {
    const help = overviewHelp(COMMANDS, HELP_TOPICS);
    for (const flag of ['-c, -C, --continue', '-r, --resume', '-h, --help']) {
      assert.match(help, flag);
    }
    const agent = new HookScript(user, { nativeId: NEWER });
    const input = JSON.stringify(agent.payload('SessionStart', { source: 'startup' }));
    const { stdout } = user.run(['hook', 'claude'], { input });
    const { hookSpecificOutput } = JSON.parse(stdout) as {
      hookSpecificOutput: { additionalContext: string };
    };
    assert.match(hookSpecificOutput.additionalContext, /go back in it and resume it.*gsess:resume/);
  }),
);

issue('what the agent kept before is dug out of its files', () =>
  withSeedScene(async ({ run, driver }) => {
    const before = '33333333-3333-4333-8333-333333333333';
    const file = join(dirname(driver.transcriptPath), `${before}.jsonl`);
    const text = readFileSync(driver.transcriptPath, 'utf8').replaceAll(NEWER, before);
    writeFileSync(file, text);
    await run(['import', 'claude']);
    assert.ok(driver.store.sessions().some(({ id }) => id === before));
  }),
);

issue.run();
