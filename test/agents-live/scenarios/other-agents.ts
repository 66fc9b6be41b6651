// A session of each agent goes on in each other one: the model of that other one is sent every word that the user and the first agent had
// said, in order, and its first event takes the fork up that gsess made. One session for each agent, recorded once.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { agentEntry } from '../../../src/agents/registry.ts';
import { placesIn } from '../../support/agent-places.ts';
import { assertFsckClean, gitText } from '../../support/git-oracle.ts';
import { anyAgents, type OneShotAgent } from '../any-agent.ts';
import { readJson, storeOf } from '../captured-world.ts';
import type { Reply } from '../model-script.ts';
import type { ModelRequest } from '../model-wire.ts';
import type { Scenario } from '../scenario.ts';
import { type World, withWorld } from '../world.ts';

const NAMES: readonly OneShotAgent[] = ['claude', 'codex', 'gemini', 'qwen', 'pi', 'opencode'];
const QUIET = { GSESS_GC_AUTO: '0' };

/** Two turns: a file, a command that fails beside one that does not, and words in between. */
const TURNS: readonly { readonly text: string; readonly script: readonly Reply[] }[] = [
  {
    text: 'Schreib «α» auf 🙂',
    script: [
      { write: 'a.txt', content: 'α\n', text: 'Ich schreibe.', think: 'Hm.' },
      [{ run: 'ls', text: 'Zwei zugleich: 完.' }, { run: 'exit 3' }],
      { say: 'Done ✓.' },
    ],
  },
  { text: 'What about tomorrow?', script: [{ say: 'Tomorrow is another day.' }] },
];

const SAID = [
  `user: ${TURNS[0]?.text}`,
  'assistant: Ich schreibe.',
  'assistant: Zwei zugleich: 完.',
  'assistant: Done ✓.',
  `user: ${TURNS[1]?.text}`,
  'assistant: Tomorrow is another day.',
];
const CALLS = 3;

interface ResumeAnswer {
  readonly session: string;
  readonly nativeId: string;
  readonly before: readonly (readonly string[])[];
  readonly command: readonly string[];
}

interface Listed {
  readonly id: string;
  readonly agent: string;
}

export const scenario: Scenario = {
  title: 'A session of each agent goes on in each other one',
  needs: NAMES,
  run: (check, agents) =>
    withWorld(agents, async (begun) => {
      const world = { ...begun, environment: { ...begun.environment, ...QUIET } };
      const all = anyAgents(world, agents);
      const json = <T>(args: readonly string[]) => readJson<T>(world, args, { environment: QUIET });
      const sessions = await check('a session of each is captured', async () => {
        await json(['connect', ...NAMES]);
        for (const name of NAMES) {
          let resume: readonly string[] | undefined;
          for (const { text, script } of TURNS) {
            const turn = await all[name].prompt(script, { text, ...(resume && { resume }) });
            assert.is(turn.status, 0, `${name}: ${turn.stderr}`);
            resume = all[name].wordsFor(turn.sessionId);
          }
        }
        const listed = await json<readonly Listed[]>(['list']);
        assert.equal(listed.map(({ agent }) => agent).sort(), NAMES.toSorted());
        return listed;
      });
      const before = await originals(world, sessions);
      let forks = 0;
      for (const { id, agent: from } of sessions) {
        const { title } = agentEntry(from);
        for (const to of NAMES.filter((name) => name !== from)) {
          await check(`${from} to ${to}`, async () => {
            const ready = await json<ResumeAnswer>(['resume', id, '--agent', to, '--print']);
            for (const words of ready.before) all[to].before(words);
            const at = world.model.requests().length;
            const resume = ready.command.slice(1);
            const turn = await all[to].prompt('Go on', { text: 'Go on', resume });
            assert.is(turn.status, 0, turn.stderr);
            const asked = world.model.requests(at).find(({ tools }) => tools.length > 0);
            assertCarried(asked, title);
            const { nativeIds } = await json<{ nativeIds: readonly string[] }>([
              'show',
              ready.session,
            ]);
            assert.equal(nativeIds, [ready.nativeId]);
          });
          forks += 1;
        }
      }
      await check(
        'nothing else came of it, and the sessions they come from are as they were',
        async () => {
          assert.is((await json<readonly Listed[]>(['list'])).length, NAMES.length + forks);
          assert.equal(await originals(world, sessions), before);
          assertFsckClean(storeOf(world));
        },
      );
    }),
};

function assertCarried(asked: ModelRequest | undefined, title: string): void {
  const lines = asked?.conversation ?? [];
  const told = lines.findIndex((line) =>
    line.startsWith(`user: This conversation was begun in ${title}`),
  );
  assert.ok(told >= 0, lines.join('\n'));
  const said = lines.slice(told + 1).filter((line) => /^(?:user|assistant): /.test(line));
  assert.equal(said, [...SAID, 'user: Go on']);
  const count = (kind: string) => lines.filter((line) => line.startsWith(kind)).length;
  assert.equal([count('call: '), count('result: ')], [CALLS, CALLS]);
}

/**
 * The tips of the sessions, all that was said in them taken in, and the agents' own files; but for Gemini, whose clean-up takes the
 * file of a session that it has resumed itself.
 */
async function originals(world: World, sessions: readonly Listed[]) {
  const held: [string, string, string][] = [];
  for (const { id, agent } of sessions) {
    const { sessions: own } = await agentEntry(agent).load();
    const shown = ['show', id, '--conversation'];
    const { nativeIds } = await readJson<{ nativeIds: readonly string[] }>(world, shown);
    const tip = gitText(storeOf(world), ['rev-parse', `refs/heads/${id}`]);
    const path = own.find(placesOf(world, agent), nativeIds[0] ?? '')?.path;
    const file = path === undefined || agent === 'gemini' ? '' : readFileSync(path);
    held.push([agent, tip, createHash('sha256').update(file).digest('hex')]);
  }
  return held;
}

function placesOf({ home, data }: World, agent: string) {
  return { ...placesIn(home), copies: `${data}/copies/${agent}` };
}
