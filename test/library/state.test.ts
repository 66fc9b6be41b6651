import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assistant, user, withLibrary } from '../support/library-scene.ts';

const state = suite('the state of an embedded session');

const PUT_DOWN = {
  model: 'big',
  provider: 'somebody',
  files: { history: [{ v: 1 }], attributions: ['me'], replacements: [{ of: 'c1' }] },
  collapse: { commits: ['x'], snapshot: { y: 1 } },
  identity: {
    agentName: 'scout',
    agentColor: 'red',
    agentSetting: 'reviewer',
    tag: 'wip',
    mode: 'normal',
  },
  permission: { mode: 'plan', isolationLatch: 'on' },
  workspace: { worktree: { path: 'w' }, pullRequest: { number: 7, url: null, repository: null } },
  bridge: { session: 'b', lastSequence: 3 },
  goal: 'all green',
  mine: { anything: [1, 2] },
};

state(
  'rows 84 to 92, 97, 98, 101, 102, 115: comes back whole, and what gsess knows nothing of too',
  () =>
    withLibrary(async (scene) => {
      const store = await scene.open();
      const session = store.create({ state: PUT_DOWN });
      session.append(user('one'), assistant('1'));
      session.setState({ permission: { mode: 'accept' }, goal: 'half of it' });
      session.append(user('two'));
      await store.close();
      const taken = await store.resume('latest');
      assert.equal(taken?.state, {
        ...PUT_DOWN,
        identity: { ...PUT_DOWN.identity, customTitle: null, aiTitle: null },
        permission: { mode: 'accept', isolationLatch: 'on' },
        goal: 'half of it',
      });
      assert.equal(taken?.putBack, {
        agent: 'reviewer',
        permissionMode: 'accept',
        model: 'big',
        bridge: PUT_DOWN.bridge,
        firstInput: null,
        replacements: [],
      });
      assert.is(taken?.interruption, 'interrupted_prompt');
      assert.is((await store.list())[0]?.live, true);
      await store.close();
    }),
);

state(
  'rows 93, 94, 99: a fork leaves behind what belongs to the old session alone, and for good',
  () =>
    withLibrary(async (scene) => {
      const store = await scene.open();
      store.create({ state: PUT_DOWN }).append(user('one'), assistant('1'));
      await store.close();
      const fork = await store.resume('latest', { fork: true });
      const left = (taken: typeof fork) => [
        taken?.state.workspace.worktree,
        taken?.state.bridge.session,
        taken?.state.permission.isolationLatch,
        taken?.putBack.bridge,
      ];
      assert.equal(left(fork), [null, null, null, null]);
      assert.equal(fork?.putBack.replacements, PUT_DOWN.files.replacements);
      assert.equal(fork?.state.workspace.pullRequest, PUT_DOWN.workspace.pullRequest);
      fork?.recorder.append(user('two'), assistant('2'));
      await store.close();
      const again = await store.resume(fork?.session.id ?? '');
      assert.equal(left(again), [null, null, null, null]);
      assert.equal(again?.state.files.replacements, PUT_DOWN.files.replacements);
      await store.close();
    }),
);

state(
  'rows 77, 95, 96, 97, 100: what the present does not allow is told, and the session goes on',
  () =>
    withLibrary(async (scene) => {
      const store = await scene.open();
      store.create({ state: PUT_DOWN }).append(user('do it'));
      await store.close();
      const taken = await store.resume('latest', {
        present: {
          agents: ['writer'],
          enterMode: () => {
            throw new Error('not now');
          },
          allowsModel: () => false,
          isOutboundOnly: true,
          resumesInterrupted: true,
        },
      });
      assert.equal(taken?.putBack, {
        agent: null,
        permissionMode: null,
        model: null,
        bridge: null,
        firstInput: 'do it',
        replacements: [],
      });
      assert.match(taken?.warnings.join('\n') ?? '', /reviewer[\s\S]*not now[\s\S]*big/);
      await store.close();
    }),
);

state('row 81: takes a session that was looked up already', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    store.create().append(user('one'), assistant('1'));
    await store.close();
    const [found] = await store.list();
    const taken = found && (await store.resume(found));
    assert.is(taken?.session.id, found?.id);
    await store.close();
  }),
);

state.run();
