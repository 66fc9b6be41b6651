// The flags, edge cases and inputs that the page on resuming in Claude Code lists, typed to gsess, and given to its library.

import { copyFileSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { assistant, user, withLibrary } from '../support/library-scene.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { assertGoOnWith, type Json, NEWER, OLDER, withSeedScene } from '../support/seed-scene.ts';
import { parseLines } from '../support/transcript-fixture.ts';

const claude = suite('the examples of Claude Code');

const NEW = '99999999-9999-4999-8999-999999999999';
const recordsOf = (path: unknown) => parseLines(readFileSync(String(path)));

claude('--continue and --resume take the latest, or what is named', () =>
  withSeedScene(async (scene) => {
    const url = 'https://git.example/o/r/pull/7';
    scene.older.append({ type: 'pr-link', prNumber: 7, prUrl: url, prRepository: 'o/r' });
    await scene.older.event({ subject: 'end', final: true });
    await assertGoOnWith(scene, NEWER, ['--continue', '-c', '--resume', '-r', `--resume ${NEWER}`]);
    await assertGoOnWith(scene, OLDER, [`-r ${OLDER}`, '--from-pr 7', `--from-pr ${url}`]);
  }),
);

claude('--fork-session and --session-id begin a session of their own', () =>
  withSeedScene(async ({ run, driver }) => {
    const tip = driver.store.tip(driver.session);
    const words = `--resume ${NEWER} --fork-session`.split(' ');
    assert.is.not(((await run.json(words)) as Json)['session'], NEWER);
    const chosen = (await run.json([...words, '--session-id', NEW])) as Json;
    assert.equal([chosen['session'], chosen['nativeId']], [NEW, NEW]);
    assert.is(driver.store.tip(driver.session), tip);
  }),
);

claude('--resume-session-at ends with an answer, --rewind-files goes back to a prompt', () =>
  withSeedScene(async ({ run, driver, content }) => {
    const records = recordsOf(driver.transcriptPath);
    const answer = records.findIndex(({ message }) => JSON.stringify(message).includes('written'));
    const prompts = records.filter(({ promptId }) => promptId !== undefined);
    const before = String(prompts[1]?.['uuid']);
    assert.is((await run(['--resume', NEWER, '--rewind-files', before])).status, 0);
    assert.is(content('a.txt'), 'one\n');
    const at = String(records[answer]?.['uuid']);
    const cut = (await run.json(['--resume', NEWER, '--resume-session-at', at])) as Json;
    assert.is(recordsOf(cut['written']).length, answer + 1);
    const left = (await run.json(['rewind', before, '--dry-run'])) as Json;
    assert.equal(left['write'], [], 'what went back is found by what it left behind');
    const last = String(records.at(-1)?.['uuid']);
    assert.is((await run(['rewind', last, '--yes'])).status, 0);
    assert.is(content('a.txt'), 'two\n');
  }),
);

claude('what does not go together is refused', () =>
  withSeedScene(async ({ line }) => {
    for (const [given, message] of [
      ['--resume-session-at x', '--resume-session-at requires --resume'],
      ['--rewind-files x', '--rewind-files requires --resume'],
      [`-r ${NEWER} --rewind-files x go on`, '--rewind-files stands alone and takes no prompt'],
      [`-r ${NEWER} --session-id ${NEW}`, 'requires --fork-session'],
    ] as const) {
      const { status, stderr } = await line(given);
      assert.is(status, 2, given);
      assert.match(stderr, message);
    }
  }),
);

claude('--no-session-persistence writes nothing that could be resumed', () =>
  withSealedUser((user) => {
    const { stdout, stderr } = user.run([
      '--no-session-persistence',
      '--',
      'printenv',
      'GSESS_DISABLE',
    ]);
    assert.is(stdout, '1\n');
    assert.match(stderr, 'Nothing of this run was recorded');
    assert.equal(readdirSync(user.data), []);
  }),
);

claude('the state beside the conversation comes back in its families, and a fork leaves ties', () =>
  withSeedScene(async ({ run, driver }) => {
    const worktreeSession = { worktreeName: 'x', worktreePath: '/w/x' };
    driver.append({ type: 'worktree-state', worktreeSession });
    driver.append({ type: 'bridge-session', bridgeSessionId: 'remote', lastSequenceNum: 7 });
    driver.append({ type: 'custom-title', customTitle: 'the flag' });
    driver.append({ type: 'permission-mode', permissionMode: 'plan' });
    await driver.event({ subject: 'end', final: true });
    const stateOf = async (...words: string[]) =>
      ((await run.json(['resume', NEWER, ...words])) as { state: Record<string, Json> }).state;
    const state = await stateOf('--permission-mode', 'default');
    for (const family of ['conversation', 'files', 'collapse', 'identity', 'permission']) {
      assert.ok(family in state, family);
    }
    assert.equal(state['workspace']?.['worktree'], worktreeSession);
    assert.equal(state['bridge'], { session: 'remote', lastSequence: 7 });
    assert.is(state['identity']?.['customTitle'], 'the flag');
    const { stderr } = await run(['resume', NEWER, '--permission-mode', 'default']);
    assert.match(stderr, "Its permission mode was 'plan'; it goes on in 'default'");
    const forked = await stateOf('--fork');
    assert.equal([forked['workspace']?.['worktree'], forked['bridge']], [null, null]);
  }),
);

claude('a session is found by nothing, a file, a word, or itself', async () => {
  await withSeedScene(async ({ run, driver, directory }) => {
    assert.is(((await run.json(['resume'])) as Json)['session'], NEWER);
    const file = join(directory, `${NEW}.jsonl`);
    copyFileSync(driver.transcriptPath, file);
    assert.is(((await run.json(['resume', '--file', file])) as Json)['session'], NEW);
  });
  await withLibrary(async (scene) => {
    const store = await scene.open();
    store.create({ name: 'flags' }).append(user('one'), assistant('1'));
    await store.close();
    const found = await store.resolve('flags');
    assert.ok(found !== null);
    const resumed = await store.resume(found);
    assert.equal([resumed?.session.id, resumed?.messages.length], [found.id, 2]);
    await store.close();
  });
});

claude('what cannot be loaded is told, and what is not there is null', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create();
    session.append(user('one'), assistant('1'));
    await store.close();
    assert.is(await store.resume('nobody'), null);
    const packs = join(store.repository ?? '', 'objects', 'pack');
    renameSync(packs, `${packs}-away`);
    const again = await scene.open();
    assert.equal(await again.list(), []);
    assert.match(scene.warnings.join(), `'refs/heads/${session.id}' cannot be read`);
    const failed = await again.resume(session.id).catch((error: unknown) => error);
    assert.instance(failed, GsessError);
    assert.is((failed as GsessError).code, 'ref-damaged');
    await again.close();
    renameSync(`${packs}-away`, packs);
  }),
);

claude.run();
