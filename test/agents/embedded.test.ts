import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { answerCalls, openCalls } from '../../src/agents/embedded/answer-calls.ts';
import { encodeLine, NOTICE_LINE } from '../../src/agents/embedded/message-lines.ts';
import { readTranscript } from '../../src/agents/embedded/transcript-reader.ts';
import { messageForms } from '../support/message-forms.ts';

const embedded = suite('messages of embedding agents');
const TEXT = 'interrupted';

for (const { form, messages, orphan, answered } of messageForms) {
  embedded(`row 21, ${form}: reads who speaks, what is called and what is answered`, () => {
    const lines = messages.map(encodeLine).join('');
    const { turns, messages: read, warnings } = readTranscript(Buffer.from(lines));
    assert.equal(warnings, []);
    assert.equal(
      turns.map(({ prompt }) => prompt),
      ['change both', 'go on'],
    );
    const parts = read.flatMap((message) => message.parts);
    const calls = parts.filter((part) => part.type === 'tool_call');
    assert.equal(
      calls.map(({ name, input }) => ({ name, input })),
      [
        { name: 'write', input: { path: 'a' } },
        { name: 'write', input: { path: 'b' } },
      ],
    );
    const [done, ...others] = parts.filter((part) => part.type === 'tool_result');
    assert.equal(others, []);
    assert.is(done?.callId, calls[0]?.id);
    assert.is(done?.output, 'written');
    assert.is(read.at(-1)?.kind, 'reply');
  });

  embedded(
    `rows 20, 21, ${form}: answers what was left open, in place, once and no other way twice`,
    () => {
      const before = JSON.stringify(messages);
      const { messages: repaired, orphans } = answerCalls(messages, { text: TEXT });
      assert.equal(orphans.length, 1);
      assert.equal(orphans[0]?.input, { path: 'b' });
      assert.is(JSON.stringify(messages), before);
      const [at] = orphan;
      assert.equal(repaired[at], answered);
      assert.is(repaired.length, messages.length + orphan[1]);
      assert.equal(openCalls(repaired), []);
      assert.is(answerCalls(repaired, { text: TEXT }).messages, repaired);
      const lines = readTranscript(Buffer.from(repaired.map(encodeLine).join('')));
      const errors = lines.messages
        .flatMap((message) => message.parts)
        .filter((part) => part.type === 'tool_result' && part.output === TEXT);
      assert.is(errors.length, 1);
    },
  );

  embedded(`${form}: leaves a call open for whoever takes it up`, () => {
    const [keep] = openCalls(messages);
    assert.is(answerCalls(messages, { text: TEXT, keep }).messages, messages);
  });
}

embedded('knows a message of the program, which begins no turn', () => {
  const lines = [
    { role: 'user', content: 'hello' },
    NOTICE_LINE,
    { role: 'user', content: 'the tests are red' },
    { role: 'user', content: 'go on' },
  ];
  const { turns } = readTranscript(Buffer.from(lines.map(encodeLine).join('')));
  assert.equal(
    turns.map(({ prompt }) => prompt),
    ['hello', 'go on'],
  );
});

embedded('takes what it does not know for what it is: something that was said', () => {
  const odd = [
    { foo: 1 },
    { role: 'user', content: [{ type: 'hologram' }, 7] },
    { role: 'assistant' },
  ];
  const { messages } = readTranscript(Buffer.from(odd.map(encodeLine).join('')));
  assert.equal(
    messages.map(({ kind }) => kind),
    ['notice', 'prompt', 'reply'],
  );
  assert.equal(answerCalls(odd, { text: TEXT }).messages, odd);
});

embedded.run();
