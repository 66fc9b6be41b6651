import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  bridgePolicy,
  type Present,
  resolveAgent,
  restoreState,
  stripForFork,
  transitionPermission,
} from '../../src/session/restore-state.ts';
import type { SessionId } from '../../src/session/session-id.ts';
import { readSessionState, type SessionState } from '../../src/session/session-state.ts';
import { EMPTY_ENVELOPE } from '../../src/transcript/empty-envelope.ts';
import { readerOf, withThreeTurns } from '../support/session-verbs.ts';

const restoring = suite('the state of a session');

const SAVED: SessionState = {
  ...EMPTY_ENVELOPE,
  files: { history: [1], attributions: [2], replacements: [3] },
  identity: { ...EMPTY_ENVELOPE.identity, agentSetting: 'reviewer', customTitle: 'auth' },
  permission: { mode: 'acceptEdits', isolationLatch: 'on' },
  workspace: {
    worktree: { worktreeName: 'x' },
    pullRequest: { number: 12, url: null, repository: null },
  },
  bridge: { session: 'remote', lastSequence: 7 },
  goal: 'all tests pass',
  conversation: {
    session: '11111111-1111-4111-8111-111111111111' as SessionId,
    nativeId: 'n',
    path: '/t.jsonl',
    messages: [],
    interruption: { kind: 'interrupted_prompt', prompt: 'fix it', messageId: 'p1' },
    deferredCall: null,
  },
  model: 'm',
  provider: 'p',
};

restoring('is put back as it is where the session itself goes on', () => {
  const restored = restoreState(SAVED, {}, { isFork: false });
  assert.is(restored.state, SAVED);
  assert.equal(
    { ...restored, state: undefined },
    {
      state: undefined,
      replacements: [],
      firstInput: null,
      agent: 'reviewer',
      permissionMode: 'acceptEdits',
      model: 'm',
      bridge: SAVED.bridge,
      warnings: [],
    },
  );
});

restoring(
  'goes into a fork without worktree, bridge and isolation, and its replacements apart',
  () => {
    const { state, replacements, bridge } = restoreState(SAVED, {}, { isFork: true });
    assert.equal(state, stripForFork(SAVED));
    assert.equal(state.workspace, { ...SAVED.workspace, worktree: null });
    assert.equal(state.bridge, { session: null, lastSequence: null });
    assert.equal(state.permission, { mode: 'acceptEdits', isolationLatch: null });
    assert.equal(state.files, { ...SAVED.files, replacements: [] });
    assert.equal([replacements, bridge], [[3], null]);
    assert.equal([state.identity, state.goal], [SAVED.identity, SAVED.goal]);
    assert.is(SAVED.workspace.worktree === null, false, 'what was saved is untouched');
  },
);

const AGENTS: readonly (readonly [string, string | null, Present, string | null, RegExp?])[] = [
  ['none was saved', null, { agents: ['a'] }, null],
  ['it is there', 'reviewer', { agents: ['reviewer'] }, 'reviewer'],
  ['nobody knows which there are', 'reviewer', {}, 'reviewer'],
  ['it is gone', 'reviewer', { agents: ['other'] }, null, /'reviewer' is not there any more/],
  ['another was asked for', 'reviewer', { agent: 'other', agents: [] }, 'other'],
];

for (const [title, saved, present, value, warning] of AGENTS) {
  restoring(`takes the agent definition: ${title}`, () => {
    const resolved = resolveAgent(saved, present);
    assert.is(resolved.value, value);
    assert.match(resolved.warning ?? '', warning ?? /^$/);
  });
}

const fails = () => {
  throw new Error('the policy cannot be read');
};
const MODES: readonly (readonly [string, string | null, Present, string | null, RegExp?])[] = [
  ['none was saved', null, {}, null],
  ['none was saved and one was asked for', null, { permissionMode: 'plan' }, 'plan'],
  ['the saved one', 'acceptEdits', {}, 'acceptEdits'],
  ['the same was asked for', 'plan', { permissionMode: 'plan', droppedModes: ['plan'] }, 'plan'],
  [
    'another was asked for',
    'acceptEdits',
    { permissionMode: 'default' },
    'default',
    /was 'acceptEdits'; it goes on in 'default'/,
  ],
  [
    'one that is never put back',
    'bypassPermissions',
    { droppedModes: ['bypassPermissions'] },
    null,
    /never put back/,
  ],
  ['one that is not allowed', 'auto', { enterMode: () => false }, null, /not allowed here/],
  ['one that is allowed', 'auto', { enterMode: () => true }, 'auto'],
  [
    'the transition fails',
    'auto',
    { enterMode: fails },
    null,
    /the policy cannot be read.*goes on in the usual one/,
  ],
];

for (const [title, saved, present, value, warning] of MODES) {
  restoring(`goes over to a permission mode: ${title}`, () => {
    const resolved = transitionPermission(saved, present);
    assert.is(resolved.value, value);
    assert.match(resolved.warning ?? '', warning ?? /^$/);
  });
}

restoring('puts the model back where it may be used', () => {
  const modelOf = (present: Present) => {
    const { model, warnings } = restoreState(SAVED, present, { isFork: false });
    return [model, warnings.length];
  };
  assert.equal(modelOf({}), ['m', 0]);
  assert.equal(modelOf({ model: 'other' }), ['other', 0]);
  assert.equal(modelOf({ allowsModel: () => false }), [null, 1]);
});

restoring(
  'goes on with the bridge only in the same session, and where something may come in',
  () => {
    const { bridge } = SAVED;
    assert.is(bridgePolicy(bridge, { isFork: false }), bridge);
    assert.is(bridgePolicy(bridge, { isFork: true }), null);
    assert.is(bridgePolicy(bridge, { isFork: false, isOutboundOnly: true }), null);
    assert.is(bridgePolicy(EMPTY_ENVELOPE.bridge, { isFork: false }), null);
  },
);

restoring(
  'says an unanswered prompt again where that is asked for and nothing else is said',
  () => {
    const first = (present: Present, saved = SAVED) =>
      restoreState(saved, present, { isFork: false }).firstInput;
    assert.is(first({ resumesInterrupted: true }), 'fix it');
    assert.is(first({}), null);
    assert.is(first({ resumesInterrupted: true, prompt: 'something else' }), 'something else');
    const conversation = {
      ...SAVED.conversation,
      interruption: { kind: 'stopped_by_user' } as const,
    };
    assert.is(first({ resumesInterrupted: true }, { ...SAVED, conversation }), null);
  },
);

restoring('is read from record and transcript, and is null where there is no session', () =>
  withThreeTurns(async (driver) => {
    const { store, session } = driver;
    const state = readSessionState(store, session, readerOf);
    assert.is(state?.conversation.session, session);
    assert.is(state?.conversation.nativeId, driver.nativeId);
    assert.is(state?.conversation.path, driver.transcriptPath);
    assert.ok((state?.conversation.messages.length ?? 0) > 3);
    const nobody = '99999999-9999-4999-8999-999999999999' as SessionId;
    assert.is(readSessionState(store, nobody, readerOf), null);
    const unread = readSessionState(store, session, () => undefined);
    assert.equal(unread?.conversation.interruption, { kind: 'none' });
  }),
);

restoring.run();
