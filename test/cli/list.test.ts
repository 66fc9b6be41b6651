import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { git } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { FIRST_NATIVE_ID, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const OTHER = '22222222-2222-4222-8222-222222222222';
const list = suite('gsess list');

list('gives each session in the shape that is promised, newest first', () =>
  withTemporaryDirectory(async (directory) => {
    const first = await startSession(directory);
    await first.prompt('one');
    const second = await startSession(directory, {
      nativeId: OTHER,
      surroundings: first.surroundings,
    });
    await second.prompt('two');
    await second.turn('done');
    const gsess = commandRunner(first);
    const sessions = (await gsess.json(['list'])) as Record<string, unknown>[];
    assert.equal(sessions[0], {
      id: OTHER,
      name: null,
      title: 'two',
      agent: 'claude',
      branch: null,
      updatedAt: second.log()[0]!.lastActivityAt,
      turns: 1,
      checkpoints: 2,
      root: first.project,
      live: false,
    });
    assert.is(sessions[1]?.['id'], FIRST_NATIVE_ID);
    assert.is(((await gsess.json(['list', '-n', '1'])) as unknown[]).length, 1);
  }),
);

list('shows the branch that a session was on, not the one that is checked out now', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    git(driver.project, ['init', '-q', '--initial-branch=flags']);
    await driver.prompt('one');
    git(driver.project, ['symbolic-ref', 'HEAD', 'refs/heads/other']);
    const gsess = commandRunner(driver);
    const [session] = (await gsess.json(['list'])) as Record<string, unknown>[];
    assert.is(session?.['branch'], 'flags');
    assert.match((await gsess(['list'])).stdout, /BRANCH +ID\n.* flags +11111111\n/);
  }),
);

list('marks a session whose agent is running, and numbers them as they can be named', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('a very long prompt that does not fit into a narrow terminal at all');
    driver.store.leases.hold(driver.session, driver.surroundings.processes.self);
    const gsess = commandRunner(driver);
    const lines = (await gsess(['list'])).stdout.split('\n');
    assert.match(lines[0] ?? '', /^# +SESSION +TURNS +UPDATED +AGENT +ID$/);
    assert.match(
      lines[1] ?? '',
      /^1 +\* +a very long .* at all +1 +\d+ \w+ ago +claude +11111111$/,
    );
    const narrow = (await gsess(['list'], { terminal: 60 })).stdout;
    assert.match(narrow, /a very l[^\n]*…/);
    assert.ok(narrow.includes('\u001b[32m*'), 'in colour');
  }),
);

list(
  'shows the sessions that can be read where the branch of another is damaged, and tells of that',
  () =>
    withTemporaryDirectory(async (directory) => {
      const sound = await startSession(directory);
      await sound.prompt('sound');
      const torn = await startSession(directory, {
        nativeId: OTHER,
        surroundings: sound.surroundings,
      });
      await torn.prompt('torn');
      truncateSync(join(sound.store.repository.directory, 'refs/heads', OTHER));
      const gsess = commandRunner(sound);
      const { stdout, stderr, status } = await gsess(['list']);
      assert.is(status, 0);
      assert.match(stdout, /sound/);
      assert.not.match(stdout, /torn/);
      assert.match(stderr, new RegExp(`refs/heads/${OTHER}' cannot be read`));
      await sound.turn('goes on');
      // An empty branch is damage, not a beginning: no history without a past is made of it.
      try {
        await torn.turn('must not begin anew');
        assert.unreachable();
      } catch (error) {
        assert.is((error as { code?: string }).code, 'ref-damaged');
      }
    }),
);

list.run();
