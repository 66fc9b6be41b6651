import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claude } from '../../src/agents/claude/claude.ts';
import { transcriptSchema } from '../../src/transcript/transcript.ts';
import { titleOf, turnSummary } from '../../src/transcript/turns.ts';
import { lines, transcriptFixture } from '../support/transcript-fixture.ts';

const x = suite("Reading Claude's transcripts");

const session = transcriptFixture('claude/session.jsonl');
const read = claude.format.read;

let serial = 0;
function record(type: string, content: unknown, more: object = {}): Record<string, unknown> {
  serial += 1;
  return {
    type,
    uuid: `u${serial}`,
    parentUuid: serial === 1 ? null : `u${serial - 1}`,
    sessionId: 's1',
    message: { role: type, content },
    ...more,
  };
}

function conversation(...records: (() => object | string)[]): Buffer {
  serial = 0;
  return lines(...records.map((make) => make()));
}

const prompt =
  (content: unknown, more: object = {}) =>
  () =>
    record('user', content, more);
const reply =
  (id: string, block: object, more: object = {}) =>
  () =>
    record('assistant', null, { message: { id, role: 'assistant', content: [block] }, ...more });

function kinds(bytes: Buffer): string[] {
  return read(bytes).messages.map((message) => message.kind);
}

x('reads a session of several turns into the normalised view', () => {
  const view = read(session);
  assert.equal(transcriptSchema.parse(view), view);
  assert.equal(
    view.turns.map((turn) => [
      turn.prompt,
      turn.live,
      turn.interrupted,
      turn.toolCalls.map(({ name }) => name).join(),
      turnSummary(view, turn),
    ]),
    [
      [
        'Rename the flag --force to --yes, and fix the tests. Größe: 1e3 °C 🏺',
        true,
        false,
        'Edit,Bash,Read',
        'Done',
      ],
      ['Write the notes in French', false, false, '', 'Voilà.'],
      ['/review src/flags.ts', true, true, 'Task,Bash', '/review src/flags.ts'],
      ['Now fire the kiln [Image #1]', true, false, 'Bash', 'Firing.'],
    ],
  );
  assert.is(view.warnings.length, 0);
  assert.is(view.bytes, session.length);
});

x('collects what a session says about itself', () => {
  const view = read(session);
  assert.equal(
    {
      nativeIds: view.nativeIds,
      model: view.model,
      provider: view.provider,
      permissionMode: view.permissionMode,
      cwds: view.cwds,
      branch: view.branch,
      version: view.version,
      entrypoint: view.entrypoint,
      pullRequests: view.pullRequests,
      title: titleOf(view),
      summary: view.titles.summary,
    },
    {
      nativeIds: ['5d1c2f5e-7a34-4c1b-9a0e-3f6b2d8c4e10'],
      model: 'claude-sonnet-5',
      provider: 'anthropic',
      permissionMode: 'acceptEdits',
      cwds: ['/home/ada/kiln'],
      branch: 'glaze',
      version: '2.1.300',
      entrypoint: 'cli',
      pullRequests: [{ number: 12, url: 'https://example.org/ada/kiln/pull/12' }],
      title: 'Rename the force flag',
      summary: undefined,
    },
  );
  assert.ok(view.startedAt !== undefined && view.endedAt !== undefined);
  assert.ok(view.startedAt < view.endedAt);
});

x('puts every byte that is no white space into a message, another record or a warning', () => {
  const torn = Buffer.concat([session, Buffer.from('\0\0{"type":"user","mess')]);
  const view = read(torn);
  const left = Buffer.from(torn);
  const sources = [
    ...view.messages.flatMap((message) => message.sources),
    ...view.others.map((other) => other.source),
    ...view.warnings.flatMap((warning) => warning.source ?? []),
  ];
  for (const { offset, length } of sources) left.fill(' ', offset, offset + length);
  assert.is(left.toString().trim(), '');
  assert.equal(
    view.warnings.map((warning) => warning.problem),
    ['nul', 'torn'],
  );
});

x('joins the records of one reply, across the results that come between them', () => {
  const view = read(session);
  const joined = view.messages.find((message) =>
    message.aliases.includes('msg_01KilnGlaze0000000000002'),
  );
  assert.equal(
    joined?.parts.map((part) => part.type === 'tool_call' && part.name),
    ['Bash', 'Read'],
  );
  assert.is(joined?.sources.length, 2);
  const copied = conversation(
    prompt('one'),
    reply('m1', { type: 'text', text: 'a' }),
    prompt('two'),
    reply('m1', { type: 'text', text: 'b' }),
  );
  assert.equal(kinds(copied), ['prompt', 'reply', 'prompt', 'reply']);
});

x('reads results as text, whatever their shape', () => {
  const [result] = read(session)
    .messages.flatMap((message) => message.parts)
    .filter((part) => part.type === 'tool_result' && part.callId === 'toolu_bash_1');
  assert.equal(result, {
    type: 'tool_result',
    callId: 'toolu_bash_1',
    output: '2 passing\n[image]',
    isError: false,
  });
  const odd = conversation(
    prompt([{ type: 'tool_result', tool_use_id: 'c', content: { odd: 1 }, is_error: 'yes' }]),
    prompt([{ type: 'tool_result', tool_use_id: 'd' }]),
    prompt('File created', { toolUseResult: 'File created' }),
  );
  assert.equal(kinds(odd), ['result', 'result', 'result']);
  assert.is(read(odd).messages[0]?.role, 'tool');
});

x('keeps blocks of a kind it does not know', () => {
  const odd = conversation(
    reply('m1', { type: 'fallback', to: 'x' }),
    reply('m2', { type: 'redacted_thinking', data: 'x' }),
    prompt({ not: 'blocks' }),
    prompt(['just text']),
  );
  assert.equal(
    read(odd).messages.map((message) => message.parts),
    [
      [{ type: 'other', value: { type: 'fallback', to: 'x' } }],
      [{ type: 'thinking', text: '' }],
      [{ type: 'other', value: { not: 'blocks' } }],
      [{ type: 'text', text: 'just text' }],
    ],
  );
});

x('counts as a turn only what a person asked', () => {
  const cases: readonly [string, () => object, string][] = [
    ['text', prompt('do it'), 'prompt'],
    ['an image alone', prompt([{ type: 'image' }]), 'prompt'],
    ['a pasted image', prompt('[Image #1]'), 'prompt'],
    ['text after a reminder', prompt('<system-reminder>x</system-reminder>do it'), 'prompt'],
    [
      'a command that became a prompt',
      prompt('<command-message>go</command-message><command-name>/go</command-name>'),
      'prompt',
    ],
    ['an unnamed command message', prompt('<command-message>go</command-message>'), 'notice'],
    ['a command Claude ran itself', prompt('<command-name>/clear</command-name>'), 'command'],
    ['its output', prompt('<local-command-stdout></local-command-stdout>'), 'command'],
    ['a shell command', prompt('<bash-input>ls</bash-input>'), 'command'],
    ['a meta record', prompt('Base directory for this skill', { isMeta: true }), 'notice'],
    ['an old caveat', prompt('Caveat: The messages below were generated by the user…'), 'notice'],
    ['a reminder alone', prompt('<system-reminder>x</system-reminder>'), 'notice'],
    ['a task notification', prompt('<task-notification>x</task-notification>\nRead it'), 'notice'],
    ['a message of another agent', prompt('hello', { origin: { kind: 'peer' } }), 'notice'],
    ['nothing', prompt(''), 'notice'],
    ['a compaction summary', prompt('This session…', { isCompactSummary: true }), 'summary'],
    [
      'an interrupt',
      prompt([{ type: 'text', text: '[Request interrupted by user]' }]),
      'interrupt',
    ],
    [
      'an API error',
      reply('m', { type: 'text', text: 'no' }, { isApiErrorMessage: true }),
      'error',
    ],
  ];
  for (const [what, make, kind] of cases) {
    assert.equal(kinds(conversation(make)), [kind], what);
    assert.is(read(conversation(make)).turns.length, kind === 'prompt' ? 1 : 0, what);
  }
});

x('leaves out of the replies what Claude itself put there in place of a model', () => {
  const message = {
    model: '<synthetic>',
    content: [{ type: 'text', text: 'No response requested.' }],
  };
  const view = read(conversation(prompt('x y'), () => record('assistant', null, { message })));
  assert.is(view.messages[1]?.kind, 'notice');
  assert.is(view.model, undefined);
});

x('reads a subagent from its own file as a conversation, within another file as an aside', () => {
  const own = read(transcriptFixture('claude/agent-a1b2c3.jsonl'));
  assert.is(own.sidechain, true);
  assert.is(own.turns.length, 1);
  assert.ok(own.messages.every((message) => !message.sidechain && message.live));
  const mixed = read(
    conversation(
      prompt('the real one'),
      prompt('Find callers', { isSidechain: true }),
      reply('m1', { type: 'text', text: 'two' }, { isSidechain: true }),
      reply('m2', { type: 'text', text: 'done' }, { parentUuid: 'u1' }),
    ),
  );
  assert.is(mixed.sidechain, false);
  assert.equal(
    mixed.messages.map(({ sidechain, live, kind }) => [sidechain, live, kind]),
    [
      [false, true, 'prompt'],
      [true, true, 'notice'],
      [true, true, 'reply'],
      [false, true, 'reply'],
    ],
  );
});

x(
  'follows the live conversation across torn lines, compaction, loops and lists without parents',
  () => {
    const live = (bytes: Buffer): string =>
      read(bytes)
        .messages.map((message) => (message.live ? 'L' : '-'))
        .join('');
    const text = { type: 'text', text: 't' };
    assert.is(live(conversation(prompt('one'), () => '{"torn', reply('m', text))), 'LL');
    assert.is(
      live(conversation(prompt('a'), reply('m', text), prompt('b', { parentUuid: 'gone' }))),
      'LLL',
    );
    assert.is(
      live(conversation(prompt('a'), reply('m', text), prompt('b', { parentUuid: null }))),
      '--L',
    );
    assert.is(
      live(
        conversation(
          prompt('a'),
          reply('m', text),
          prompt('b', { parentUuid: null, logicalParentUuid: 'u2' }),
        ),
      ),
      'LLL',
    );
    assert.is(live(conversation(prompt('a'), reply('m', text, { parentUuid: 'u2' }))), 'LL');
    assert.is(live(conversation(prompt('a', { parentUuid: 'u2' }), reply('m', text))), 'LL');
    const none = { parentUuid: null };
    const compacted = { ...none, isCompactSummary: true };
    assert.is(live(conversation(prompt('a'), reply('m', text), prompt('b', compacted))), 'LLL');
    assert.is(
      live(conversation(prompt('a', none), reply('m', text, none), prompt('b', none))),
      'LLL',
    );
    assert.is(live(lines({ type: 'user', message: { content: 'minimal' } })), 'L');
  },
);

x('finds the record behind a torn one, and no block of the torn one instead', () => {
  const torn = '{"type":"user","message":{"content":[{"type":"text","text":"x"},{"type":"te';
  const view = read(Buffer.concat([Buffer.from(torn), conversation(prompt('do it'))]));
  assert.equal(
    view.turns.map((turn) => [turn.prompt, turn.offset]),
    [['do it', torn.length]],
  );
});

x('counts a record that stands there twice once', () => {
  const half = session.subarray(0, session.indexOf('\n', 9_000) + 1);
  const view = read(Buffer.concat([session, half]));
  assert.is(view.turns.length, 4);
  assert.ok(view.others.filter(({ type }) => type === 'repeated').length > 5);
});

x('takes a summary for the title only if it is of this session', () => {
  const own = { type: 'summary', summary: 'About glazes', leafUuid: 'u1' };
  assert.is(read(conversation(prompt('go on'), () => own)).titles.summary, 'About glazes');
  const foreign = { ...own, leafUuid: 'elsewhere' };
  assert.is(read(conversation(prompt('go on'), () => foreign)).titles.summary, undefined);
  const named = conversation(
    prompt('go on'),
    () => ({ type: 'agent-name', agentName: 'agent' }),
    () => ({ type: 'ai-title', aiTitle: 'ai' }),
  );
  assert.is(titleOf(read(named)), 'agent');
  const renamed = Buffer.concat([named, lines({ type: 'custom-title', customTitle: 'mine' })]);
  assert.is(titleOf(read(renamed)), 'mine');
});

x('tells the provider by the ids it gave', () => {
  const provider = (id: string): string | undefined =>
    read(conversation(reply(id, { type: 'text', text: 't' }))).provider;
  assert.is(provider('msg_bdrk_01abc'), 'bedrock');
  assert.is(provider('msg_vrtx_01abc'), 'vertex');
  assert.is(provider('msg_other'), undefined);
});

x('reads values that are no records and fields of the wrong type without giving up', () => {
  const view = read(
    lines('42', '"text"', '[1]', '{"silly":"this"}', {
      type: 'user',
      uuid: 7,
      timestamp: 'yesterday',
      cwd: ['/x'],
      isMeta: 'no',
      message: { content: 'still a prompt' },
    }),
  );
  assert.is(view.turns.length, 1);
  assert.equal(
    view.others.map(({ type }) => type),
    ['not-a-record', 'not-a-record', 'not-a-record', 'unknown'],
  );
  assert.is(view.warnings.length, 3);
  assert.is(view.cwd, undefined);
});

x('keeps system text, queued prompts and local commands in view', () => {
  const view = read(
    conversation(
      () => ({
        type: 'system',
        subtype: 'local_command',
        content: '<command-name>/x</command-name>',
      }),
      () => ({ type: 'system', subtype: 'away_summary', content: 'You were away' }),
      () => ({ type: 'attachment', attachment: { type: 'queued_command', prompt: 'and lint' } }),
      () => ({
        type: 'attachment',
        attachment: { type: 'queued_command', prompt: '<t>', commandMode: 'task-notification' },
      }),
    ),
  );
  assert.equal(
    view.messages.map(({ role, kind }) => `${role} ${kind}`),
    ['system command', 'system notice', 'user steer'],
  );
});

x('reads a compressed transcript, and warns of one it cannot decode', () => {
  assert.is(read(gzipSync(session)).turns.length, 4);
  const broken = read(gzipSync(session).subarray(0, 100));
  assert.is(broken.warnings[0]?.problem, 'compressed');
  assert.is(broken.turns.length, 0);
});

x('lets a turn begin at what Claude notes of its prompt before it records it', () => {
  const note = (operation: string) => () => ({
    type: 'queue-operation',
    operation,
    sessionId: 's1',
  });
  const bytes = conversation(
    note('enqueue'),
    note('dequeue'),
    prompt('first', { promptId: 'p1' }),
    reply('m1', { type: 'text', text: 'done' }),
    note('enqueue'),
    note('dequeue'),
    prompt('second', { promptId: 'p2' }),
  );
  const [first, second] = read(bytes).turns;
  assert.is(first?.offset, 0);
  assert.is(first?.end, second?.offset);
  assert.match(bytes.subarray(0, first?.end).toString(), /done.*\n$/);
  assert.not.match(bytes.subarray(0, first?.end).toString(), /second|m1.*enqueue/s);
  assert.ok(read(bytes).messages[second?.messages.from ?? 0]?.aliases.includes('p2'));
});

x.run();
