// What was said in opencode before it was connected is asked for, and goes on in the same session afterwards.

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { assertFsckClean } from '../../support/git-oracle.ts';
import { readJson, storeOf } from '../captured-world.ts';
import type { Reply } from '../model-script.ts';
import { OpencodeDriver } from '../opencode-driver.ts';
import type { Scenario } from '../scenario.ts';
import { withWorld } from '../world.ts';

interface Imported {
  readonly id: string;
  readonly nativeId: string;
  readonly status: string;
  readonly warnings: readonly string[];
}

export const scenario: Scenario = {
  title: 'sessions of opencode from before it was connected are taken in',
  needs: 'opencode',
  run: (check, agents) =>
    withWorld(agents, async (world) => {
      const { home, project, data, model } = world;
      const program = agents.programs.opencode ?? 'opencode';
      const PATH = `${dirname(program)}:${world.environment['PATH']}`;
      const environment = { ...world.environment, PATH };
      const driver = new OpencodeDriver({
        program,
        home,
        project,
        environment,
        modelUrl: model.url,
      });
      const say = async (script: string | readonly Reply[], text: string, id?: string) => {
        const resume = id === undefined ? [] : ['--session', id];
        const turn = await driver.start(script, { text, resume }).done;
        assert.is(turn.status, 0, turn.stderr);
        return turn.sessionId;
      };
      const json = <T>(...words: string[]) => readJson<T>(world, words, { environment });

      const nativeId = await check(
        'two sessions are made, of which gsess hears nothing',
        async () => {
          const first = await say(
            [{ write: 'a.txt', content: 'one\n' }, { say: 'Written.' }],
            'Write',
          );
          await say(
            [{ agent: [{ say: 'Helped.' }], asked: 'Help' }, { say: 'Done.' }],
            'Ask',
            first,
          );
          await say('Beside', 'Beside');
          assert.equal(readdirSync(data), []);
          return first;
        },
      );
      const id = await check('import asks opencode for them, with their turns', async () => {
        const taken = await json<Imported[]>('import', 'opencode');
        assert.equal(
          taken.map(({ status, warnings }) => [status, ...warnings]),
          [['added'], ['added']],
        );
        const own = taken.find((one) => one.nativeId === nativeId)?.id ?? '';
        const shown = await json<{ turns: number; title: string }>('show', own);
        assert.is(shown.turns, 2);
        const written = JSON.stringify(await json('export', own, '--format', 'json'));
        for (const said of ['Write', 'Written.', 'Ask', 'Done.']) assert.match(written, said);
        const copies = join(data, 'copies', 'opencode');
        assert.is(readdirSync(join(copies, nativeId)).length, 1, 'the subagent stands beside');
        return own;
      });
      await check('what has not changed is not asked for again', async () => {
        for (const all of [[], ['--all']]) {
          const again = await json<Imported[]>('import', 'opencode', ...all);
          assert.equal(
            again.map(({ status }) => status),
            ['unchanged', 'unchanged'],
          );
        }
      });
      await check('once it is connected, the session goes on', async () => {
        await json('connect', 'opencode');
        await say('And on', 'And on', nativeId);
        assert.is((await json<{ turns: number }>('show', id)).turns, 3);
        // opencode may write its session once more after the last thing that its plugin hears.
        await json('import', 'opencode');
        const after = await json<Imported[]>('import', 'opencode');
        assert.equal(
          after.map(({ status }) => status),
          ['unchanged', 'unchanged'],
        );
        assert.is((await json<{ turns: number }>('show', id)).turns, 3);
        assert.is((await json<object[]>('list')).length, 2);
      });
      await check('the store is sound', () => assertFsckClean(storeOf(world)));
    }),
};
