import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { interruptionOf } from '../../src/transcript/interruption.ts';
import type { Message, Part } from '../../src/transcript/transcript.ts';

const left = suite('how a conversation was left');

type Said = Partial<Message> & Pick<Message, 'kind'>;

const text = (words: string): Part => ({ type: 'text', text: words });
const call = (id: string): Part => ({
  type: 'tool_call',
  id,
  name: 'Bash',
  input: { command: id },
});
const result = (callId: string): Part => ({
  type: 'tool_result',
  callId,
  output: 'ok',
  isError: false,
});

function message(said: Said): Message {
  const role = said.kind === 'reply' ? 'assistant' : 'user';
  return { aliases: [], role, parts: [], sidechain: false, live: true, sources: [], ...said };
}

const PROMPT: Said = { kind: 'prompt', id: 'p1', parts: [text('fix it')] };
const CALLS: Said = { kind: 'reply', parts: [text('two things'), call('a'), call('b')] };
const ONE_CALL: Said = { kind: 'reply', parts: [call('a')] };

const CASES: readonly (readonly [string, readonly Said[], string, (readonly string[])?])[] = [
  ['nothing was said', [], 'none'],
  ['answered', [PROMPT, { kind: 'reply', parts: [text('done')] }], 'none'],
  ['asked and not answered', [PROMPT], 'interrupted_prompt'],
  [
    'an error of the provider answered',
    [PROMPT, { kind: 'error', parts: [text('529')] }],
    'interrupted_prompt',
  ],
  [
    'told something while it worked',
    [PROMPT, ONE_CALL, { kind: 'result', parts: [result('a')] }, { kind: 'steer' }],
    'interrupted_prompt',
  ],
  ['calls were cut', [PROMPT, CALLS], 'interrupted_turn', ['a', 'b']],
  [
    'a batch was half answered',
    [PROMPT, CALLS, { kind: 'result', parts: [result('a')] }],
    'interrupted_turn',
    ['b'],
  ],
  [
    'the results came and nothing after',
    [PROMPT, ONE_CALL, { kind: 'result', parts: [result('a')] }],
    'interrupted_turn',
    [],
  ],
  ['the user stopped it', [PROMPT, CALLS, { kind: 'interrupt' }], 'stopped_by_user'],
  [
    'the user stopped a tool',
    [PROMPT, ONE_CALL, { kind: 'result', parts: [result('a')] }, { kind: 'interrupt' }],
    'stopped_by_user',
  ],
  ['notices do not count', [PROMPT, { kind: 'notice' }, { kind: 'command' }], 'interrupted_prompt'],
  [
    'what a rewind left behind does not count',
    [PROMPT, { kind: 'reply', parts: [text('x')] }, { ...PROMPT, live: false }],
    'none',
  ],
  [
    'subagents do not count',
    [PROMPT, { kind: 'reply', parts: [text('x')] }, { ...ONE_CALL, sidechain: true }],
    'none',
  ],
];

for (const [title, said, kind, calls] of CASES) {
  left(`${title}: ${kind}`, () => {
    const found = interruptionOf({ messages: said.map(message) });
    assert.is(found.kind, kind);
    if (found.kind === 'interrupted_turn')
      assert.equal(
        found.calls.map(({ id }) => id),
        calls,
      );
    if (found.kind === 'interrupted_prompt' && said[0] === PROMPT && said.length === 1) {
      assert.equal(found, { kind, prompt: 'fix it', messageId: 'p1' });
    }
  });
}

left('a single call of a run without a person was put off, not cut off', () => {
  const of = (...said: readonly Said[]) =>
    interruptionOf({ messages: said.map(message), headless: true });
  const deferred = of(PROMPT, ONE_CALL);
  assert.is(deferred.kind, 'deferred');
  assert.is(deferred.kind === 'deferred' && deferred.call.id, 'a');
  assert.is(of(PROMPT, CALLS).kind, 'interrupted_turn', 'one of several is never put off');
  assert.is(of(PROMPT, CALLS, { kind: 'result', parts: [result('a')] }).kind, 'interrupted_turn');
  assert.is(
    of(PROMPT, ONE_CALL, { kind: 'result', parts: [result('a')] }).kind,
    'interrupted_turn',
  );
});

left.run();
