import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNative } from '../../src/agents/claude/native-writer.ts';
import { readTranscript } from '../../src/agents/claude/transcript-reader.ts';
import { EMPTY_ENVELOPE } from '../../src/transcript/empty-envelope.ts';
import { parseLines } from '../support/transcript-fixture.ts';

const envelope = suite("the state beside a conversation of Claude's");

const ID = '11111111-1111-4111-8111-111111111111';
const NEW = '22222222-2222-4222-8222-222222222222';

const bytesOf = (records: readonly object[]) =>
  Buffer.from(
    records.map((record) => `${JSON.stringify({ sessionId: ID, ...record })}\n`).join(''),
  );

const said = <T extends object>(uuid: string, parentUuid: string | null, more: T) => ({
  uuid,
  parentUuid,
  isSidechain: false,
  timestamp: '2026-01-02T03:04:05.000Z',
  cwd: '/w/app',
  ...more,
});
const PROMPT = said('u1', null, { type: 'user', message: { role: 'user', content: 'go' } });
const CALL = said('u2', 'u1', {
  type: 'assistant',
  message: {
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'tool_use', id: 'toolu_1', name: 'AskUserQuestion', input: { q: 1 } }],
  },
});

const snapshot = { type: 'file-history-snapshot', messageId: 'u1', snapshot: { messageId: 'u1' } };
const worktree = { worktreeName: 'x', worktreePath: '/w/app/x' };
const STATE = [
  snapshot,
  { type: 'file-history-delta', messageId: 'u2', trackingPath: 'a' },
  { type: 'attribution-snapshot', any: [1] },
  { type: 'content-replacement', any: { thing: 'x' } },
  { type: 'context-collapse-commit', any: 1 },
  { type: 'context-collapse-snapshot', any: 2 },
  { type: 'agent-name', agentName: 'auth' },
  { type: 'agent-color', agentColor: 'blue' },
  { type: 'agent-setting', agentSetting: 'reviewer' },
  { type: 'custom-title', customTitle: 'first' },
  { type: 'custom-title', customTitle: 'auth' },
  { type: 'ai-title', aiTitle: 'Refactor' },
  { type: 'tag', tag: 'keep' },
  { type: 'mode', mode: 'normal' },
  { type: 'permission-mode', permissionMode: 'acceptEdits' },
  { type: 'atis-latch', atis: 'on' },
  { type: 'worktree-state', worktreeSession: worktree },
  { type: 'pr-link', prNumber: 12, prUrl: 'https://h/o/r/pull/12', prRepository: 'o/r' },
  { type: 'bridge-session', bridgeSessionId: 'remote', lastSequenceNum: 7 },
];

envelope('is read in all its families, the last word of each', () => {
  const { envelope: read } = readTranscript(bytesOf([PROMPT, ...STATE]));
  assert.equal(read, {
    files: {
      history: STATE.slice(0, 2).map((one) => ({ sessionId: ID, ...one })),
      attributions: [{ sessionId: ID, ...STATE[2] }],
      replacements: [{ sessionId: ID, ...STATE[3] }],
    },
    collapse: {
      commits: [{ sessionId: ID, ...STATE[4] }],
      snapshot: { sessionId: ID, ...STATE[5] },
    },
    identity: {
      agentName: 'auth',
      agentColor: 'blue',
      agentSetting: 'reviewer',
      customTitle: 'auth',
      aiTitle: 'Refactor',
      tag: 'keep',
      mode: 'normal',
    },
    permission: { mode: 'acceptEdits', isolationLatch: 'on' },
    workspace: {
      worktree,
      pullRequest: { number: 12, url: 'https://h/o/r/pull/12', repository: 'o/r' },
    },
    bridge: { session: 'remote', lastSequence: 7 },
    goal: null,
  });
});

envelope('is empty where nothing is told, or nonsense', () => {
  assert.equal(readTranscript(bytesOf([PROMPT])).envelope, EMPTY_ENVELOPE);
  const nonsense = [
    { type: 'pr-link', prNumber: 'twelve' },
    { type: 'bridge-session', bridgeSessionId: 4, lastSequenceNum: 'x' },
    { type: 'custom-title', customTitle: '' },
    { type: 'agent-setting', agentSetting: { a: 1 } },
    { type: 'worktree-state', worktreeSession: null },
    { type: 'atis-latch', atis: '' },
  ];
  assert.equal(readTranscript(bytesOf([PROMPT, ...nonsense])).envelope, EMPTY_ENVELOPE);
});

const goal = (words: string, isOld = false) => {
  const name = '<command-name>/goal</command-name>';
  const message = '<command-message>goal</command-message>';
  const start = isOld ? `${name}\n${message}` : `${message}\n${name}`;
  const content = `${start}\n<command-args>${words}</command-args>`;
  return { type: 'user', message: { role: 'user', content } };
};

for (const [title, records, found] of [
  ['what /goal set', [goal('all tests pass')], 'all tests pass'],
  ['whichever part of the command stands first', [goal('ship it', true)], 'ship it'],
  ['the last of them', [goal('one'), goal('two')], 'two'],
  ['what it was before its status was asked for', [goal('one'), goal('')], 'one'],
  ['none once it was cleared', [goal('one'), goal('clear')], null],
  [
    'none once it was met',
    [goal('one'), { type: 'attachment', attachment: { type: 'goal_status', met: true } }],
    null,
  ],
  [
    'still there as long as it is not met',
    [goal('one'), { type: 'attachment', attachment: { type: 'goal_status', met: false } }],
    'one',
  ],
  [
    'none by being spoken of',
    [{ type: 'user', message: { role: 'user', content: 'the /goal two' } }],
    null,
  ],
] as const) {
  envelope(`has as its goal ${title}`, () => {
    const records_ = records.map((record, index) => said(`g${index}`, null, record));
    assert.is(readTranscript(bytesOf(records_)).envelope?.goal, found);
  });
}

const typesOf = (bytes: Buffer) => parseLines(bytes).map(({ type }) => type);

envelope(
  'goes over whole into a new transcript, and into a fork without what ties it to one place',
  () => {
    const bytes = bytesOf([PROMPT, ...STATE]);
    const all = typesOf(writeNative({ bytes, nativeId: NEW }).bytes);
    assert.equal(all, ['user', ...STATE.map(({ type }) => type)]);
    const forked = typesOf(writeNative({ bytes, nativeId: NEW, isFork: true }).bytes);
    assert.equal(
      all.filter((type) => !forked.includes(type)),
      ['atis-latch', 'worktree-state', 'bridge-session'],
    );
  },
);

envelope('leaves a call open that was put off, and answers one that was cut off', () => {
  const isOpen = (entrypoint: string, pending: 'repair' | 'keep-deferred') => {
    const bytes = bytesOf([
      { ...PROMPT, entrypoint },
      { ...CALL, entrypoint },
    ]);
    return parseLines(writeNative({ bytes, nativeId: NEW, pending }).bytes).length === 2;
  };
  assert.ok(isOpen('sdk-cli', 'keep-deferred'));
  assert.not(isOpen('cli', 'keep-deferred'));
  assert.not(isOpen('sdk-cli', 'repair'));
  const two = {
    ...CALL.message,
    content: [...CALL.message.content, { ...CALL.message.content[0], id: 'toolu_2' }],
  };
  const batch = [PROMPT, { ...CALL, message: two }].map((one) => ({
    ...one,
    entrypoint: 'sdk-cli',
  }));
  const written = writeNative({ bytes: bytesOf(batch), nativeId: NEW, pending: 'keep-deferred' });
  assert.is(parseLines(written.bytes).length, 4, 'of a batch all are answered');
});

envelope.run();
