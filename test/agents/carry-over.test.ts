// A conversation of one agent in the form of another, for every ordered pair: nothing that was said is lost or changes places, every
// call has its result, and what is left behind is told.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Agent } from '../../src/agents/agent.ts';
import { carriedConversation, leftInWords } from '../../src/agents/carried-conversation.ts';
import { carryOver } from '../../src/agents/carry-over.ts';
import { AGENTS, agentEntry } from '../../src/agents/registry.ts';
import { GsessError } from '../../src/errors.ts';
import type { Message, Part, Transcript } from '../../src/transcript/transcript.ts';
import {
  CALLS,
  ONE_CONVERSATION,
  ORIGINAL_ID,
  PICTURE,
  SAID,
} from '../support/one-conversation.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const UUID = '33333333-3333-4333-8333-333333333333';
const names = Object.keys(ONE_CONVERSATION);

const pairs = suite('a conversation goes on in another agent');

function carried(bytes: Uint8Array, from: Agent, to: Agent, sideFiles = 0) {
  const nativeId = agentEntry(to.name).newNativeId(UUID);
  const origin = { nativeId: ORIGINAL_ID, session: 'the-session', checkpoint: 'c0ffee1234' };
  const request = { from, to, origin, nativeId, cwd: '/home/dev/flags', at: NOW, sideFiles };
  return { nativeId, ...carryOver(bytes, request) };
}

function conversationOf(name: string): Buffer {
  return ONE_CONVERSATION[name]?.() ?? Buffer.alloc(0);
}

type PartOf<T extends Part['type']> = Extract<Part, { type: T }>;

function partsOf<T extends Part['type']>(messages: readonly Message[], type: T): PartOf<T>[] {
  return messages
    .flatMap(({ parts }) => parts)
    .filter((part): part is PartOf<T> => part.type === type);
}

/** What was said aloud, by role, one text for each message. */
function saidIn({ messages }: Transcript): [string, string][] {
  return messages.flatMap(({ role, parts }): [string, string][] => {
    const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
    return text === '' ? [] : [[role, text]];
  });
}

for (const from of names) {
  for (const to of names.filter((name) => name !== from)) {
    pairs(`${from} to ${to}`, async () => {
      const [source, target] = await Promise.all([from, to].map((name) => agentEntry(name).load()));
      if (source === undefined || target === undefined) throw new Error('no such agent');
      const original = conversationOf(from);
      assert.equal(source.format.read(original).warnings, []);
      const { bytes, left, nativeId } = carried(original, source, target);
      const there = target.format.read(bytes);

      assert.equal(there.warnings, []);
      assert.equal(there.nativeIds, [nativeId]);
      const [told, ...said] = saidIn(there);
      assert.is(told?.[0], 'user');
      for (const word of [source.title, ORIGINAL_ID, 'the-session', 'c0ffee1234']) {
        assert.ok(told?.[1].includes(word), word);
      }
      // Gemini takes what begins with a stroke for a command of its own, so there it begins otherwise.
      const wanted = SAID.map(([role, text]) => [
        role,
        to === 'gemini' && text.startsWith('/') ? `The user: ${text}` : text,
      ]);
      assert.equal(said, wanted);

      const calls = partsOf(there.messages, 'tool_call');
      assert.equal(
        calls.map(({ name, input }) => ({ name, input })),
        CALLS.map(({ name, input }) => ({ name, input })),
      );
      const results = partsOf(there.messages, 'tool_result');
      assert.equal(
        results.map(({ callId }) => callId),
        calls.map(({ id }) => id),
      );
      assert.is(new Set(calls.map(({ id }) => id)).size, CALLS.length);
      for (const [index, { output, isError }] of CALLS.entries()) {
        const result = results[index];
        assert.ok(result?.output.endsWith(output ?? target.format.orphanResult), result?.output);
        if (output !== undefined) assert.is(result?.isError, isError);
      }

      assert.equal(partsOf(there.messages, 'thinking'), []);
      assert.equal(
        partsOf(there.messages, 'image').map(({ mediaType, data }) => [mediaType, data]),
        [['image/png', PICTURE]],
      );
      assert.equal(left, [{ what: 'thought', count: 1 }]);
      assert.ok(there.messages.every(({ live, sidechain }) => live && !sidechain));
      assert.is(target.format.write({ bytes, nativeId }).bytes.toString(), bytes.toString());
    });
  }
}

pairs('what is taken over again makes the same bytes', async () => {
  for (const name of names) {
    const agent = await agentEntry(name).load();
    const source = await agentEntry(name === 'pi' ? 'qwen' : 'pi').load();
    const original = conversationOf(source.name);
    const once = carried(original, source, agent);
    assert.equal(carried(original, source, agent).bytes, once.bytes);
  }
});

pairs('what cannot come along is counted and told', () => {
  const message = (kind: Message['kind'], fields: Partial<Message>): Message => ({
    id: undefined,
    aliases: [],
    role: 'user',
    kind,
    parts: [{ type: 'text', text: kind }],
    sidechain: false,
    live: true,
    sources: [],
    ...fields,
  });
  const image: Part = { type: 'image', mediaType: 'image/tiff', data: PICTURE };
  const result: Part = { type: 'tool_result', callId: 'nobody', output: 'x', isError: false };
  const messages = [
    message('prompt', { parts: [{ type: 'text', text: 'look' }, image, { type: 'image' }] }),
    message('notice', {}),
    message('error', { role: 'assistant' }),
    message('prompt', { live: false }),
    message('reply', { role: 'assistant', sidechain: true }),
    message('interrupt', { role: 'system' }),
    message('result', { role: 'tool', parts: [result] }),
    message('summary', { role: 'system' }),
  ];
  const origin = { agent: 'Somebody', nativeId: 'a', session: 'b', checkpoint: 'c' };
  const { said, left } = carriedConversation({ messages }, origin, { at: NOW, sideFiles: 2 });
  assert.equal(said.map(({ by, text }) => [by, text]).slice(1), [
    ['user', 'look'],
    ['user', 'A call that is not recorded gave this:\nx'],
    ['user', 'summary'],
  ]);
  assert.is(
    leftInWords(left),
    '2 images, 2 notices of its program, 1 error message, 1 message that was rewound, ' +
      '1 message of a subagent, 2 files beside the transcript',
  );
  assert.ok(said[0]?.text.endsWith(`Not carried over: ${leftInWords(left)}.`));
});

pairs('a call that ran where the model runs is no interrupted one', async () => {
  const [codex, claude] = [await agentEntry('codex').load(), await agentEntry('claude').load()];
  const search = { type: 'web_search_call', action: { query: 'α' } };
  const items = [{ type: 'message', role: 'user', content: 'go' }, search, search];
  const lines = items.map((payload) => `${JSON.stringify({ type: 'response_item', payload })}\n`);
  const { bytes } = carried(Buffer.from(lines.join('')), codex, claude);
  const results = partsOf(claude.format.read(bytes).messages, 'tool_result');
  assert.equal(
    results.map(({ isError }) => isError),
    [false, false],
  );
});

pairs(
  'a text after a call comes behind its result; ids that come again and odd names are told apart',
  async () => {
    const [pi, claude] = [await agentEntry('pi').load(), await agentEntry('claude').load()];
    const call = (name: string, input: unknown) => ({
      type: 'toolCall',
      id: 'same',
      name,
      arguments: input,
    });
    const say = (text: string) => ({ type: 'text', text });
    const answer = (text: string) => ({
      role: 'toolResult',
      toolCallId: 'same',
      content: [say(text)],
    });
    const bodies = [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [call('a.b c', 'patch'), say('between')] },
      answer('one'),
      { role: 'assistant', content: [call('x'.repeat(80), undefined)] },
      answer('two'),
    ];
    const text = bodies
      .map((message) => `${JSON.stringify({ type: 'message', message })}\n`)
      .join('');
    const { bytes } = carried(Buffer.from(text), pi, claude);
    const { messages } = claude.format.read(bytes);
    assert.equal(
      messages.slice(2).map(({ parts }) => parts.map(({ type }) => type).join()),
      ['tool_call', 'tool_result', 'text', 'tool_call', 'tool_result'],
    );
    assert.equal(
      partsOf(messages, 'tool_call').map(({ name, input }) => [name, input]),
      [
        ['a_b_c', { input: 'patch' }],
        ['x'.repeat(64), {}],
      ],
    );
    assert.equal(
      partsOf(messages, 'tool_result').map(({ output }) => output),
      ['one', 'two'],
    );
  },
);

pairs('times that are none, go back or lie ahead do no harm', async () => {
  const source = await agentEntry('opencode').load();
  const times = [1e300, -5, NOW + 1e9, null, 1000];
  const records = times.map((created, index) => ({
    info: { id: `msg_${index}`, role: 'user', time: { created } },
    parts: [{ type: 'text', text: `said ${index}` }],
  }));
  const document = JSON.stringify({ info: { id: 'ses_1234567890' }, messages: records });
  for (const name of names) {
    const agent = await agentEntry(name).load();
    const { bytes } = carried(Buffer.from(document), source, agent);
    const { messages } = agent.format.read(bytes);
    assert.is(messages.length, times.length + 1, name);
    const told = messages.map(({ at }) => at ?? 0);
    assert.equal(
      told,
      told.toSorted((a, b) => a - b),
    );
    assert.ok((told.at(-1) ?? 0) <= NOW);
  }
});

pairs(
  'where nothing was said, or the agent cannot take it, that is an error of its own',
  async () => {
    const claude = await agentEntry('claude').load();
    const codeOf = async (name: string, bytes: Buffer) => {
      const target = await agentEntry(name).load();
      try {
        carried(bytes, claude, target);
      } catch (error) {
        return error instanceof GsessError ? error.code : String(error);
      }
      return 'done';
    };
    assert.is(await codeOf('codex', Buffer.alloc(0)), 'not-found');
    for (const { name } of AGENTS) {
      const isTaken = names.includes(name);
      assert.is(
        await codeOf(name, conversationOf('claude')),
        isTaken ? 'done' : 'agent-unavailable',
        name,
      );
    }
  },
);

pairs.run();
