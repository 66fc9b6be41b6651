// A Claude that is killed in the middle of a tool call, and a transcript of ours that a new one resumes from.

import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { claude as agent } from '../../../src/agents/claude/claude.ts';
import { placesIn } from '../../support/agent-places.ts';
import { runWhile } from '../model-script.ts';
import type { Scenario } from '../scenario.ts';
import { waitFor, withWorld } from '../world.ts';

export const scenario: Scenario = {
  title: 'Claude Code is killed in a tool call and brought back from a transcript we wrote',
  needs: 'claude',
  run: (check, agents) =>
    withWorld(agents, async (world) => {
      const { claude, model } = world;
      const places = placesIn(world.home);
      const sessionId = randomUUID();
      await claude.prompt([{ write: 'a.txt', content: 'one\n' }, { say: 'Written.' }], {
        sessionId,
        text: 'Write a file',
      });

      await check('a live session is in the register, and killed in its call', async () => {
        const run = claude.start([runWhile('began'), { say: 'never said' }], {
          resume: sessionId,
          text: 'Take your time',
        });
        await waitFor('the command to begin', () => existsSync(join(world.project, 'began')));
        await waitFor('the call to be on disk', () =>
          claude.callsOnDisk(sessionId).includes('Bash'),
        );
        const live = agent.sessions.live(places).map(({ pid, nativeId }) => ({ pid, nativeId }));
        assert.equal(live, [{ pid: run.pid, nativeId: sessionId }]);
        await run.kill();
        const { status, said } = await run.done;
        assert.equal([status, said], [undefined, '']);
      });

      const bytes = claude.transcriptBytes(sessionId);
      const resume = async (written: Uint8Array): Promise<readonly string[]> => {
        const nativeId = randomUUID();
        const path = join(dirname(claude.transcriptPath(sessionId) ?? ''), `${nativeId}.jsonl`);
        const text = Buffer.from(written).toString().replaceAll(sessionId, nativeId);
        writeFileSync(path, text);
        const from = model.requests().length;
        const turn = await claude.prompt('Go on', { resume: nativeId });
        assert.equal([turn.sessionId, turn.said], [nativeId, 'Heard: Go on']);
        assert.ok(
          claude.transcript(nativeId).every(({ sessionId: id }) => (id ?? nativeId) === nativeId),
        );
        return model.requests(from)[0]?.conversation ?? [];
      };

      await check('the open call is answered in the transcript we write', async () => {
        const native = agent.format.write({ bytes, nativeId: sessionId });
        assert.is(native.pending?.name, 'Bash');
        assert.equal(await resume(native.bytes), [
          'user: Write a file',
          'call: Write',
          'result: ok',
          'assistant: Written.',
          'user: Take your time',
          'call: Bash',
          'result: error',
          // Claude's own, wherever a transcript ends with the user's side.
          'assistant: No response requested.',
          'user: Go on',
        ]);
      });

      await check('a transcript cut at the second prompt resumes with the first turn', async () => {
        const turn = agent.format.read(bytes).turns[1];
        const cut = { beforeOffset: turn?.offset ?? 0 };
        const native = agent.format.write({ bytes, nativeId: sessionId, cut });
        assert.equal(await resume(native.bytes), [
          'user: Write a file',
          'call: Write',
          'result: ok',
          'assistant: Written.',
          'user: Go on',
        ]);
      });

      await check('a call left open further up is answered where it stands', async () => {
        const whole = bytes.toString().split('\n');
        const result = whole.findIndex((line) => line.includes('"tool_result"'));
        const without = Buffer.from(whole.filter((_, index) => index !== result).join('\n'));
        const native = agent.format.write({ bytes: without, nativeId: sessionId });
        const conversation = await resume(native.bytes);
        assert.equal(conversation.slice(0, 5), [
          'user: Write a file',
          'call: Write',
          'result: error',
          'assistant: Written.',
          'user: Take your time',
        ]);
      });
    }),
};
