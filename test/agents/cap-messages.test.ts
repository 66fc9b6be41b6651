// A long conversation is shortened for a model, whatever agent wrote it, and can be handed to that agent.

import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AGENTS, agentEntry } from '../../src/agents/registry.ts';
import { capMessages } from '../../src/transcript/cap-messages.ts';
import type { Message, Transcript } from '../../src/transcript/transcript.ts';
import { call, LlxprtRecording, text } from '../support/llxprt-recording.ts';
import { lines, transcriptFixture } from '../support/transcript-fixture.ts';

const UUID = '11111111-1111-4111-8111-111111111111';
const TURNS = 4;
/** A prompt, a call, its result, an answer. */
const MESSAGES_OF_A_TURN = 4;

/** Four such turns as each agent writes them, the numbers of the turns in them. */
const MADE: Readonly<Record<string, () => Buffer>> = {
  claude: () => {
    const records = linked((turn, id) => [
      { type: 'user', message: { role: 'user', content: `ask ${turn}` } },
      claudeReply(id, { type: 'tool_use', id: `c${turn}`, name: 'Bash', input: {} }),
      { type: 'file-history-snapshot', messageId: id },
      {
        type: 'user',
        message: {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: `c${turn}`, content: 'ok' }],
        },
      },
      claudeReply(`${id}-end`, { type: 'text', text: `say ${turn}` }),
    ]);
    const common = { sessionId: UUID, cwd: '/w' };
    return lines(
      ...records.map(({ id, parent, ...record }) => ({
        ...record,
        ...common,
        uuid: id,
        parentUuid: parent,
      })),
    );
  },
  codex: () => {
    const item = (payload: object) => ({ timestamp: AT, type: 'response_item', payload });
    const spoken = (role: string, type: string, said: string) =>
      item({ type: 'message', role, content: [{ type, text: said }] });
    return lines(
      { timestamp: AT, type: 'session_meta', payload: { id: UUID, cwd: '/w' } },
      spoken('developer', 'input_text', 'instructions'),
      ...eachTurn((turn) => [
        {
          timestamp: AT,
          type: 'event_msg',
          payload: { type: 'task_started', turn_id: `t${turn}` },
        },
        { timestamp: AT, type: 'turn_context', payload: { cwd: '/w', model: 'm' } },
        spoken('user', 'input_text', `ask ${turn}`),
        item({ type: 'function_call', name: 'shell', arguments: '{}', call_id: `c${turn}` }),
        item({ type: 'function_call_output', call_id: `c${turn}`, output: 'ok' }),
        spoken('assistant', 'output_text', `say ${turn}`),
        { timestamp: AT, type: 'event_msg', payload: { type: 'task_complete' } },
      ]),
    );
  },
  gemini: () =>
    lines(
      { sessionId: UUID, projectHash: 'h', startTime: AT, lastUpdated: AT },
      ...eachTurn((turn) => [
        { id: `u${turn}`, timestamp: AT, type: 'user', content: [{ text: `ask ${turn}` }] },
        {
          ...{ id: `g${turn}`, timestamp: AT, type: 'gemini', content: '' },
          toolCalls: [{ id: `c${turn}`, name: 'write_file', args: {} }],
        },
        {
          ...{ id: `r${turn}`, timestamp: AT, type: 'user' },
          content: [
            {
              functionResponse: { id: `c${turn}`, name: 'write_file', response: { output: 'ok' } },
            },
          ],
        },
        { $set: { lastUpdated: AT } },
        { id: `e${turn}`, timestamp: AT, type: 'gemini', content: `say ${turn}` },
      ]),
    ),
  iac: () => {
    const row = (role: string, content: unknown) => ({
      role,
      content,
      session_id: UUID,
      cwd: '/w',
    });
    return lines(
      ...eachTurn((turn) => [
        row('user', `ask ${turn}`),
        row('assistant', [{ type: 'tool_use', id: `c${turn}`, name: 'bash', input: {} }]),
        row('user', [{ type: 'tool_result', tool_use_id: `c${turn}`, content: 'ok' }]),
        row('assistant', [{ type: 'text', text: `say ${turn}` }]),
      ]),
      { type: 'last-prompt', last_prompt: 'ask 4', session_id: UUID },
    );
  },
  llxprt: () => {
    const recording = new LlxprtRecording({ sessionId: UUID, cwd: '/w' });
    for (const turn of NUMBERS) {
      recording
        .human(`ask ${turn}`)
        .ai(call(`c${turn}`))
        .answer(`c${turn}`);
      recording.ai(text(`say ${turn}`));
    }
    return recording.bytes;
  },
  nanocoder: () => {
    const messages = eachTurn((turn) => [
      { role: 'user', content: `ask ${turn}` },
      {
        ...{ role: 'assistant', content: '' },
        tool_calls: [{ id: `c${turn}`, function: { name: 'write_file', arguments: {} } }],
      },
      { role: 'tool', tool_call_id: `c${turn}`, name: 'write_file', content: 'ok' },
      { role: 'assistant', content: `say ${turn}` },
    ]);
    const document = { id: UUID, workingDirectory: '/w', messageCount: messages.length, messages };
    return Buffer.from(JSON.stringify(document, null, 2));
  },
  opencode: () => {
    const said = (id: string, role: string, ...parts: object[]) => ({
      info: { id: `msg_${id}`, role, sessionID: 'ses_1', time: { created: 5 } },
      parts: parts.map((part, index) => ({ id: `prt_${id}${index}`, ...part })),
    });
    const state = { status: 'completed', input: {}, output: 'ok' };
    const messages = eachTurn((turn) => [
      said(`u${turn}`, 'user', { type: 'text', text: `ask ${turn}` }),
      said(`a${turn}`, 'assistant', { type: 'tool', callID: `c${turn}`, tool: 'bash', state }),
      said(`e${turn}`, 'assistant', { type: 'text', text: `say ${turn}` }),
    ]);
    const document = { info: { id: 'ses_1', directory: '/w' }, messages };
    return Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
  },
  pi: () => {
    const records = linked((turn) => [
      { role: 'user', content: `ask ${turn}` },
      {
        role: 'assistant',
        content: [{ type: 'toolCall', id: `c${turn}`, name: 'bash', arguments: {} }],
      },
      {
        ...{ role: 'toolResult', toolCallId: `c${turn}`, toolName: 'bash' },
        content: [{ type: 'text', text: 'ok' }],
      },
      { role: 'assistant', content: [{ type: 'text', text: `say ${turn}` }] },
    ]);
    return lines(
      { type: 'session', version: 3, id: UUID, timestamp: AT, cwd: '/w' },
      ...records.map(({ id, parent, ...message }, index) => {
        // What is typed before the last answer was written begins no turn.
        const at = Date.parse(AT) + index * 1000;
        const timestamp = new Date(at).toISOString();
        return {
          ...{ type: 'message', id, parentId: parent, timestamp },
          message: { ...message, timestamp: at },
        };
      }),
    );
  },
  qwen: () => {
    const records = linked((turn) => [
      { type: 'user', message: { role: 'user', parts: [{ text: `ask ${turn}` }] } },
      {
        type: 'assistant',
        message: {
          role: 'model',
          parts: [{ functionCall: { id: `c${turn}`, name: 'x', args: {} } }],
        },
      },
      {
        type: 'tool_result',
        message: {
          role: 'user',
          parts: [{ functionResponse: { id: `c${turn}`, name: 'x', response: { output: 'ok' } } }],
        },
      },
      { type: 'assistant', message: { role: 'model', parts: [{ text: `say ${turn}` }] } },
    ]);
    const common = { sessionId: UUID, cwd: '/w', timestamp: AT };
    return lines(
      ...records.map(({ id, parent, ...record }) => ({
        ...record,
        ...common,
        uuid: id,
        parentUuid: parent,
      })),
    );
  },
};

const AT = '2026-01-02T03:04:05.000Z';
const NUMBERS = Array.from({ length: TURNS }, (_, index) => index + 1);

function eachTurn(make: (turn: number, id: string) => object[]): object[] {
  return NUMBERS.flatMap((turn) => make(turn, `t${turn}`));
}

/** Records that each name the one before. */
function linked(make: (turn: number, id: string) => object[]) {
  return eachTurn(make).map((record, index) => ({
    ...record,
    id: `r${index}`,
    parent: index === 0 ? null : `r${index - 1}`,
  }));
}

function claudeReply(id: string, content: object) {
  return { type: 'assistant', message: { id, role: 'assistant', model: 'm', content: [content] } };
}

/** What the prompts and answers say. */
function saidIn({ messages }: Pick<Transcript, 'messages'>): string[] {
  return messages
    .filter(({ kind }) => kind === 'prompt' || kind === 'reply')
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])));
}

const cap = suite('capMessages');

cap('has a conversation of every agent to try', () => {
  assert.equal(Object.keys(MADE).sort(), AGENTS.map(({ name }) => name).sort());
});

for (const { name } of AGENTS) {
  cap(
    `${name}: leaves the last whole turns, each call with its result, ready to be handed on`,
    async () => {
      const { format } = await agentEntry(name).load();
      const bytes = MADE[name]?.() ?? Buffer.alloc(0);
      const before = format.read(bytes);
      assert.is(before.turns.length, TURNS);
      const all = TURNS * MESSAGES_OF_A_TURN;
      assert.is(capMessages(bytes, all, format.read), 'within');
      for (const max of [all - 1, MESSAGES_OF_A_TURN * 2 + 1, MESSAGES_OF_A_TURN, 1]) {
        const turns = Math.max(1, Math.floor(max / MESSAGES_OF_A_TURN));
        const capped = capMessages(bytes, max, format.read);
        if (typeof capped === 'string') throw new Error(`${name} ${max}: ${capped}`);
        assert.equal([capped.given, capped.of], [turns * MESSAGES_OF_A_TURN, all]);
        const { bytes: written, pending } = format.write({
          bytes: capped.bytes,
          nativeId: agentEntry(name).newNativeId(UUID),
          pending: 'repair',
        });
        const after = format.read(written);
        const kept = NUMBERS.slice(-turns).flatMap((turn) => [`ask ${turn}`, `say ${turn}`]);
        assert.equal([saidIn(after), pending, after.warnings], [kept, undefined, []]);
        assert.ok(after.messages.every(({ live }) => live));
      }
    },
  );
}

cap('keeps what a compaction wrote, and counts from there on', async () => {
  const { format } = await agentEntry('claude').load();
  const [first = '', ...rest] = (MADE['claude']?.() ?? '').toString().trimEnd().split('\n');
  const summary = {
    ...JSON.parse(first),
    isCompactSummary: true,
    uuid: 'summary',
    message: { role: 'user', content: 'what was before' },
  };
  const [second] = rest.slice(4);
  const bytes = lines(
    first,
    ...rest.slice(0, 4),
    summary,
    {
      ...JSON.parse(second ?? ''),
      parentUuid: 'summary',
    },
    ...rest.slice(5),
  );
  const kindsOf = ({ messages }: { readonly messages: readonly Message[] }) =>
    messages.filter(({ live }) => live).map(({ kind }) => kind);
  assert.is(capMessages(bytes, 13, format.read), 'within');
  const capped = capMessages(bytes, 6, format.read);
  if (typeof capped === 'string') throw new Error(capped);
  assert.equal([capped.given, capped.of], [5, 13]);
  assert.equal(kindsOf(format.read(capped.bytes)), [
    'summary',
    'prompt',
    'reply',
    'result',
    'reply',
  ]);
});

cap('shortens what real agents wrote, but not one record with all of it', async () => {
  const told = async (name: string, file: string) => {
    const { format } = await agentEntry(name).load();
    const capped = capMessages(transcriptFixture(file), 3, format.read);
    return typeof capped === 'string' ? capped : `${capped.given} of ${capped.of}`;
  };
  assert.is(await told('claude', 'claude/two-turns.jsonl'), '4 of 8');
  assert.is(await told('codex', 'codex/session.jsonl'), '8 of 15');
  assert.is(await told('qwen', 'qwen/two-turns.jsonl'), '4 of 10');
  // It was resumed by Gemini, which then writes down once more all that was said.
  assert.is(await told('gemini', 'gemini/two-turns.jsonl'), 'impossible');
});

cap(
  'gives up on one that has a single turn, cannot be unpacked, or holds much in one record',
  async () => {
    const { format } = await agentEntry('claude').load();
    const bytes = MADE['claude']?.() ?? Buffer.alloc(0);
    const oneTurn = lines(...bytes.toString().trimEnd().split('\n').slice(0, 5));
    assert.is(capMessages(oneTurn, 1, format.read), 'impossible');
    assert.is(capMessages(Buffer.from('28b52ffd00', 'hex'), 1, format.read), 'impossible');
    const packed = capMessages(gzipSync(bytes), 4, format.read);
    assert.is(typeof packed === 'string' ? packed : packed.given, 4);
  },
);

cap.run();
