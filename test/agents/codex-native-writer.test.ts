import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NativeRequest, NativeTranscript } from '../../src/agents/agent.ts';
import { codex } from '../../src/agents/codex/codex.ts';
import { lines, parseLines, transcriptFixture } from '../support/transcript-fixture.ts';

const x = suite("Writing Codex's rollouts");

const session = transcriptFixture('codex/session.jsonl');
const OLD = '01a21d7c-9a88-7f13-b0ee-afa151803d79';
const NEW = '0c9d8e7f-1111-4222-8333-444455556666';

function write(bytes: Uint8Array, more: Partial<NativeRequest> = {}): NativeTranscript {
  const result = codex.format.write({ bytes, nativeId: NEW, ...more });
  const { cut: _, ...rest } = more;
  const again = codex.format.write({ ...rest, bytes: result.bytes, nativeId: NEW });
  assert.equal(again.bytes, result.bytes, 'writing again changes nothing');
  return result;
}

const item = (payload: object): object => ({ timestamp: 't', type: 'response_item', payload });
const call = (id: string): object =>
  item({ type: 'function_call', name: 'exec_command', arguments: '{}', call_id: id });
const patch = (id: string): object =>
  item({ type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin Patch', call_id: id });
const result = (id: string): object =>
  item({ type: 'function_call_output', call_id: id, output: 'ok' });
const said = (text: string, id = text): object =>
  item({ type: 'message', id, role: 'user', content: [{ type: 'input_text', text }] });

/** The items of a rollout, each by what tells it apart. */
function itemsOf(bytes: Uint8Array): string[] {
  return parseLines(bytes).map(({ payload }) => {
    const { type, call_id: callId, output, id } = payload as Record<string, string>;
    return [type, callId ?? id, output].filter(Boolean).join(' ');
  });
}

x('puts the new id wherever Codex looks for it, and changes not one byte more', () => {
  const { bytes, warnings, messages } = write(session);
  const expected = session
    .toString()
    .replaceAll(new RegExp(`(_id|"id)":"${OLD}"`, 'g'), `$1":"${NEW}"`);
  assert.ok(bytes.equals(Buffer.from(expected)));
  assert.not.ok(bytes.includes(`"session_id":"${OLD}"`));
  assert.equal(warnings, []);
  assert.is(messages, 6);
});

x('gives the very bytes back for the same id', () => {
  assert.equal(codex.format.write({ bytes: session, nativeId: OLD }).bytes, session);
});

x('leaves an id alone that stands in what was said', () => {
  const bytes = lines(
    { type: 'session_meta', payload: { id: OLD, cwd: '/a' } },
    said(`see "id":"${OLD}" and ${OLD}`),
    call('c'),
    item({ type: 'function_call_output', call_id: 'c', output: `{"thread_id":"${OLD}"}` }),
  );
  const written = write(bytes).bytes.toString();
  assert.match(written, `see \\"id\\":\\"${OLD}\\" and ${OLD}`);
  assert.match(written, `{\\"thread_id\\":\\"${OLD}\\"}`);
});

x('keeps the id of a parent whose history was copied in', () => {
  const parent = '99999999-0000-7000-8000-000000000000';
  const bytes = lines(
    { type: 'session_meta', payload: { id: OLD, forked_from_id: parent } },
    { type: 'session_meta', payload: { id: parent } },
  );
  assert.equal(
    parseLines(write(bytes).bytes).map(({ payload }) => (payload as { id: string }).id),
    [NEW, parent],
  );
});

x('moves the directory of the session, and of its turns, and no other', () => {
  const bytes = lines(
    { type: 'session_meta', payload: { id: OLD, cwd: '/home/größe' } },
    { type: 'turn_context', payload: { cwd: '/home/größe' } },
    { type: 'turn_context', payload: { cwd: '/elsewhere' } },
    said('{"cwd":"/home/größe"}'),
  );
  const written = write(bytes, { cwd: '/new "place"' }).bytes;
  assert.equal(
    parseLines(written).map(({ payload }) => (payload as { cwd?: string }).cwd),
    ['/new "place"', '/new "place"', '/elsewhere', undefined],
  );
});

x('answers every open call once, at any place, also in a half-answered batch', () => {
  const { bytes, pending } = write(
    lines(said('one'), call('a'), patch('b'), call('c'), result('c'), said('two'), call('d')),
  );
  assert.equal(itemsOf(bytes), [
    'message one',
    'function_call a',
    'function_call_output a aborted',
    'custom_tool_call b',
    'custom_tool_call_output b aborted',
    'function_call c',
    'function_call_output c ok',
    'message two',
    'function_call d',
    'function_call_output d aborted',
  ]);
  assert.is(pending?.callId, 'd');
});

x(
  'leaves the last open call open where it is to be taken up, and calls that the model answers itself',
  () => {
    const search = item({ type: 'web_search_call', id: 'ws', action: {} });
    const { bytes } = write(lines(said('one'), call('a'), search, call('b')), { pending: 'keep' });
    assert.equal(itemsOf(bytes), [
      'message one',
      'function_call a',
      'function_call_output a aborted',
      'web_search_call ws',
      'function_call b',
    ]);
  },
);

x('leaves out what is torn, and a result without its call', () => {
  const { bytes, warnings } = write(
    lines(said('one'), '{"type":"response_item","pay', result('gone')),
  );
  assert.equal(itemsOf(bytes), ['message one']);
  assert.is(warnings.length, 2);
  assert.ok(bytes.toString().endsWith('\n'));
});

x('ends before a byte, or with a message', () => {
  const bytes = lines(said('one'), said('two'), said('three'));
  const second = bytes.indexOf('{"timestamp":"t"', 10);
  assert.equal(itemsOf(write(bytes, { cut: { beforeOffset: second } }).bytes), ['message one']);
  assert.equal(itemsOf(write(bytes, { cut: { throughMessage: 'two' } }).bytes), [
    'message one',
    'message two',
  ]);
  assert.throws(() => write(bytes, { cut: { throughMessage: 'none' } }), /No message 'none'/);
});

x.run();
