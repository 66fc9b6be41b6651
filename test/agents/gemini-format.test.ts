// Gemini CLI's sessions, read and written: a record a line, one document, a conversation saved with /chat, the log of prompts.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRequest, NativeTranscript } from '../../src/agents/agent.ts';
import { gemini } from '../../src/agents/gemini/gemini.ts';
import type { Message, Transcript } from '../../src/transcript/transcript.ts';
import { textOf } from '../../src/transcript/turns.ts';
import { toldTranscript } from '../support/told-transcript.ts';
import { lines, parseLines, transcriptFixture } from '../support/transcript-fixture.ts';

const x = suite("Gemini's sessions");

const session = transcriptFixture('gemini/two-turns.jsonl');
const OLD = 'cf34e305-c2eb-4d60-a6fd-cf2a539567c0';
const NEW = '0c9d8e7f-1111-4222-8333-444455556666';
const HEADER = {
  sessionId: OLD,
  projectHash: 'f'.repeat(64),
  startTime: '2026-01-02T03:04:05.000Z',
  lastUpdated: '2026-01-02T03:04:05.000Z',
  kind: 'main',
};
const SECOND = Buffer.from('"second"');

const read = (bytes: Uint8Array): Transcript => gemini.format.read(bytes);

function write(bytes: Uint8Array, more: Partial<NativeRequest> = {}): NativeTranscript {
  const result = gemini.format.write({ bytes, nativeId: NEW, ...more });
  const { cut: _, ...rest } = more;
  const again = gemini.format.write({ ...rest, bytes: result.bytes, nativeId: NEW });
  assert.is(again.bytes.toString(), result.bytes.toString(), 'writing again changes nothing');
  return result;
}

function user(id: string, text: unknown): object {
  const content = typeof text === 'string' ? [{ text }] : text;
  return { id, timestamp: '2026-01-02T03:04:06.000Z', type: 'user', content };
}

function reply(id: string, content: unknown, more: object = {}): object {
  return {
    id,
    timestamp: '2026-01-02T03:04:07.000Z',
    type: 'gemini',
    content,
    model: 'g',
    ...more,
  };
}

function call(id: string, more: object = {}): object {
  return { id, name: 'write_file', args: { file_path: 'a' }, ...more };
}

function done(id: string, response: object = { output: 'ok' }): object {
  return {
    status: 'success',
    result: [{ functionResponse: { id, name: 'write_file', response } }],
  };
}

x('reads a recorded session: two turns, each call once, each result once', () => {
  const transcript = read(session);
  assert.equal(transcript.warnings, []);
  assert.equal(
    transcript.turns.map(({ prompt, toolCalls }) => [prompt, toolCalls.map(({ name }) => name)]),
    [
      ['Please do this.', ['write_file', 'replace']],
      ['second', ['run_shell_command']],
    ],
  );
  const results = transcript.messages.filter(({ role }) => role === 'tool');
  assert.is(results.length, 3);
  assert.equal([transcript.cwd, transcript.nativeIds], ['/home/dev/flags', [OLD]]);
  assert.equal([transcript.model, transcript.titles.generated], ['gemini-2.5-flash', 'Mock title']);
  assert.is(transcript.messages[0]?.kind, 'notice', 'what Gemini tells the model of itself');
});

x('places a result at the record that brought it, after the reply without it', () => {
  const { messages } = read(session);
  for (const result of messages.filter(({ role }) => role === 'tool')) {
    const before = session.subarray(0, result.sources[0]?.offset);
    const cut = read(before);
    assert.is(cut.messages.at(-1)?.role, 'assistant');
    assert.equal(cut.messages.at(-1)?.parts, [], 'the call is not known yet');
  }
});

x('of two records with one id takes the later, at the place of the first', () => {
  const bytes = lines(HEADER, user('1', 'go'), reply('2', 'a'), user('3', 'on'), reply('2', 'b'));
  const transcript = read(bytes);
  assert.equal(toldTranscript(transcript), ['prompt: go', 'reply: b', 'prompt: on']);
  assert.is(transcript.messages[1]?.sources.length, 2);
});

x('marks what a step back took away, all of it where it leads nowhere', () => {
  const bytes = lines(
    HEADER,
    user('1', 'go'),
    reply('2', 'a'),
    { $rewindTo: '2' },
    reply('3', 'b'),
  );
  assert.equal(toldTranscript(read(bytes)), ['prompt: go', '- reply: a', 'reply: b']);
  const nowhere = lines(HEADER, user('1', 'go'), { $rewindTo: 'none' }, user('3', 'anew'));
  assert.equal(toldTranscript(read(nowhere)), ['- prompt: go', 'prompt: anew']);
});

x('keeps what a compaction replaced, and tells its summary from a prompt', () => {
  const summary = { $set: { messages: [user('s', 'so far'), reply('r', 'Got it.')] } };
  const bytes = lines(HEADER, user('1', 'go'), reply('2', 'a'), summary, user('3', 'on'));
  const transcript = read(bytes);
  assert.equal(toldTranscript(transcript), [
    ...['prompt: go', 'reply: a', 'summary: so far', 'notice: Got it.', 'prompt: on'],
  ]);
  assert.is(transcript.turns.length, 2);
});

x('takes what comes back in a change for what was said before', () => {
  const again = { $set: { messages: [user('1', 'go'), reply('2', [{ text: 'a' }])] } };
  const bytes = lines(
    HEADER,
    user('1', 'go'),
    reply('2', 'a'),
    HEADER,
    { $set: { messages: [] } },
    again,
  );
  assert.equal(toldTranscript(read(bytes)), ['prompt: go', 'reply: a']);
});

x('reads thoughts, images, unknown parts, errors, and notes of Gemini itself', () => {
  const bytes = lines(
    HEADER,
    user('1', [{ text: 'look' }, { inlineData: { mimeType: 'image/png', data: '' } }, { odd: 1 }]),
    reply('2', 'seen', { thoughts: [{ subject: 'Plan', description: 'look at it' }] }),
    { id: '3', type: 'error', content: 'quota' },
    { id: '4', type: 'info', content: 'Update available' },
    user('5', '/about'),
    user('6', '/home is full'),
    reply('7', [{ text: 'thinking', thought: true }, { text: 'then' }]),
  );
  assert.equal(toldTranscript(read(bytes)), [
    'prompt: look, image, other',
    'reply: Plan\nlook at it, seen',
    'error: quota',
    'notice: Update available',
    'command: /about',
    'prompt: /home is full',
    'reply: thinking, then',
  ]);
});

x('tells a failed call from one the user broke off, which interrupts its turn', () => {
  const failed = call('c1', { ...done('c1', { error: 'no' }), status: 'error' });
  const broken = call('c2', { ...done('c2', { error: 'no' }), status: 'cancelled' });
  const bytes = lines(
    HEADER,
    ...[user('1', 'go'), reply('2', '', { toolCalls: [failed] })],
    ...[user('3', 'on'), reply('4', '', { toolCalls: [broken] })],
  );
  const transcript = read(bytes);
  assert.equal(toldTranscript(transcript).slice(1, 3), ['reply: call c1', 'result: error c1']);
  assert.equal(toldTranscript(transcript).at(-1), 'interrupt: error c2');
  assert.equal(
    transcript.turns.map(({ interrupted }) => interrupted),
    [false, true],
  );
});

const document = (indent: number): Buffer =>
  Buffer.from(
    JSON.stringify(
      {
        ...HEADER,
        messages: [user('1', 'go'), reply('2', 'a', { toolCalls: [call('c1', done('c1'))] })],
      },
      null,
      indent,
    ),
  );

x('reads one document as it reads lines, and says where in it each message stands', () => {
  for (const bytes of [document(2), document(0)]) {
    const { messages, warnings, nativeIds } = read(bytes);
    assert.equal(toldTranscript({ messages }), [
      'prompt: go',
      'reply: a, call c1',
      'result: ok c1',
    ]);
    assert.equal([warnings, nativeIds], [[], [OLD]]);
    const [source] = messages[0]?.sources ?? [];
    const slice = bytes.toString(
      'utf8',
      source?.offset,
      (source?.offset ?? 0) + (source?.length ?? 0),
    );
    assert.is((JSON.parse(slice) as { id: string }).id, '1');
  }
});

x('reads of a torn document the messages that are whole', () => {
  const whole = document(2);
  const { messages, warnings } = read(whole.subarray(0, whole.length - 200));
  assert.equal(toldTranscript({ messages }), ['prompt: go']);
  assert.equal(
    warnings.map(({ problem }) => problem),
    ['torn'],
  );
});

x('reads conversations saved with /chat, old and new, pairing calls without ids', () => {
  const history = [
    {
      role: 'user',
      parts: [{ text: 'This is the Gemini CLI. We are setting up the context for our chat.' }],
    },
    { role: 'model', parts: [{ text: 'Got it.' }] },
    { role: 'user', parts: [{ text: 'go' }] },
    { role: 'model', parts: [{ functionCall: { name: 'ls', args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'ls', response: { output: 'a' } } }] },
  ];
  const expected = [
    'notice: ',
    'reply: Got it.',
    'prompt: go',
    'reply: call ls#1',
    'result: ok ls#1',
  ];
  for (const saved of [history, { history, authType: 'oauth' }]) {
    const bytes = Buffer.from(JSON.stringify(saved, null, 2));
    const lines = toldTranscript(read(bytes)).map((line) =>
      line.replace(/This is the Gemini.*/, ''),
    );
    assert.equal(lines, expected);
    const written = write(bytes, { cwd: '/p' });
    assert.equal(toldTranscript(read(written.bytes)).slice(1), expected.slice(1));
    assert.equal(Object.keys(parseLines(written.bytes)[0] ?? {}).slice(0, 2), [
      'sessionId',
      'projectHash',
    ]);
  }
});

x('reads the log of prompts, of which there is nothing to go on with', () => {
  const log = [
    { sessionId: OLD, messageId: 0, type: 'user', message: '/help', timestamp: HEADER.startTime },
  ];
  const bytes = Buffer.from(JSON.stringify(log, null, 2));
  assert.equal(toldTranscript(read(bytes)), ['prompt: /help']);
  assert.equal([write(bytes).messages, write(bytes).bytes.length], [0, 0]);
});

x('reads what grows record by record as what it is in the end, and throws on no cut', () => {
  let longest = 0;
  for (let end = 0; end <= session.length; end += 97) {
    const { turns, bytes } = read(session.subarray(0, end));
    assert.is(bytes, end);
    assert.ok(turns.length >= longest, 'no turn vanishes');
    longest = Math.max(longest, turns.length);
  }
});

x('changes id and mark of the project, and not one byte more', () => {
  const expected = session.toString().replaceAll(`"sessionId":"${OLD}"`, `"sessionId":"${NEW}"`);
  assert.is(write(session).bytes.toString(), expected);
  const moved = write(session, { cwd: '/elsewhere' }).bytes.toString();
  assert.ok(!moved.includes('51652d91f4a2'), 'the mark of the old directory is gone');
  assert.is(moved.length, session.length);
});

x('ends where it is to be cut: before a turn, before a result, after a message', () => {
  const { turns, messages } = read(session);
  const first = write(session, { cut: { beforeOffset: turns[1]?.offset ?? 0 } });
  assert.not.ok(first.bytes.includes(SECOND));
  assert.equal(read(first.bytes).turns.length, 1);
  const result = messages.findLast(({ role }) => role === 'tool') as Message;
  const before = write(session, { cut: { beforeOffset: result.sources[0]?.offset ?? 0 } });
  assert.is(read(before.bytes).messages.filter(({ role }) => role === 'tool').length, 2);
  const through = messages.find((message) => textOf(message) === 'All done.')?.id ?? '';
  assert.is(read(write(session, { cut: { throughMessage: through } }).bytes).turns.length, 1);
  assert.throws(() => write(session, { cut: { throughMessage: 'none' } }), /No message/);
});

x('answers each open call, wherever it stands, in its reply', () => {
  const bytes = lines(
    HEADER,
    ...[user('1', 'go'), reply('2', '', { toolCalls: [call('c1', done('c1')), call('c2')] })],
    ...[
      user('3', 'on'),
      reply('4', [{ functionCall: { id: 'c3', name: 'ls', args: { a: 1.5 } } }]),
    ],
  );
  const written = write(bytes);
  assert.equal(toldTranscript(read(written.bytes)), [
    ...['prompt: go', 'reply: call c1, call c2', 'interrupt: ok c1, error c2'],
    ...['prompt: on', 'reply: call c3', 'interrupt: error c3'],
  ]);
  assert.equal(written.pending, { name: 'ls', input: { a: 1.5 }, callId: 'c3' });
  assert.ok(written.bytes.includes(gemini.format.orphanResult));
  const kept = write(bytes, { pending: 'keep' }).bytes;
  assert.equal(toldTranscript(read(kept)).at(-1), 'reply: call c3');
});

x('answers an open call that only a change of all messages still holds', () => {
  const change = {
    $set: { messages: [user('1', 'go'), reply('2', [{ functionCall: { id: 'c1', name: 'ls' } }])] },
  };
  const written = write(lines(HEADER, user('1', 'go'), change));
  assert.equal(toldTranscript(read(written.bytes)).slice(1), [
    'reply: call c1',
    'interrupt: error c1',
  ]);
});

x('leaves out a result whose call was torn, and says so', () => {
  const orphan = user('3', [
    { functionResponse: { id: 'gone', name: 'ls', response: { output: 'a' } } },
  ]);
  const written = write(lines(HEADER, user('1', 'go'), '{"id":"2","ty', orphan, user('4', 'on')));
  assert.equal(toldTranscript(read(written.bytes)), ['prompt: go', 'prompt: on']);
  assert.is(written.warnings.length, 2);
});

x('makes of a document lines that say the same, cut where it was cut', () => {
  const bytes = document(2);
  assert.equal(toldTranscript(read(write(bytes).bytes)), toldTranscript(read(bytes)));
  const cut = { beforeOffset: read(bytes).messages[1]?.sources[0]?.offset ?? 0 };
  assert.equal(toldTranscript(read(write(bytes, { cut }).bytes)), ['prompt: go']);
  for (const line of parseLines(write(bytes).bytes)) assert.is.not(line['messages'], []);
});

x('makes up a header where that was lost', () => {
  const [header] = parseLines(write(lines(user('1', 'go'), reply('2', 'a'))).bytes);
  assert.equal([header?.sessionId, header?.['kind']], [NEW, 'main']);
  assert.match(String(header?.['projectHash']), /^[0-9a-f]{64}$/);
});

x.run();
