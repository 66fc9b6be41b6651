import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codex } from '../../src/agents/codex/codex.ts';
import type { Transcript } from '../../src/transcript/transcript.ts';
import { titleOf } from '../../src/transcript/turns.ts';
import { lines, transcriptFixture } from '../support/transcript-fixture.ts';

const x = suite("Reading Codex's rollouts");

const ID = '01a21d7c-9a88-7f13-b0ee-afa151803d79';
const read = (...records: (object | string)[]): Transcript => codex.format.read(lines(...records));

const item = (payload: object): object => ({
  timestamp: '2026-11-27T14:50:35.000Z',
  type: 'response_item',
  payload,
});
const event = (type: string, more: object = {}): object => ({
  timestamp: '2026-11-27T14:50:35.000Z',
  type: 'event_msg',
  payload: { type, ...more },
});
const said = (role: string, text: string, more: object = {}): object =>
  item({ type: 'message', role, content: [{ type: 'input_text', text }], ...more });
const call = (callId: string): object =>
  item({ type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls"}', call_id: callId });
const result = (callId: string, output: unknown): object =>
  item({ type: 'function_call_output', call_id: callId, output });

x('reads a recorded session: its turns, calls, results and facts', () => {
  const bytes = transcriptFixture('codex/session.jsonl');
  const transcript = codex.format.read(bytes);
  assert.equal(transcript.warnings, []);
  assert.equal(
    transcript.turns.map(({ prompt, toolCalls }) => [prompt, toolCalls.map(({ name }) => name)]),
    [
      ['Write a file', ['apply_patch', 'exec_command', 'exec_command']],
      ['Change it ✓', ['apply_patch', 'collaboration.spawn_agent', 'collaboration.wait_agent']],
    ],
  );
  assert.equal(
    transcript.messages.map(({ kind }) => kind).filter((kind) => kind !== 'notice'),
    ['prompt', 'reply', 'result', 'reply', 'result', 'result', 'reply'].concat([
      'prompt',
      'reply',
      'result',
      'reply',
      'result',
      'reply',
      'result',
      'reply',
    ]),
  );
  const parts = transcript.messages.flatMap((message) => message.parts);
  const results = parts.filter((part) => part.type === 'tool_result');
  assert.equal(
    results.map(({ isError }) => isError),
    [false, false, true, false, false, false],
  );
  assert.ok(parts.some((part) => part.type === 'thinking' && part.text === 'I will write it.'));
  const { nativeIds, cwd, model, provider, branch, version, sidechain } = transcript;
  assert.equal(
    { nativeIds, cwd, model, provider, branch, version, sidechain },
    {
      nativeIds: [ID],
      cwd: '/home/dev/flags',
      model: 'gpt-5.5',
      provider: 'script',
      branch: 'main',
      version: '0.169.0',
      sidechain: false,
    },
  );
});

x('begins a turn where Codex notes it, so that nothing of it stays behind a cut', () => {
  const bytes = transcriptFixture('codex/session.jsonl');
  const second = codex.format.read(bytes).turns[1];
  const line = bytes.toString('utf8', second?.offset).split('\n', 1)[0] ?? '';
  assert.match(line, '"task_started"');
  const [prompt] = codex.format.read(bytes).messages.filter(({ kind }) => kind === 'prompt');
  assert.is(prompt?.aliases.length, 2, 'the id of the message and that of the turn');
});

x('takes a subagent for part of the session it works for', () => {
  const transcript = codex.format.read(transcriptFixture('codex/subagent.jsonl'));
  assert.ok(transcript.sidechain);
  assert.equal(transcript.nativeIds, [ID, '01a21d7c-9cc6-7f23-b7b1-963f27e91fb1']);
});

x("tells what the user typed from what Codex says in the user's name", () => {
  const { turns, messages } = read(
    said('user', '<environment_context>\n <cwd>/w</cwd>\n</environment_context>'),
    said('user', '# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>…'),
    said('developer', 'Be kind'),
    said(
      'user',
      '# Context from my IDE setup:\n\n## Open tabs:\n- a\n\n## My request for Codex:\nGo on',
    ),
    said('user', '<turn_aborted>\nThe user interrupted\n</turn_aborted>'),
    said('user', '<user_shell_command>ls</user_shell_command>'),
    said('user', 'hello', {
      internal_chat_message_metadata_passthrough: { content_item_kinds: ['skills.instructions'] },
    }),
    said('user', '<environment_context> is what I want to talk about', {
      internal_chat_message_metadata_passthrough: { content_item_kinds: ['user.text'] },
    }),
  );
  assert.equal(
    messages.map(({ kind }) => kind),
    ['notice', 'notice', 'notice', 'prompt', 'interrupt', 'command', 'notice', 'prompt'],
  );
  assert.is(turns[0]?.prompt, 'Go on');
  assert.ok(turns[0]?.interrupted);
});

x('takes what is said while the agent works for steering, not for a turn', () => {
  const { messages } = read(
    event('task_started'),
    said('user', 'do it'),
    said('assistant', 'I do'),
    said('user', 'but quickly'),
    event('task_complete'),
    event('task_started'),
    said('user', 'and then'),
  );
  assert.equal(
    messages.map(({ kind }) => kind),
    ['prompt', 'reply', 'steer', 'prompt'],
  );
});

x('leaves behind what was rolled back', () => {
  const { turns, messages } = read(
    said('user', 'one'),
    said('assistant', 'first'),
    said('user', 'two'),
    said('assistant', 'second'),
    event('thread_rolled_back', { num_turns: 1 }),
    said('user', 'three'),
  );
  assert.equal(
    turns.map(({ prompt, live }) => [prompt, live]),
    [
      ['one', true],
      ['two', false],
      ['three', true],
    ],
  );
  assert.equal(
    messages.map(({ live }) => live),
    [true, true, false, false, true],
  );
});

x('reads a compaction as a summary, an interruption and an error as what they are', () => {
  const { messages, others } = read(
    said('user', 'go'),
    { type: 'compacted', payload: { message: 'so far so good', replacement_history: [] } },
    event('turn_aborted', { reason: 'interrupted' }),
    event('error', { message: 'no more' }),
    event('token_count'),
  );
  assert.equal(
    messages.map(({ kind }) => kind),
    ['prompt', 'summary', 'interrupt', 'error'],
  );
  assert.equal(
    others.map(({ type }) => type),
    ['token_count'],
  );
});

x('reads results of every age', () => {
  const { messages } = read(
    call('a'),
    result('a', '{"output":"ok\\n","metadata":{"exit_code":0}}'),
    call('b'),
    result('b', '{"output":"no","metadata":{"exit_code":2}}'),
    call('c'),
    result('c', 'Chunk ID: 1\nWall time: 0 s\nProcess exited with code 1\nOutput:\n'),
    call('d'),
    result('d', {
      content: [{ type: 'input_text', text: 'x' }, { type: 'input_image' }],
      success: false,
    }),
    item({ type: 'local_shell_call', call_id: 'e', action: { type: 'exec', command: ['ls'] } }),
    item({ type: 'web_search_call', id: 'ws', action: { type: 'search', query: 'q' } }),
  );
  const parts = messages.flatMap((message) => message.parts);
  assert.equal(
    parts.flatMap((part) => (part.type === 'tool_result' ? [[part.output, part.isError]] : [])),
    [
      ['ok\n', false],
      ['no', true],
      ['Chunk ID: 1\nWall time: 0 s\nProcess exited with code 1\nOutput:\n', true],
      ['x\n[image]', true],
    ],
  );
  const calls = parts.flatMap((part) => (part.type === 'tool_call' ? [part.name] : []));
  assert.equal(calls.slice(-2), ['local_shell', 'web_search']);
});

x('reads the bare records of the first versions', () => {
  const transcript = read(
    { id: ID, timestamp: '2025-06-01T10:00:00.000Z', instructions: null, git: { branch: 'main' } },
    { record_type: 'state' },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi there' }] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hello' }] },
  );
  assert.equal(transcript.nativeIds, [ID]);
  assert.is(transcript.branch, 'main');
  assert.is(titleOf(transcript), 'hi there');
  assert.is(transcript.messages.length, 2);
});

x('takes records glued on one line, and one that stands twice, once each', () => {
  const one = said('user', 'one', { id: 'm1' });
  const glued = `${JSON.stringify(one)}${JSON.stringify(said('assistant', 'two', { id: 'm2' }))}`;
  const { messages, others, warnings } = read(glued, one, '{"type":"response_item","payl');
  assert.is(messages.length, 2);
  assert.ok(others.some(({ type }) => type === 'repeated'));
  assert.equal(
    warnings.map(({ problem }) => problem),
    ['torn'],
  );
});

x.run();
