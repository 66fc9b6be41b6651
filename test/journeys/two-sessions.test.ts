import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import { gitText } from '../support/git-oracle.ts';
import { withHookAgent } from '../support/hook-agent.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { checkpointsOf, onlyStoreOf } from '../support/user-store.ts';

const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';

/** Verbs that change something, each without a reference to a session. */
const CHANGING = [
  ['tag', 'good'],
  ['restore', '@1', '--yes'],
  ['restore', '@1', '--conversation', '--yes'],
  ['fork', '--name', 'other'],
];

interface Told {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}

function refsOf(user: SealedUser): string {
  return gitText(onlyStoreOf(user), ['for-each-ref', '--format=%(refname) %(objectname)']);
}

/** Two agents at work in one directory, turn about. */
function withTwoAgents(use: (user: SealedUser) => void | Promise<void>): Promise<void> {
  return withSealedUser((user) =>
    withHookAgent(user, { nativeId: FIRST }, (first) =>
      withHookAgent(user, { nativeId: SECOND }, async (second) => {
        const write = (name: string, text: string) => () =>
          writeFileSync(join(user.project, name), text);
        await first.prompt('one of the first');
        await second.prompt('one of the second');
        await first.call('Write', { file_path: 'a.txt' }, write('a.txt', 'by the first\n'));
        await second.call('Write', { file_path: 'b.txt' }, write('b.txt', 'by the second\n'));
        await second.say('second done');
        await first.say('first done');
        await use(user);
      }),
    ),
  );
}

const two = suite('two sessions in one project at once');

two('are kept apart, each with its own conversation', () =>
  withTwoAgents((user) => {
    const store = onlyStoreOf(user);
    for (const [session, word] of [
      [FIRST, 'first'],
      [SECOND, 'second'],
    ] as const) {
      const subjects = checkpointsOf(store, session).map(({ subject }) => subject);
      assert.is(subjects[0], `turn 1: ${word} done`);
      assert.is(subjects.at(-1), `prompt 1: one of the ${word}`);
      const names = gitText(store, ['ls-tree', '--name-only', `${session}:transcript`]);
      assert.is(names, session);
    }
    assertStoreIsTidy(store);
  }),
);

two('make a verb that changes something ask which is meant, and change nothing', () =>
  withTwoAgents((user) => {
    const refs = refsOf(user);
    const files = manifestOf(user.project, { times: true });
    for (const verb of CHANGING) {
      const { status, stdout } = user.run([...verb, '--json']);
      assert.is(status, 2, `${verb.join(' ')}: ${stdout}`);
      const { error } = JSON.parse(stdout) as Told;
      assert.is(error.code, 'ambiguous');
      const plain = user.run(verb);
      assert.is(plain.status, 2);
      for (const session of [FIRST, SECOND]) {
        assert.ok(plain.stderr.includes(session.slice(0, 8)), `${verb.join(' ')}: ${plain.stderr}`);
      }
    }
    assert.is(refsOf(user), refs);
    assert.equal(differences(files, manifestOf(user.project, { times: true })), []);
  }),
);

two('are told apart by --session, by the environment, and by the end of one of them', () =>
  withSealedUser((user) =>
    withHookAgent(user, { nativeId: FIRST }, async (first) => {
      await withHookAgent(user, { nativeId: SECOND }, async (second) => {
        await first.prompt('the first');
        await second.prompt('the second');
        user.json(['--session', SECOND, 'tag', 'by-flag']);
        user.json(['tag', 'by-variable'], { environment: { GSESS_SESSION: SECOND } });
        const inside = { environment: { CLAUDE_CODE_SESSION_ID: FIRST } };
        user.json(['tag', 'by-agent'], inside);
        await second.end();
      });
      user.json(['tag', 'by-end']);
      const store = onlyStoreOf(user);
      const of = (tag: string) => gitText(store, ['log', '-1', '--format=%s', `refs/tags/${tag}`]);
      assert.equal(['by-flag', 'by-variable', 'by-agent', 'by-end'].map(of), [
        'prompt 1: the second',
        'prompt 1: the second',
        'prompt 1: the first',
        'prompt 1: the first',
      ]);
    }),
  ),
);

two.run();
