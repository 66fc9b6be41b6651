// Conversations brought back: forked, gone back to, lost by Claude, cut off in the middle of a call. Each is resumed in the real Claude
// by the command gsess gives, and the model's log tells exactly which history Claude then holds.

import { randomUUID } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assertFsckClean, gitText } from '../../support/git-oracle.ts';
import { type CapturedWorld, storedTranscript, withCapturedWorld } from '../captured-world.ts';
import { runWhile } from '../model-script.ts';
import type { Scenario } from '../scenario.ts';
import { waitFor } from '../world.ts';

interface ResumeAnswer {
  readonly nativeId: string;
  readonly command: readonly string[];
  readonly cwd: string;
}

const TURN_1 = ['user: Write a file', 'call: Write', 'result: ok', 'assistant: Written.'];
const TURN_2 = ['user: Change it', 'call: Edit', 'result: ok', 'assistant: Changed.'];
const TURN_3 = ['user: Remove it', 'call: Bash', 'result: ok', 'assistant: Removed.'];

async function work({ claude }: CapturedWorld, sessionId: string): Promise<void> {
  const talk = claude.converse({ sessionId });
  const write = { write: 'a.txt', content: 'one\n' };
  await talk.say([write, { say: 'Written.' }], 'Write a file');
  const edit = { edit: 'a.txt', old: 'one', new: 'two' };
  await talk.say([edit, { say: 'Changed.' }], 'Change it');
  await talk.say([{ run: 'rm a.txt' }, { say: 'Removed.' }], 'Remove it');
  await talk.close();
}

/** What gsess says brings a session back. */
function resumeOf(world: CapturedWorld, ref: string): Promise<ResumeAnswer> {
  return world.json<ResumeAnswer>(['resume', ref, '--print']);
}

/** Resumes a session in the real Claude as gsess says, says something, and returns the history it then had, and its native id. */
async function goOn(world: CapturedWorld, ref: string, text: string) {
  const { command, cwd } = await resumeOf(world, ref);
  const [program, flag, nativeId = ''] = command;
  assert.equal([program, flag, cwd], ['claude', '--resume', world.project]);
  const from = world.model.requests().length;
  const turn = await world.claude.prompt(text, { resume: nativeId, cwd });
  assert.equal([turn.status, turn.said, turn.sessionId], [0, `Heard: ${text}`, nativeId]);
  const history = world.model.requests(from)[0]?.conversation ?? [];
  return { nativeId, history };
}

function tipOf(world: CapturedWorld, session: string): string {
  return gitText(world.store(), ['rev-parse', `refs/heads/${session}`]);
}

async function idOf(world: CapturedWorld, name: string): Promise<string> {
  const list = await world.json<{ id: string; name: string | null }[]>(['list']);
  const found = list.find((session) => session.name === name);
  if (found === undefined) throw new Error(`no session is called '${name}'`);
  return found.id;
}

export const scenario: Scenario = {
  title: 'Claude goes on with exactly the history it is given back',
  needs: 'claude',
  run: (check, agents) =>
    withCapturedWorld(agents, async (world) => {
      const { claude } = world;
      const sessionId = randomUUID();
      await work(world, sessionId);
      const own = claude.transcriptBytes(sessionId);

      await check('a session as it is resumes under its own id', async () => {
        const { command } = await resumeOf(world, sessionId);
        assert.equal(command, ['claude', '--resume', sessionId]);
      });

      const fork = await check('a fork goes on from its turn, with its files', async () => {
        const before = tipOf(world, sessionId);
        await world.json(['fork', '@1', '--name', 'another way']);
        const { history, nativeId } = await goOn(world, 'another way', 'What else?');
        assert.equal(history, [...TURN_1, 'user: What else?']);
        assert.is.not(nativeId, sessionId);
        assert.is(tipOf(world, sessionId), before);
        assert.ok(claude.transcriptBytes(sessionId).equals(own));
        return { id: await idOf(world, 'another way'), nativeId };
      });

      await check('its later turns are its own', async () => {
        const tip = tipOf(world, sessionId);
        await claude.prompt([{ write: 'b.txt', content: 'b\n' }, { say: 'Also.' }], {
          resume: fork.nativeId,
          text: 'Write another',
        });
        assert.is(tipOf(world, sessionId), tip);
        const held = storedTranscript(world.store(), fork.id, fork.nativeId);
        assert.ok(held.equals(claude.transcriptBytes(fork.nativeId)));
        const subjects = gitText(world.store(), ['log', '--format=%s', '-4', fork.id]);
        assert.ok(subjects.includes(': Also.'), subjects);
      });

      await check('a conversation restored to a turn goes on from there', async () => {
        const args = ['--session', sessionId, 'restore', '@2', '--conversation', '--yes'];
        await world.json(args);
        const { history, nativeId } = await goOn(world, sessionId, 'Once more');
        assert.equal(history, [...TURN_1, ...TURN_2, 'user: Once more']);
        assert.is.not(nativeId, sessionId);
        assert.ok(claude.transcriptBytes(sessionId).equals(own));
        const subject = gitText(world.store(), [
          'log',
          '--format=%s',
          '-1',
          '--grep=prompt',
          sessionId,
        ]);
        assert.is(subject, 'prompt 4: Once more');
      });

      await check('a conversation goes back to before a call, too', async () => {
        const calls = gitText(world.store(), [
          'log',
          '--format=%h',
          '--grep=^before Bash',
          sessionId,
        ]);
        const [call = ''] = calls.split('\n');
        await world.json(['--session', sessionId, 'restore', call, '--conversation', '--yes']);
        const { history } = await goOn(world, sessionId, 'Rather not');
        assert.equal(history.slice(0, 9), [...TURN_1, ...TURN_2, 'user: Remove it']);
        assert.equal(history.at(-1), 'user: Rather not');
      });

      await check('what Claude has deleted comes back from the store', async () => {
        const other = randomUUID();
        await work(world, other);
        const bytes = claude.transcriptBytes(other);
        const path = claude.transcriptPath(other) ?? '';
        rmSync(path);
        const { history } = await goOn(world, other, 'Still there?');
        assert.equal(history, [...TURN_1, ...TURN_2, ...TURN_3, 'user: Still there?']);
        const { stdout } = await world.gsess([
          ...['export', other, '--format', 'native', '--native-id', other],
        ]);
        assert.ok(Buffer.from(stdout).equals(bytes));
      });

      await check(
        'killed in the middle of a call, it goes on with that call answered',
        async () => {
          const cut = randomUUID();
          const run = claude.start([runWhile('began'), { say: 'never said' }], {
            sessionId: cut,
            text: 'Take your time',
          });
          await waitFor('the command to begin', () => existsSync(join(world.project, 'began')));
          await waitFor('the call to be on disk', () => claude.callsOnDisk(cut).includes('Bash'));
          await run.kill();
          rmSync(join(world.project, 'began'));
          const list = await world.json<{ id: string; live: boolean }[]>(['list']);
          assert.is(list.find(({ id }) => id === cut)?.live, false);
          const { history } = await goOn(world, cut, 'Go on');
          assert.equal(history, [
            'user: Take your time',
            'call: Bash',
            'result: error',
            // Claude's own, wherever a transcript ends with the user's side.
            'assistant: No response requested.',
            'user: Go on',
          ]);
        },
      );

      await check('all of it is sound to stock git', () => assertFsckClean(world.store()));
    }),
};
