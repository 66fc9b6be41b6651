import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, type Manifest, manifestOf } from '../support/disk-manifest.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';
import { type HookAgent, withHookAgent } from '../support/hook-agent.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { checkpointsOf, failuresOf, onlyStoreOf } from '../support/user-store.ts';

const SESSION = '11111111-1111-4111-8111-111111111111';
const SESSION_REF = `refs/heads/${SESSION}`;
const OTHER = '22222222-2222-4222-8222-222222222222';

/** What users and their habits do to a repository. */
const UPKEEP = [
  ['gc', '--quiet', '--prune=now'],
  ['repack', '-q', '-a', '-d', '-f'],
  ['pack-refs', '--all'],
];

interface Listed {
  readonly id: string;
  readonly turns: number;
}

interface Logged {
  readonly id: string;
  readonly kind: string;
  readonly turn: number;
}

function setFiles(user: SealedUser, turn: number): void {
  mkdirSync(join(user.project, 'src'), { recursive: true });
  writeFileSync(join(user.project, 'src', 'always.txt'), `turn ${turn}\n`);
  writeFileSync(join(user.project, `turn-${turn}.txt`), 'new\n');
  if (turn > 1) rmSync(join(user.project, `turn-${turn - 1}.txt`));
}

/** One turn, and the files as they were at its end. */
async function playTurn(user: SealedUser, agent: HookAgent, turn: number): Promise<Manifest> {
  await agent.turn(`do part ${turn}`, () => setFiles(user, turn));
  return manifestOf(user.project);
}

/** Everything still works: looking, going back, going on. */
async function assertAllWorks(
  user: SealedUser,
  { agent, first, turn }: { agent: HookAgent; first: Manifest; turn: number },
): Promise<void> {
  const list = user.json(['list']) as Listed[];
  assert.equal(
    list.map(({ id, turns }) => [id, turns]),
    [[SESSION, turn - 1]],
  );
  const kinds = (user.json(['log']) as Logged[]).map((one) => `${one.kind} ${one.turn}`);
  for (let number = 1; number < turn; number += 1) assert.ok(kinds.includes(`turn ${number}`));
  const present = manifestOf(user.project);
  user.json(['restore', '@1', '--files', '--yes']);
  assert.equal(differences(first, manifestOf(user.project)), []);
  user.json(['undo']);
  assert.equal(differences(present, manifestOf(user.project)), []);
  setFiles(user, turn);
  await agent.prompt(`do part ${turn}`);
  await agent.say(`part ${turn} done`);
  assert.equal(failuresOf(user), []);
  assertStoreIsTidy(onlyStoreOf(user));
}

const stock = suite('stock git on the store');

stock('tells the conversation and the files, and checks them out elsewhere', () =>
  withSealedUser((user) =>
    withHookAgent(user, { nativeId: SESSION }, async (agent) => {
      const first = await playTurn(user, agent, 1);
      await playTurn(user, agent, 2);
      const store = onlyStoreOf(user);
      assert.equal(gitText(store, ['log', '--format=%an: %s', SESSION]).split('\n').reverse(), [
        'claude: prompt 1: do part 1',
        'claude: before Bash make',
        'claude: after Bash make',
        'claude: turn 1: do part 1: done',
        'claude: prompt 2: do part 2',
        'claude: before Bash make',
        'claude: after Bash make',
        'claude: turn 2: do part 2: done',
      ]);
      assert.is(gitText(store, ['symbolic-ref', 'HEAD']), `refs/heads/${SESSION}`);
      const [last, , , , firstTurn] = checkpointsOf(store, SESSION);
      const changed = ['diff', '--name-status', '--no-renames'];
      assert.equal(
        gitText(store, [...changed, `${firstTurn?.commit}:files`, `${last?.commit}:files`]),
        'M\tsrc/always.txt\nD\tturn-1.txt\nA\tturn-2.txt',
      );
      const elsewhere = join(user.directory, 'elsewhere');
      git(store, ['worktree', 'add', '-q', '--detach', elsewhere, firstTurn?.commit ?? '']);
      assert.equal(differences(first, manifestOf(join(elsewhere, 'files'))), []);
      await assertAllWorks(user, { agent, first, turn: 3 });
    }),
  ),
);

stock('may be tidied between any two verbs', () =>
  withSealedUser((user) =>
    withHookAgent(user, { nativeId: SESSION }, async (agent) => {
      const first = await playTurn(user, agent, 1);
      await playTurn(user, agent, 2);
      const store = onlyStoreOf(user);
      for (const [index, args] of UPKEEP.entries()) {
        git(store, args);
        await assertAllWorks(user, { agent, first, turn: index + 3 });
      }
      const clone = join(user.directory, 'clone.git');
      git(user.directory, ['clone', '-q', '--mirror', store, clone]);
      assertFsckClean(clone);
      const tip = (directory: string) => gitText(directory, ['rev-parse', SESSION]);
      assert.is(tip(clone), tip(store));
    }),
  ),
);

// What the cache of stats names must never be an object that is gone.
for (const [how, remove] of [
  ['gsess', (user: SealedUser) => user.json(['delete', SESSION, '--yes'])],
  ['git', (user: SealedUser) => git(onlyStoreOf(user), ['update-ref', '-d', SESSION_REF])],
] as const) {
  stock(
    `may prune what a session held that was deleted by ${how}, before the next is captured`,
    () =>
      withSealedUser(async (user) => {
        await withHookAgent(user, { nativeId: SESSION }, async (agent) => {
          await playTurn(user, agent, 1);
          await agent.end();
        });
        const store = onlyStoreOf(user);
        assert.ok(existsSync(join(store, 'gsess', 'cache')));
        remove(user);
        git(store, ['gc', '--quiet', '--prune=now']);
        await withHookAgent(user, { nativeId: OTHER }, async (agent) => {
          await agent.turn('go on', () => writeFileSync(join(user.project, 'more.txt'), 'more\n'));
        });
        assert.equal(failuresOf(user), []);
        assertFsckClean(store);
        const held = gitText(store, ['show', `${OTHER}:files/src/always.txt`]);
        assert.is(`${held}\n`, readFileSync(join(user.project, 'src', 'always.txt'), 'utf8'));
      }),
  );
}

stock.run();
