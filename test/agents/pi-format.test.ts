import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRequest, NativeTranscript } from '../../src/agents/agent.ts';
import { pi } from '../../src/agents/pi/pi.ts';
import { lines, parseLines } from '../support/transcript-fixture.ts';

const x = suite("pi's sessions");

const OLD = '01a21daf-0202-74d2-8b4a-5da94ea3b1bf';
const NEW = '0c9d8e7f-1111-4222-8333-444455556666';
const at = (seconds: number) => Date.UTC(2026, 10, 27, 15, 0, seconds);
const iso = (seconds: number) => new Date(at(seconds)).toISOString();

const header = { type: 'session', version: 3, id: OLD, timestamp: iso(0), cwd: '/home/dev/flags' };
const entry = (id: string, parentId: string | null, fields: object): object => ({
  type: 'message',
  id,
  parentId,
  timestamp: iso(0),
  ...fields,
});
/** `said` is the second at which it was typed, `written` the one at which pi wrote it down. */
const user = (id: string, parentId: string | null, said = 0, written = said): object =>
  entry(id, parentId, {
    timestamp: iso(written),
    message: { role: 'user', content: [{ type: 'text', text: `say ${id}` }], timestamp: at(said) },
  });
const reply = (id: string, parentId: string | null, content: object[], more: object = {}): object =>
  entry(id, parentId, {
    message: { role: 'assistant', content, provider: 'anthropic', model: 'opus', ...more },
  });
const text = (said: string) => ({ type: 'text', text: said });
const call = (id: string) => ({ type: 'toolCall', id, name: 'bash', arguments: { command: id } });
const result = (id: string, parentId: string, callId: string, more: object = {}): object =>
  entry(id, parentId, {
    message: { role: 'toolResult', toolCallId: callId, toolName: 'bash', content: [text('ok')] },
    ...more,
  });

function write(bytes: Uint8Array, more: Partial<NativeRequest> = {}): NativeTranscript {
  const written = pi.format.write({ bytes, nativeId: NEW, ...more });
  const { cut: _, ...rest } = more;
  const again = pi.format.write({ ...rest, bytes: written.bytes, nativeId: NEW });
  assert.equal(again.bytes.toString(), written.bytes.toString(), 'writing again changes nothing');
  return written;
}

/** Each record by its id and link, and what it answers. */
const linksOf = (bytes: Uint8Array): string[] =>
  parseLines(bytes).map(({ id, parentId, message }) => {
    const { toolCallId, isError } = (message ?? {}) as { toolCallId?: string; isError?: boolean };
    return [toolCallId === undefined ? id : `${toolCallId}${isError ? '!' : ''}`, parentId]
      .filter((one) => one !== undefined)
      .join(' < ');
  });

x('reads all that is said in a session, and what is no message beside it', () => {
  const bytes = lines(
    header,
    { type: 'model_change', id: 'm', parentId: null, provider: 'openai', modelId: 'gpt' },
    user('a', 'm'),
    reply('b', 'a', [{ type: 'thinking', thinking: 'hm' }, text('Yes.'), call('c1')]),
    result('c', 'b', 'c1', {}),
    entry('d', 'c', { message: { role: 'bashExecution', command: 'ls', output: 'a.txt' } }),
    { type: 'custom_message', id: 'e', parentId: 'd', content: 'from an extension' },
    { type: 'custom', id: 'f', parentId: 'e', customType: 'x', data: {} },
    { type: 'compaction', id: 'g', parentId: 'f', summary: 'So far.', firstKeptEntryId: 'a' },
    { type: 'session_info', id: 'h', parentId: 'g', name: 'The flags' },
    user('i', 'h', 9),
    reply('j', 'i', [text('part')], { stopReason: 'aborted', errorMessage: 'Stopped' }),
    reply('k', 'j', [], { stopReason: 'error', errorMessage: 'No more.' }),
    entry('l', 'k', { message: { role: 'hookMessage', content: 'old' } }),
  );
  const transcript = pi.format.read(bytes);
  assert.equal(
    transcript.messages.map(({ kind, id }) => `${kind} ${id}`),
    [
      ...['prompt a', 'reply b', 'result c', 'command d', 'notice e', 'summary g', 'prompt i'],
      ...['interrupt j', 'error k', 'notice l'],
    ],
  );
  assert.equal(
    transcript.messages.flatMap(({ parts }) => parts.map(({ type }) => type)).slice(0, 5),
    ['text', 'thinking', 'text', 'tool_call', 'tool_result'],
  );
  assert.equal(
    transcript.others.map(({ type }) => type),
    ['session', 'model_change', 'custom', 'session_info'],
  );
  assert.equal(
    transcript.turns.map(({ prompt, interrupted }) => [prompt, interrupted]),
    [
      ['say a', false],
      ['say i', true],
    ],
  );
  assert.is(transcript.titles.custom, 'The flags');
  assert.equal([transcript.model, transcript.provider], ['opus', 'anthropic']);
  assert.equal(transcript.models, ['gpt', 'opus']);
  assert.equal([transcript.nativeIds, transcript.cwd], [[OLD], '/home/dev/flags']);
});

x('takes what was said while pi worked for no prompt', () => {
  const bytes = lines(
    header,
    user('a', null, 1),
    reply('b', 'a', [call('c1')]),
    result('c', 'b', 'c1', { timestamp: iso(5) }),
    user('d', 'c', 3, 5),
    reply('e', 'd', [text('Done.')]),
    result('f', 'e', 'c2', { timestamp: iso(7) }),
    user('g', 'f', 8),
  );
  const { messages, turns } = pi.format.read(bytes);
  assert.equal(
    messages.filter(({ role }) => role === 'user').map(({ kind, id }) => `${kind} ${id}`),
    ['prompt a', 'steer d', 'prompt g'],
  );
  assert.equal(messages.at(-1)?.aliases, ['g', String(at(8))]);
  assert.is(turns.length, 2);
});

const branched = lines(
  header,
  user('a', null),
  reply('b', 'a', [text('One.')]),
  user('c', 'b', 2),
  reply('d', 'c', [text('Two.')]),
  { type: 'branch_summary', id: 's', parentId: 'b', fromId: 'd', summary: 'Tried two.' },
  user('e', 's', 4),
  reply('f', 'e', [text('Three.')]),
);

x('knows the branch that pi goes on with, and keeps the others', () => {
  const { messages, turns } = pi.format.read(branched);
  assert.equal(
    messages.map(({ id, live }) => `${id} ${live}`),
    ['a true', 'b true', 'c false', 'd false', 's true', 'e true', 'f true'],
  );
  assert.equal(
    turns.map(({ live }) => live),
    [true, false, true],
  );
});

x('ends a turn before the step back that the next one begins with', () => {
  const [, second, third] = pi.format.read(branched).turns;
  const offset = branched.indexOf('{"type":"branch_summary"');
  assert.equal([second?.end, third?.offset], [offset, offset]);
  assert.equal(linksOf(write(branched.subarray(0, offset)).bytes).at(-1), 'd < c');
});

x('goes on reading where the parent of a record was lost', () => {
  const { messages } = pi.format.read(lines(header, user('a', 'lost'), reply('b', 'gone', [])));
  assert.ok(messages.every(({ live }) => live));
});

x('puts the new id into the header, and changes not one byte more', () => {
  const { bytes, warnings, messages } = write(branched);
  assert.is(bytes.toString(), branched.toString().replace(OLD, NEW));
  assert.equal([warnings, messages], [[], 6]);
  assert.equal(pi.format.write({ bytes: branched, nativeId: OLD }).bytes, branched);
});

x('moves the session to another directory', () => {
  const [first] = parseLines(write(branched, { cwd: '/elsewhere' }).bytes);
  assert.equal([first?.['id'], first?.cwd], [NEW, '/elsewhere']);
});

x('answers open calls at any place, and what went on goes on from the answer', () => {
  const bytes = lines(
    header,
    user('a', null),
    reply('b', 'a', [call('c1'), call('c2'), call('c3')]),
    result('c', 'b', 'c2'),
    user('d', 'c', 2),
    reply('e', 'd', [call('c4')]),
  );
  const { bytes: written, pending } = write(bytes);
  const ids = parseLines(written).map((one) => one['id']);
  assert.equal(linksOf(written), [
    NEW,
    'a < ',
    'b < a',
    'c2 < b',
    'c1! < c',
    `c3! < ${ids[4]}`,
    `d < ${ids[5]}`,
    'e < d',
    'c4! < e',
  ]);
  assert.is(pending?.callId, 'c4');
  const [answer] = parseLines(written).slice(-1) as unknown as { message: { content: object[] } }[];
  assert.equal(answer?.message.content, [text(pi.format.orphanResult)]);
  const kept = pi.format.write({ bytes, nativeId: NEW, pending: 'keep' });
  assert.is(linksOf(kept.bytes).at(-1), 'e < d');
});

x('answers no call of a reply that was broken off, for pi does not send it again', () => {
  const aborted = reply('b', 'a', [call('c1')], { stopReason: 'aborted' });
  const { bytes, pending } = write(lines(header, user('a', null), aborted, user('c', 'b', 2)));
  assert.is(parseLines(bytes).length, 4);
  assert.is(pending, undefined);
});

x('leaves out a result whose call was torn, and links over it', () => {
  const { bytes, warnings } = write(
    lines(header, user('a', null), '{"type":"message","id":"b","mess', result('c', 'b', 'c1')),
  );
  assert.equal(linksOf(bytes), [NEW, 'a < ']);
  assert.is(warnings.length, 2);
});

x('cuts after a message, and refuses one that is not there', () => {
  const { bytes } = write(branched, { cut: { throughMessage: 'b' } });
  assert.is(linksOf(bytes).at(-1), 'b < a');
  assert.throws(
    () => pi.format.write({ bytes: branched, nativeId: NEW, cut: { throughMessage: OLD } }),
    /No message/,
  );
});

x('makes a header where it was lost, and puts it first where it is not', () => {
  const made = write(lines(user('a', null)), { cwd: '/p' });
  const [first] = parseLines(made.bytes);
  assert.equal([first?.type, first?.['id'], first?.cwd], ['session', NEW, '/p']);
  const moved = write(lines(user('a', null), header));
  assert.equal(linksOf(moved.bytes), [NEW, 'a < ']);
});

x('writes sessions of the first version as they are: without ids', () => {
  const { version: _, ...old } = header;
  const said = (message: object) => ({ type: 'message', timestamp: iso(1), message });
  const bytes = lines(
    old,
    said({ role: 'user', content: 'Do it' }),
    said({ role: 'assistant', content: [call('c1')] }),
  );
  assert.ok(pi.format.read(bytes).messages.every(({ live }) => live));
  const { bytes: written } = write(bytes);
  assert.is(parseLines(written).length, 4);
  assert.ok(parseLines(written).every(({ type, id }) => type === 'session' || id === undefined));
});

x('gives the same session however it has grown', () => {
  const whole = pi.format.read(branched);
  for (let end = 0; end < branched.length; end += 97) {
    const part = pi.format.read(branched.subarray(0, end));
    assert.equal(
      part.messages.map(({ id }) => id),
      whole.messages.slice(0, part.messages.length).map(({ id }) => id),
    );
  }
});

x.run();
