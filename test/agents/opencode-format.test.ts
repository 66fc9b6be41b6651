import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRequest, NativeTranscript } from '../../src/agents/agent.ts';
import { opencodeHook } from '../../src/agents/opencode/hook-reader.ts';
import { opencode } from '../../src/agents/opencode/opencode.ts';
import { placesIn } from '../support/agent-places.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite("opencode's sessions");

const OLD = 'ses_de2411f39ffehf3d6MtGKZkP7J';
const NEW = 'ses_0c9d8e7f11114222833344445555';

const idOf = (kind: string, name: string) => `${kind}_21dbee1cd001${name.padEnd(14, '0')}`;
const info = { id: OLD, directory: '/home/dev/flags', title: 'The flags', version: '1.18.33' };

interface Said {
  readonly info: { readonly id: string; readonly [field: string]: unknown };
  readonly parts: readonly { readonly [field: string]: unknown }[];
}

function said(name: string, role: string, parts: readonly object[], more: object = {}): Said {
  const id = idOf('msg', name);
  return {
    info: { id, role, sessionID: OLD, time: { created: 5 }, ...more },
    parts: parts.map((part, index) => ({
      id: idOf('prt', `${name}${index}`),
      sessionID: OLD,
      messageID: id,
      ...part,
    })),
  };
}

const text = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });
const tool = (callID: string, state: object) => ({ type: 'tool', callID, tool: 'bash', state });
const done = { status: 'completed', input: { command: 'ls' }, output: 'a.txt' };

const TALK = [
  said('a', 'user', [text('Do it')]),
  said('b', 'assistant', [
    { type: 'step-start' },
    { type: 'reasoning', text: 'hm' },
    text('Yes.'),
    tool('c1', done),
    tool('c2', { status: 'error', input: {}, error: 'No.' }),
    { type: 'step-finish' },
  ]),
  said('c', 'assistant', [text('Done.')], { modelID: 'opus', providerID: 'anthropic' }),
  said('d', 'user', [text('Go on', {}), text('a file', { synthetic: true })]),
  said('e', 'assistant', [text('par')], { error: { name: 'MessageAbortedError' } }),
];

/** As `opencode export` prints it, or as the plugin writes it. */
function documentOf(messages: readonly object[], more: object = {}, indent = 2): Buffer {
  const value = { info: { ...info, ...more }, messages };
  return Buffer.from(`${JSON.stringify(value, null, indent)}\n`);
}

function write(bytes: Uint8Array, more: Partial<NativeRequest> = {}): NativeTranscript {
  const written = opencode.format.write({ bytes, nativeId: NEW, ...more });
  const { cut: _, ...rest } = more;
  const again = opencode.format.write({ ...rest, bytes: written.bytes, nativeId: NEW });
  assert.equal(again.bytes.toString(), written.bytes.toString(), 'writing again changes nothing');
  return written;
}

const parsed = (bytes: Uint8Array) =>
  JSON.parse(Buffer.from(bytes).toString()) as { info: typeof info; messages: Said[] };

x('reads all that is said in a session, results after the reply that called', () => {
  const transcript = opencode.format.read(documentOf(TALK));
  assert.equal(
    transcript.messages.map(({ kind, parts }) =>
      [kind, ...parts.map(({ type }) => type)].join(' '),
    ),
    [
      'prompt text',
      'reply thinking text tool_call tool_call',
      'result tool_result tool_result',
      'reply text',
      'prompt text',
      'interrupt text',
    ],
  );
  assert.equal(
    transcript.turns.map(({ prompt, interrupted, promptId }) => [prompt, interrupted, promptId]),
    [
      ['Do it', false, idOf('msg', 'a')],
      ['Go on', true, idOf('msg', 'd')],
    ],
  );
  assert.equal([transcript.nativeIds, transcript.cwd], [[OLD], '/home/dev/flags']);
  assert.equal([transcript.model, transcript.provider], ['opus', 'anthropic']);
  assert.equal([transcript.titles.generated, transcript.version], ['The flags', '1.18.33']);
  assert.equal(transcript.warnings, []);
});

x('reads messages a line, and a title that says nothing as none', () => {
  const lines = Buffer.from(TALK.map((message) => `${JSON.stringify(message)}\n`).join(''));
  assert.is(opencode.format.read(lines).messages.length, 6);
  const untitled = documentOf(TALK, { title: 'New session - 2026-11-27T16:02:58.374Z' });
  assert.is(opencode.format.read(untitled).titles.generated, undefined);
});

x('tells what the user took back, and gives it to nobody', () => {
  const bytes = documentOf(TALK, { revert: { messageID: idOf('msg', 'd') } });
  assert.equal(
    opencode.format.read(bytes).messages.map(({ live }) => live),
    [true, true, true, true, false, false],
  );
  const { messages, info: kept } = parsed(write(bytes).bytes);
  assert.is(messages.length, 3);
  assert.not.ok('revert' in kept);
});

x('cut at a prompt, however it is laid out, goes on with what stands before it', () => {
  for (const indent of [0, 2]) {
    const bytes = documentOf(TALK, {}, indent);
    const [, second] = opencode.format.read(bytes).turns;
    const cut = bytes.subarray(0, second?.offset);
    assert.equal(opencode.format.read(cut).warnings, []);
    const { bytes: written, warnings } = write(cut);
    assert.equal(warnings, []);
    assert.is(parsed(written).messages.length, 3);
  }
});

x('gives session, messages and parts new ids of the old times, and nothing else', () => {
  const { bytes, messages } = write(documentOf(TALK), { cwd: '/elsewhere' });
  const { info: written, messages: renamed } = parsed(bytes);
  assert.equal([written.id, written.directory, messages], [NEW, '/elsewhere', 5]);
  const ids = renamed.map((message) => message.info.id);
  assert.is(new Set([...ids, ...TALK.map((message) => message.info.id)]).size, 10);
  for (const [index, { info: own, parts }] of renamed.entries()) {
    assert.is(own.id.slice(0, 16), TALK[index]?.info.id.slice(0, 16));
    assert.ok(parts.every((part) => part['messageID'] === own.id && part['sessionID'] === NEW));
    assert.equal(
      parts.map((part) => part['text']),
      TALK[index]?.parts.map((part) => part['text']),
    );
  }
});

x('keeps all ids for the same session', () => {
  const { messages } = parsed(
    opencode.format.write({ bytes: documentOf(TALK), nativeId: OLD }).bytes,
  );
  assert.equal(messages, TALK);
});

x('answers each open call in its place', () => {
  const running = { status: 'running', input: { command: 'sleep' }, time: { start: 7 } };
  const pending = { status: 'pending', input: {}, raw: '' };
  const talk = [
    said('a', 'user', [text('Do it')]),
    said('b', 'assistant', [tool('c1', done), tool('c2', pending)]),
    said('c', 'assistant', [tool('c3', running)]),
  ];
  const states = (bytes: Uint8Array) =>
    parsed(bytes)
      .messages.flatMap(({ parts }) => parts)
      .filter((part) => part['type'] === 'tool')
      .map((part) => part['state'] as { status: string; error?: string });
  const written = write(documentOf(talk));
  assert.equal(
    states(written.bytes).map(({ status }) => status),
    ['completed', 'error', 'error'],
  );
  assert.is(states(written.bytes)[2]?.error, opencode.format.orphanResult);
  assert.equal(written.pending, { name: 'bash', input: { command: 'sleep' }, callId: 'c3' });
  const kept = opencode.format.write({ bytes: documentOf(talk), nativeId: NEW, pending: 'keep' });
  assert.is(states(kept.bytes).at(-1)?.status, 'running');
});

x('cuts after a message, and refuses one that is not there', () => {
  const { bytes } = write(documentOf(TALK), { cut: { throughMessage: idOf('msg', 'b') } });
  assert.is(parsed(bytes).messages.length, 2);
  assert.throws(
    () => write(documentOf(TALK), { cut: { throughMessage: idOf('msg', 'z') } }),
    /No message/,
  );
});

x('finds the copies, with the subagents beside them, and has them imported first', () =>
  withTemporaryDirectory(async (home) => {
    const places = placesIn(home);
    const { sessions } = opencode;
    const target = { nativeId: OLD, cwd: '/home/dev/flags' };
    const path = sessions.destination(places, { ...target, at: 0 }) ?? '';
    const child = join(dirname(path), OLD, `${NEW}.json`);
    mkdirSync(dirname(child), { recursive: true });
    writeFileSync(path, documentOf(TALK));
    writeFileSync(child, documentOf([]));
    assert.equal(await sessions.list(places), [{ nativeId: OLD, path }]);
    assert.is(sessions.directoryOf(path), '/home/dev/flags');
    assert.equal(sessions.sideFiles(path), [{ name: `subagents/${NEW}.json`, path: child }]);
    assert.ok(sessions.resumesFrom(places, path, target));
    assert.not.ok(sessions.resumesFrom(places, path, { ...target, cwd: '/elsewhere' }));
    const { before, argv } = opencode.resume({ ...target, path });
    assert.equal([before, argv], [[['opencode', 'import', path]], ['opencode', '--session', OLD]]);
    const moved = placesIn(home, { XDG_CONFIG_HOME: '/x' });
    if (opencode.connection.way === 'none') throw new Error('opencode can be connected');
    assert.is(opencode.connection.files(moved, '/p')[0]?.path, '/x/opencode/plugin/gsess.js');
  }),
);

x('reads what the plugin tells', () => {
  const base = { session_id: OLD, transcript_path: `/c/${OLD}.json`, cwd: '/home/dev/flags' };
  const read = (name: string, fields: object = {}) =>
    opencodeHook.read(Buffer.from(JSON.stringify({ ...base, hook_event_name: name, ...fields })));
  const kinds = [
    ['chat.message', 'prompt'],
    ['session.idle', 'turn'],
    ['subagent.idle', 'subagent'],
    ['experimental.session.compacting', 'compact'],
  ];
  for (const [name = '', kind] of kinds) {
    const reading = read(name);
    assert.is(reading.kind === 'event' ? reading.event.kind : reading.kind, kind);
  }
  const call = { tool_name: 'bash', tool_call_id: 'c1', tool_input: {}, agent_id: NEW };
  const reading = read('tool.execute.before', call);
  if (reading.kind !== 'event') throw new Error(reading.kind);
  assert.equal([reading.event.tool?.callId, reading.event.subagent?.id], ['c1', NEW]);
  assert.is(read('tool.execute.before', { ...call, tool_name: 'read' }).kind, 'ignored');
});

x.run();
