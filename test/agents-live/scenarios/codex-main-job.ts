// What gsess is for, with the real Codex: every moment kept, files restored, conversations gone back to, forked, brought back after
// Codex lost them or was killed in a call. The model's log tells exactly which history Codex then holds.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { codex as adapter } from '../../../src/agents/codex/codex.ts';
import { placesIn } from '../../support/agent-places.ts';
import { assertFsckClean, gitText } from '../../support/git-oracle.ts';
import {
  filesAt,
  readJson as json,
  type Moment,
  storedTranscript,
  storeOf,
} from '../captured-world.ts';
import { runWhile } from '../model-script.ts';
import type { Scenario } from '../scenario.ts';
import { type World, waitFor, withWorld } from '../world.ts';

const TURN_1 = ['user: Write a file', 'call: apply_patch', 'result: ok', 'assistant: Written.'];
const TURN_2 = ['user: Change it', 'call: apply_patch', 'result: ok', 'assistant: Changed.'];
const TURN_3 = ['user: Remove it', 'call: exec_command', 'result: ok', 'assistant: Removed.'];

interface ResumeAnswer {
  readonly nativeId: string;
  readonly command: readonly string[];
  readonly written: string | null;
}

/** Takes a session up as gsess says, and gives the conversation that the model was sent. */
async function goOn(world: World, args: readonly string[], text: string) {
  const ready = await json<ResumeAnswer>(world, ['resume', ...args, '--print']);
  assert.equal(ready.command, ['codex', 'resume', ready.nativeId]);
  const from = world.model.requests().length;
  const turn = await world.codex.prompt(text, { resume: ready.nativeId });
  assert.is(turn.status, 0, turn.stderr);
  assert.is(turn.sessionId, ready.nativeId);
  return { ...ready, conversation: world.model.requests(from)[0]?.conversation ?? [] };
}

export const scenario: Scenario = {
  title: 'Codex is captured, restored, gone back in, forked and brought back',
  needs: 'codex',
  run: (check, agents) =>
    withWorld(agents, async (world) => {
      const { codex } = world;
      await json(world, ['connect', 'codex']);
      await check('hooks nobody trusted do not run, and it is told', async () => {
        const { sessionId } = await codex.prompt('Hello', { trusted: false });
        assert.equal(await json(world, ['list']), []);
        const { unheard } = await json<{ unheard: { nativeId: string }[] }>(world, ['status']);
        assert.equal(
          unheard.map(({ nativeId }) => nativeId),
          [sessionId],
        );
        await json(world, ['import', 'codex']);
        const told = await json<{ unheard: object[] }>(world, ['status']);
        assert.equal(told.unheard, []);
      });
      const id = await check('every moment of three turns is a checkpoint', async () => {
        const first = await codex.prompt(
          [{ write: 'a.txt', content: 'one\n' }, { say: 'Written.' }],
          { text: 'Write a file' },
        );
        assert.is(first.status, 0, first.stderr);
        const resume = first.sessionId;
        await codex.prompt([{ edit: 'a.txt', old: 'one', new: 'two' }, { say: 'Changed.' }], {
          text: 'Change it',
          resume,
        });
        await codex.prompt([{ run: 'rm a.txt' }, { say: 'Removed.' }], {
          text: 'Remove it',
          resume,
        });
        const moments = await json<Moment[]>(world, ['log', resume]);
        const told = moments.filter(({ kind }) => kind !== 'manual').reverse();
        assert.equal(
          told.map(({ kind, turn }) => `${kind} ${turn}`),
          [
            'prompt 1',
            'tool 1',
            'turn 1',
            'prompt 2',
            'tool 2',
            'turn 2',
            'prompt 3',
            'tool 3',
            'turn 3',
          ],
        );
        const at = (kind: string, turn: number) =>
          filesAt(
            storeOf(world),
            told.find((one) => one.kind === kind && one.turn === turn)?.id ?? '',
          );
        assert.equal(at('turn', 1), { 'a.txt': 'one\n' });
        assert.equal(at('turn', 2), { 'a.txt': 'two\n' });
        assert.equal(at('tool', 3), { 'a.txt': 'two\n' });
        assert.equal(at('turn', 3), {});
        return resume;
      });
      await check('files come back', async () => {
        await json(world, ['restore', '@2', '--files', '--yes']);
        assert.is(world.files()['a.txt'], 'two\n');
        await json(world, ['undo']);
        assert.is(world.files()['a.txt'], undefined);
      });
      await check('its own rollout is taken up as it is', async () => {
        const { written, conversation } = await goOn(world, [id], 'Go on');
        assert.is(written, null);
        assert.equal(conversation, [...TURN_1, ...TURN_2, ...TURN_3, 'user: Go on']);
      });
      await check('at an earlier checkpoint it goes on from there', async () => {
        const { conversation, nativeId } = await goOn(world, [`${id}@1`, '--yes'], 'Another way');
        assert.equal(conversation, [...TURN_1, 'user: Another way']);
        assert.is.not(nativeId, id);
      });
      await check('a fork goes on by itself', async () => {
        const made = await json<{ id: string }>(world, ['fork', `${id}@2`]);
        const { conversation } = await goOn(world, [made.id], 'Beside');
        assert.equal(conversation, [...TURN_1, ...TURN_2, 'user: Beside']);
      });
      await check('a rollout that is gone is written anew', async () => {
        const places = placesIn(world.home);
        for (const { path } of await adapter.sessions.list(places)) rmSync(path);
        const { conversation, written } = await goOn(world, [id], 'Again');
        assert.ok(written !== null && existsSync(written));
        assert.equal(conversation.slice(0, -2), [...TURN_1, 'user: Another way']);
        assert.is(conversation.at(-1), 'user: Again');
      });
      await check('killed in a call, it is brought back with the call answered', async () => {
        const run = codex.start([runWhile('began'), { say: 'never said' }], {
          text: 'Take your time',
        });
        await waitFor('the command to begin', () => existsSync(join(world.project, 'began')));
        await run.kill();
        rmSync(join(world.project, 'began'));
        const [newest] = await json<{ id: string }[]>(world, ['list']);
        const path = adapter.sessions.find(placesIn(world.home), newest?.id ?? '')?.path ?? '';
        const kept = readFileSync(path);
        rmSync(path);
        const { conversation } = await goOn(world, [newest?.id ?? ''], 'And now?');
        assert.equal(conversation, [
          'user: Take your time',
          'call: exec_command',
          'result: error',
          'user: And now?',
        ]);
        // The file is gone, so what the event of the call brought is all there is of it.
        const stored = storedTranscript(storeOf(world), newest?.id ?? '', newest?.id ?? '');
        assert.ok(stored.length > 0 && kept.subarray(0, stored.length).equals(stored));
      });
      await check(
        'a subagent is captured with its session, and changes nothing else of it',
        async () => {
          const { sessionId } = await codex.prompt(
            [
              { agent: [{ say: 'Helped.' }], asked: 'Help' },
              { tool: 'collaboration.wait_agent', input: { timeout_ms: 20_000 } },
              { say: 'All done.' },
            ],
            { text: 'Get help' },
          );
          const stored = gitText(storeOf(world), [
            ...['ls-tree', '-r', '--name-only', `${sessionId}:transcript/${sessionId}`],
          ]);
          assert.match(stored, /^threads\/rollout-.*\.jsonl\//m);
          const path = adapter.sessions.find(placesIn(world.home), sessionId)?.path ?? '';
          const kept = storedTranscript(storeOf(world), sessionId, sessionId);
          // Codex writes its last records after the last event.
          assert.ok(kept.length > 0 && readFileSync(path).subarray(0, kept.length).equals(kept));
        },
      );
      await check(
        "Codex's own fork comes back although Codex lost what it goes on from",
        async () => {
          const first = await codex.prompt('Begin', {});
          const fork = await codex.prompt('Fork off', { fork: first.sessionId });
          assert.is(fork.status, 0, fork.stderr);
          const places = placesIn(world.home);
          for (const id of [first.sessionId, fork.sessionId]) {
            rmSync(adapter.sessions.find(places, id)?.path ?? '');
          }
          const { conversation } = await goOn(world, [fork.sessionId], 'Still there?');
          assert.equal(
            conversation.filter((line) => line.startsWith('user: ')),
            ['user: Begin', 'user: Fork off', 'user: Still there?'],
          );
        },
      );
      await check('without the connection the settings are as they were', async () => {
        await json(world, ['connect', 'codex', '--remove']);
        assert.not.ok(existsSync(codex.hooksPath));
      });
      await check('the store is sound', () => assertFsckClean(storeOf(world)));
    }),
};
