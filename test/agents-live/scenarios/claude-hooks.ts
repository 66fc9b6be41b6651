// What gsess stands on in Claude Code: our entries in its settings start our command, each payload is one we can read, and the
// transcript holds what the model was told.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { claudeConnection } from '../../../src/agents/claude/connection.ts';
import { claudeHook } from '../../../src/agents/claude/hook-reader.ts';
import { recordedHooks, recordingCommand } from '../recording-hook.ts';
import type { Scenario } from '../scenario.ts';
import { withWorld } from '../world.ts';

export const scenario: Scenario = {
  title: 'Claude Code tells our hooks what it does',
  needs: 'claude',
  run: (check, agents) =>
    withWorld(agents, async (world) => {
      const { claude, model } = world;
      const record = join(world.directory, 'hooks.jsonl');
      const before = '{\n  "cleanupPeriodDays": 3650\n}\n';
      claude.writeSettings(claudeConnection.add(before, recordingCommand(record, world.project)));
      const sessionId = randomUUID();

      await check('Claude plays a script of all tools', async () => {
        const turn = await claude.prompt(
          [
            { write: 'a.txt', content: 'one\n', think: 'I will write the file.' },
            { edit: 'a.txt', old: 'one', new: 'two' },
            { read: 'a.txt' },
            [{ write: 'b.txt', content: 'b\n' }, { run: 'rm a.txt; exit 3' }],
            { say: 'All done.' },
          ],
          { sessionId, text: 'Change some files' },
        );
        assert.equal([turn.status, turn.said, turn.sessionId], [0, 'All done.', sessionId]);
        assert.equal(world.files(), { 'b.txt': 'b\n' });
      });

      await check('each hook payload is an event, and reading starts none', () => {
        const events = recordedHooks(record).map(({ text }) => claudeHook.read(Buffer.from(text)));
        const told = events.map((reading) => {
          if (reading.kind !== 'event') return reading.kind;
          const { kind, tool, nativeId, cwd } = reading.event;
          assert.equal([nativeId, cwd], [sessionId, world.project]);
          return tool === undefined ? kind : `${kind} ${tool.name}`;
        });
        assert.equal(told, [
          'start',
          'prompt',
          'tool Write',
          'tool-done Write',
          'tool Edit',
          'tool-done Edit',
          'tool Write',
          'tool-done Write',
          'tool Bash',
          'tool-done Bash',
          'turn',
          'end',
        ]);
      });

      await check('a hook sees the files as they were just then', () => {
        const seen = recordedHooks(record).map(({ payload, files }) => [
          payload['hook_event_name'],
          Object.entries(files).flat().join(' ').trim(),
        ]);
        assert.equal(seen[4], ['PreToolUse', 'a.txt one']);
        assert.equal(seen[5], ['PostToolUse', 'a.txt two']);
        assert.equal(seen[9], ['PostToolUseFailure', 'b.txt b']);
      });

      await check('nothing is written after the last hook', () => {
        const end = recordedHooks(record).at(-1);
        assert.is(end?.transcriptBytes, claude.transcriptBytes(sessionId).length);
      });

      await check('a resumed session sends the history it had', async () => {
        const from = model.requests().length;
        const turn = await claude.prompt('And now?', { resume: sessionId });
        assert.is(turn.said, 'Heard: And now?');
        assert.equal(model.requests(from)[0]?.conversation, [
          'user: Change some files',
          'call: Write',
          'result: ok',
          'call: Edit',
          'result: ok',
          'call: Read',
          'result: ok',
          'call: Write',
          'call: Bash',
          'result: ok',
          'result: error',
          'assistant: All done.',
          'user: And now?',
        ]);
      });

      await check(
        'a subagent in the background adds events and no prompt of the user',
        async () => {
          const from = recordedHooks(record).length;
          const script = [{ write: 'sub.txt', content: 'sub\n' }, { say: 'Sub done.' }];
          await claude.prompt(
            [{ agent: script, asked: 'Write one more', background: true }, { say: 'It runs.' }],
            { resume: sessionId },
          );
          assert.is(world.files()['sub.txt'], 'sub\n');
          const kinds = recordedHooks(record)
            .slice(from)
            .map(({ text }) => claudeHook.read(Buffer.from(text)))
            .map((reading) => (reading.kind === 'event' ? reading.event.kind : reading.kind));
          const count = (kind: string) => kinds.filter((found) => found === kind).length;
          assert.equal(
            [count('prompt'), count('subagent'), count('end')],
            [1, 2, 1],
            kinds.join(' '),
          );
        },
      );

      await check(
        'without our entries no hook runs, and the settings are as they were',
        async () => {
          const rest = claudeConnection.remove(claude.settings(), { text: before });
          assert.is(rest, before);
          claude.writeSettings(before);
          const count = recordedHooks(record).length;
          await claude.prompt('Anyone there?', { resume: sessionId });
          assert.is(recordedHooks(record).length, count);
        },
      );
    }),
};
