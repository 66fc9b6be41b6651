import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claude } from '../../src/agents/claude/claude.ts';
import { claudeHook } from '../../src/agents/claude/hook-reader.ts';
import { placesIn } from '../support/agent-places.ts';
import {
  type PlayedEvent,
  playRecordedSession,
  recordedEvents,
  recordingDirectory,
} from '../support/recorded-session.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('a recorded session of Claude Code');

const NAME = 'claude-three-turns';
const SESSION = '3f2a9c1e-5d04-4b7e-9a16-0c8d2e41f7b3';
const transcript = readFileSync(join(recordingDirectory(NAME), 'transcript.jsonl'));

x('every hook payload becomes an event, in the order of the session', () => {
  const kinds = recordedEvents(NAME).map(({ payload }) => {
    const reading = claudeHook.read(Buffer.from(JSON.stringify(payload)));
    if (reading.kind !== 'event') return reading.kind;
    const { kind, tool, subagent } = reading.event;
    return [subagent === undefined ? '' : 'sub', kind, tool?.name].filter(Boolean).join(' ');
  });
  assert.equal(kinds, [
    'start',
    ...['prompt', 'tool Write', 'tool-done Write', 'tool Edit', 'tool-done Edit', 'turn'],
    ...['prompt', 'tool Edit', 'tool-done Edit', 'tool Edit', 'tool-done Edit'],
    ...['tool Bash', 'tool-done Bash', 'tool Bash', 'tool-done Bash', 'turn'],
    ...['prompt', 'tool Bash', 'tool-done Bash', 'tool Agent', 'sub tool Write'],
    ...['sub tool-done Write', 'sub subagent', 'tool-done Agent', 'turn'],
    'end',
  ]);
});

x('the transcript only grows, by whole lines, and is complete at the end', () => {
  let length = 0;
  for (const { transcriptBytes } of recordedEvents(NAME)) {
    if (transcriptBytes === null) continue;
    assert.ok(transcriptBytes >= length);
    assert.is(transcript[transcriptBytes - 1], '\n'.charCodeAt(0));
    length = transcriptBytes;
  }
  assert.is(length, transcript.length);
});

x('the transcript reads as three turns with their tool calls', () => {
  const { turns } = claude.format.read(transcript);
  assert.equal(
    turns.map(({ prompt }) => prompt),
    [
      'Add a --force flag',
      'Rename --force to --yes',
      'Delete the notes, and have the flag documented',
    ],
  );
});

x('playing it sets the stage for each event', async () => {
  await withTemporaryDirectory((directory) => {
    const stage = { home: join(directory, 'home'), project: join(directory, 'my "flags"') };
    mkdirSync(stage.project, { recursive: true });
    const played: PlayedEvent[] = [];
    for (const event of playRecordedSession(NAME, stage)) {
      const reading = claudeHook.read(Buffer.from(event.input));
      if (reading.kind !== 'event') return assert.unreachable('a payload was refused');
      assert.is(reading.event.cwd, stage.project);
      for (const [path, content] of Object.entries(event.files)) {
        assert.is(readFileSync(join(stage.project, path), 'utf8'), content);
      }
      played.push(event);
    }
    assert.is(played.length, recordedEvents(NAME).length);
    assert.not(statSync(join(stage.project, 'notes.txt'), { throwIfNoEntry: false }));
    const found = claude.sessions.find(placesIn(stage.home), SESSION);
    assert.equal(
      claude.sessions
        .sideFiles(found?.path ?? '')
        .map(({ name }) => name.replace(/agent-\w+/, 'agent')),
      ['subagents/agent.jsonl', 'subagents/agent.meta.json'],
    );
    const bytes = readFileSync(found?.path ?? '');
    assert.is(bytes.toString().includes('/home/dev'), false);
    assert.is(claude.format.read(bytes).turns.length, 3);
  });
});

x.run();
