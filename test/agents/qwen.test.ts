// Qwen Code's sessions: read, written, found, captured.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRequest, NativeTranscript } from '../../src/agents/agent.ts';
import { qwenHook } from '../../src/agents/qwen/hook-reader.ts';
import { qwen } from '../../src/agents/qwen/qwen.ts';
import { placesIn } from '../support/agent-places.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { toldTranscript } from '../support/told-transcript.ts';
import { lines, parseLines, transcriptFixture } from '../support/transcript-fixture.ts';

const x = suite("Qwen's sessions");

const session = transcriptFixture('qwen/two-turns.jsonl');
const OLD = 'c6d5b6ea-ebc9-4ffe-ba62-c0ac79b043b0';
const NEW = '0c9d8e7f-1111-4222-8333-444455556666';

const read = (bytes: Uint8Array) => qwen.format.read(bytes);

function write(bytes: Uint8Array, more: Partial<NativeRequest> = {}): NativeTranscript {
  const result = qwen.format.write({ bytes, nativeId: NEW, ...more });
  const { cut: _, ...rest } = more;
  const again = qwen.format.write({ ...rest, bytes: result.bytes, nativeId: NEW });
  assert.is(again.bytes.toString(), result.bytes.toString(), 'writing again changes nothing');
  return result;
}

function record(type: string, uuid: string, parentUuid: string | null, more: object): object {
  const cwd = '/w/app';
  return {
    uuid,
    parentUuid,
    sessionId: OLD,
    timestamp: '2026-01-02T03:04:05Z',
    type,
    cwd,
    ...more,
  };
}

function user(uuid: string, parent: string | null, text: string, more: object = {}): object {
  return record('user', uuid, parent, { message: { role: 'user', parts: [{ text }] }, ...more });
}

function reply(uuid: string, parent: string | null, ...parts: readonly object[]): object {
  return record('assistant', uuid, parent, { model: 'q', message: { role: 'model', parts } });
}

function result(uuid: string, parent: string, id: string, status = 'success'): object {
  const response = status === 'success' ? { output: 'ok' } : { error: 'no' };
  return record('tool_result', uuid, parent, {
    message: { role: 'user', parts: [{ functionResponse: { id, name: 'edit', response } }] },
    toolCallResult: { callId: id, status },
  });
}

const call = (id: string, args: object = {}): object => ({
  functionCall: { id, name: 'edit', args },
});
const say = (text: string): object => ({ text });
const system = (uuid: string, parent: string | null, subtype: string, systemPayload: object) =>
  record('system', uuid, parent, { subtype, systemPayload });

/** What was said, a line each. */
const told = (bytes: Uint8Array): string[] => toldTranscript(read(bytes));

/** The chain that Qwen would go on with, from the last record up. */
function chain(bytes: Uint8Array): string[] {
  const records = parseLines(bytes);
  const found: string[] = [];
  for (let at = records.at(-1); at !== undefined; ) {
    const { uuid = '', parentUuid } = at;
    assert.not.ok(found.includes(uuid), 'no circle');
    found.unshift(uuid);
    at = records.find((candidate) => candidate.uuid === parentUuid);
    assert.ok(at !== undefined || parentUuid === null, 'no link into nothing');
  }
  return found;
}

x('reads a recorded session: two turns, each call once, each result once', () => {
  const transcript = read(session);
  assert.equal(
    transcript.turns.map(({ prompt, toolCalls }) => [prompt, toolCalls.map(({ name }) => name)]),
    [
      ['Please do this.', ['write_file', 'edit']],
      ['second', ['run_shell_command']],
    ],
  );
  assert.is(transcript.messages.filter(({ role }) => role === 'tool').length, 3);
  const { cwd, nativeIds, model, branch, version, warnings } = transcript;
  assert.equal(
    [cwd, nativeIds, model, branch, version, warnings],
    ['/home/dev/flags', [OLD], 'mock-model', 'main', '0.24.4', []],
  );
});

x('tells what was typed from what was added to it, and prompts from notices', () => {
  const hook = '<qwen:user-prompt-submit-context>\nfrom a hook\n</qwen:user-prompt-submit-context>';
  const bytes = lines(
    record('user', '1', null, { message: { role: 'user', parts: [say('go'), say(hook)] } }),
    user('2', '1', 'go with all of a file', { systemPayload: { displayText: 'go @file' } }),
    user('3', '2', 'and this', { subtype: 'mid_turn_user_message' }),
    user('4', '3', 'a task is done', { subtype: 'notification' }),
    user('5', '4', 'not typed', { provenance: 'goal_control' }),
    system('6', '5', 'slash_command', { phase: 'invocation', rawCommand: '/mcp' }),
    system('7', '6', 'slash_command', { phase: 'result', rawCommand: '/mcp' }),
    system('8', '7', 'ui_telemetry', {}),
    reply('9', '8', { text: 'hm', thought: true }, say('done'), { odd: 1 }),
  );
  assert.equal(told(bytes), [
    ...['prompt: go', 'prompt: go @file', 'steer: and this', 'notice: a task is done'],
    ...['notice: not typed', 'command: /mcp', 'reply: hm, done, other'],
  ]);
  assert.equal(
    read(bytes).others.map(({ type }) => type),
    ['slash_command', 'ui_telemetry'],
  );
});

x(
  'follows the chain from the last record, over a step back, and takes the title that holds there',
  () => {
    const bytes = lines(
      user('1', null, 'go'),
      reply('2', '1', say('a')),
      system('3', '2', 'custom_title', { customTitle: 'left', titleSource: 'manual' }),
      system('4', '1', 'rewind', { targetUuid: '1' }),
      reply('5', '4', { text: 'hm', thought: true }),
      reply('5', '4', say('b')),
      system('6', '5', 'custom_title', { customTitle: 'here', titleSource: 'manual' }),
      system('7', '6', 'session_artifact_snapshot', {}),
    );
    assert.equal(told(bytes), ['prompt: go', '- reply: a', 'reply: hm, b']);
    assert.is(read(bytes).titles.custom, 'here');
    const rewound = lines(
      user('1', null, 'go'),
      reply('2', '1', say('a')),
      system('3', '1', 'rewind', {}),
    );
    assert.equal(told(rewound), ['prompt: go', '- reply: a'], 'with nothing said since');
  },
);

x('takes a link into nothing for one to the record before', () => {
  const bytes = lines(
    user('1', null, 'go'),
    '{"uuid":"2","ty',
    reply('3', '2', say('a')),
    reply('3b', '3b', say('b')),
  );
  assert.equal(told(bytes), ['prompt: go', 'reply: a', 'reply: b']);
});

x('keeps what a compression replaced, and tells an interruption', () => {
  const history = [{ role: 'user', parts: [say('so far')] }];
  const bytes = lines(
    ...[user('1', null, 'go'), reply('2', '1', call('c1')), result('3', '2', 'c1', 'cancelled')],
    system('4', '3', 'chat_compression', { compressedHistory: history }),
    user('5', '4', 'on'),
  );
  assert.equal(told(bytes), [
    ...['prompt: go', 'reply: call c1', 'interrupt: error c1', 'summary: so far', 'prompt: on'],
  ]);
  assert.equal(
    read(bytes).turns.map(({ interrupted }) => interrupted),
    [true, false],
  );
});

x('reads the log of prompts, of which there is nothing to go on with', () => {
  const log = [
    { sessionId: OLD, messageId: 0, type: 'user', message: 'go', timestamp: '2026-01-02' },
  ];
  const bytes = Buffer.from(JSON.stringify(log, null, 2));
  assert.equal(told(bytes), ['prompt: go']);
  assert.equal([write(bytes).messages, write(bytes).bytes.length], [0, 0]);
});

x('reads what grows record by record as what it is in the end', () => {
  let longest = 0;
  for (let end = 0; end <= session.length; end += 97) {
    const { turns, bytes } = read(session.subarray(0, end));
    assert.is(bytes, end);
    assert.ok(turns.length >= longest, 'no turn vanishes');
    longest = Math.max(longest, turns.length);
  }
});

x('changes the session id of every record and not one byte more', () => {
  const expected = session.toString().replaceAll(`"sessionId":"${OLD}"`, `"sessionId":"${NEW}"`);
  assert.is(write(session).bytes.toString(), expected);
  const moved = parseLines(write(session, { cwd: '/else' }).bytes);
  assert.ok(moved.every(({ cwd }) => cwd === '/else'));
});

x('ends where it is to be cut: before a turn, before a result, after a message', () => {
  const { turns, messages } = read(session);
  assert.is(
    read(write(session, { cut: { beforeOffset: turns[1]?.offset ?? 0 } }).bytes).turns.length,
    1,
  );
  const results = messages.filter(({ role }) => role === 'tool');
  const before = write(session, { cut: { beforeOffset: results[2]?.sources[0]?.offset ?? 0 } });
  assert.equal(told(before.bytes).at(-1)?.startsWith('result: error'), true, 'and is answered');
  assert.is(before.pending?.name, 'run_shell_command');
  const [first] = messages;
  assert.is(
    read(write(session, { cut: { throughMessage: first?.id ?? '' } }).bytes).messages.length,
    1,
  );
  assert.throws(() => write(session, { cut: { throughMessage: 'none' } }), /No message/);
});

x('answers each open call, wherever it stands, on the chain', () => {
  const bytes = lines(
    ...[user('1', null, 'go'), reply('2', '1', call('c1'), call('c2'), call('c3'))],
    ...[result('3', '2', 'c2'), user('4', '3', 'on'), reply('5', '4', call('c4', { n: 1.5 }))],
  );
  const written = write(bytes);
  assert.equal(told(written.bytes), [
    ...['prompt: go', 'reply: call c1, call c2, call c3', 'result: ok c2'],
    ...['result: error c1', 'result: error c3', 'prompt: on', 'reply: call c4', 'result: error c4'],
  ]);
  assert.is(chain(written.bytes).length, parseLines(written.bytes).length, 'all on one chain');
  assert.equal(written.pending, { name: 'edit', input: { n: 1.5 }, callId: 'c4' });
  assert.ok(written.bytes.includes(JSON.stringify(qwen.format.orphanResult)));
  assert.equal(told(write(bytes, { pending: 'keep' }).bytes).at(-1), 'reply: call c4');
});

x('leaves out a result whose call was torn, and mends the chain', () => {
  const bytes = lines(
    ...[user('1', null, 'go'), '{"uuid":"2","ty', result('3', '2', 'gone'), user('4', '3', 'on')],
  );
  const written = write(bytes);
  assert.equal(told(written.bytes), ['prompt: go', 'prompt: on']);
  assert.equal(chain(written.bytes), ['1', '4']);
  assert.is(written.warnings.length, 3);
});

x('gives a subagent the id of the session it works for, and leaves notes as they are', () => {
  const bytes = lines(user('1', null, 'go', { isSidechain: true, agentId: 'a' }));
  const name = 'subagents/agent-a.jsonl';
  const [written] = parseLines(qwen.format.writeSideFile(name, { bytes, nativeId: NEW }));
  assert.is(written?.sessionId, NEW);
  const meta = qwen.format.writeSideFile('subagents/agent-a.meta.json', { bytes, nativeId: NEW });
  assert.equal(meta, bytes);
  assert.ok(read(bytes).sidechain);
});

x('honours its variables, and finds what stands beside a session', () =>
  withTemporaryDirectory(async (home) => {
    const { sessions } = qwen;
    const target = { nativeId: OLD, cwd: '/w/My App' };
    const at = (variables: object) =>
      sessions.destination(placesIn(home, variables), { ...target, at: 0 });
    const tail = `projects/-w-My-App/chats/${OLD}.jsonl`;
    assert.is(at({}), join(home, '.qwen', tail));
    assert.is(at({ QWEN_HOME: '/q' }), `/q/${tail}`);
    assert.is(at({ QWEN_HOME: '/q', QWEN_RUNTIME_DIR: '/r' }), `/r/${tail}`);
    const places = placesIn(home);
    const path = at({}) ?? '';
    const beside = join(dirname(dirname(path)), 'subagents', OLD, 'agent-a.jsonl');
    for (const [file, content] of [
      [path, session],
      [join(dirname(path), 'odd.jsonl'), ''],
      [beside, '{}\n'],
    ] as const) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    symlinkSync(path, join(dirname(path), `${NEW}.jsonl`));
    assert.equal(await sessions.list(places), [{ nativeId: OLD, path }]);
    assert.equal(sessions.find(places, OLD), { nativeId: OLD, path });
    assert.is(sessions.find(places, NEW), undefined);
    assert.equal(
      [sessions.directoryOf(path), sessions.directoryOf(beside)],
      ['/home/dev/flags', undefined],
    );
    assert.equal([sessions.idOfFile(path), sessions.idOfFile(beside)], [OLD, undefined]);
    assert.ok(sessions.resumesFrom(places, path, target));
    assert.not.ok(sessions.resumesFrom(places, path, { ...target, cwd: '/w' }));
    assert.equal(sessions.sideFiles(path), [{ name: 'subagents/agent-a.jsonl', path: beside }]);
    const place = sessions.sidePlace(path, 'subagents/agent-a.jsonl', NEW);
    assert.is(place, beside.replace(OLD, NEW));
    assert.is(sessions.sidePlace(path, 'odd', NEW), undefined);
    assert.equal(qwen.resume({ ...target, path }).argv, ['qwen', '--resume', OLD]);
  }),
);

const event = (name: string, more: object = {}) =>
  qwenHook.read(
    Buffer.from(
      JSON.stringify({ ...{ session_id: OLD, cwd: '/w/app', hook_event_name: name, ...more } }),
    ),
  );

x('takes a submitted prompt for one only where something was typed', () => {
  const typed = event('UserPromptSubmit', { prompt: 'go', prompt_id: 'p' });
  assert.ok(typed.kind === 'event' && typed.event.kind === 'prompt');
  assert.equal([typed.event.prompt, typed.event.promptId], ['go', 'p']);
  const own = event('UserPromptSubmit', { prompt: '', prompt_id: 'p' });
  assert.ok(own.kind === 'event' && own.event.kind === 'subagent');
});

x('calls a call by the id the transcript knows it by', () => {
  const ids = { tool_use_id: 'made-for-the-hook', tool_call_id: 'call_1' };
  const reading = event('PreToolUse', { tool_name: 'edit', tool_input: {}, ...ids });
  assert.ok(reading.kind === 'event');
  assert.is(reading.event.tool?.callId, 'call_1');
  assert.is(event('PreToolUse', { tool_name: 'glob', tool_input: {} }).kind, 'ignored');
});

const SETTINGS = '{\n  // mine\n  "model": {"name": "q"}, /* and */ "hooks": {"Stop": []}\n}\n';

x('is connected in settings with comments, and disconnected without a trace', () => {
  const { connection } = qwen;
  if (connection.way === 'none') throw new Error('not connected by a file');
  const added = connection.add(SETTINGS, 'gsess hook qwen');
  assert.ok(connection.isRead(added));
  assert.match(added, '// mine');
  assert.is(connection.remove(added, { text: SETTINGS }), SETTINGS);
  const off = connection.advice('{"disableAllHooks": true}');
  assert.is(off.length, connection.advice(SETTINGS).length + 1);
  const paths = connection.files(placesIn('/h', { QWEN_HOME: '/q' }), '/w').map(({ path }) => path);
  assert.equal(paths, ['/q/settings.json', '/w/.qwen/settings.json']);
});

x.run();
