import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claude } from '../../src/agents/claude/claude.ts';
import { encodeCommit } from '../../src/git/commit.ts';
import { parseObjectId } from '../../src/git/object-id.ts';
import { rawName } from '../../src/git/raw-path.ts';
import { encodeTree } from '../../src/git/tree.ts';
import { checkpointCommit } from '../../src/session/checkpoint.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { operationsRef } from '../../src/session/operation-log.ts';
import { encodeSessionRecord } from '../../src/session/session-record.ts';
import { createTag } from '../../src/session/tag.ts';
import { verifyOperations } from '../../src/session/verify-operations.ts';
import { verifySessions } from '../../src/session/verify-sessions.ts';
import { git, gitText } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { takeBack } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

/** A session of two turns with a subagent whose own transcript grows in both. */
async function withSubagent(directory: string): Promise<SessionDriver> {
  const driver = await startSession(directory);
  const beside = `${driver.transcriptPath.replace(/\.jsonl$/, '')}/subagents/agent-1.jsonl`;
  mkdirSync(dirname(beside), { recursive: true });
  for (const turn of ['one', 'two']) {
    await driver.prompt(turn);
    appendFileSync(beside, `{"type":"user","isSidechain":true,"turn":"${turn}"}\n`);
    await driver.turn(turn);
  }
  return driver;
}

const verify = suite('verification of sessions');

verify('finds nothing in a sound store, with a tag, a fork and a subagent', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await withSubagent(directory);
    const { store, session, project: root } = driver;
    const end = driver.log().find(({ turn, kind }) => turn === 1 && kind === 'turn')!;
    await createTag(store, { name: 'x', checkpoint: end.id, session, root });
    const fork = await forkSession(store, {
      checkpoint: end,
      session,
      here: root,
      readerOf: () => claude.format.read,
    });
    assert.equal(verifySessions(driver.store), []);
    const { transcripts } = store.record(store.checkpoint(fork.checkpoint));
    const { files } = transcripts[driver.nativeId]!;
    assert.is(files['subagents/agent-1.jsonl']?.segments, 1, 'as far as turn 1');
    const value = (await commandRunner(driver).json(['verify'])) as Record<string, unknown>;
    assert.equal([value['ok'], value['problems']], [true, []]);
    assertStoreIsSound(store);
  }),
);

verify(
  'tells a branch that is none, a record of another session, a transcript too short, a tag of nothing',
  () =>
    withTemporaryDirectory(async (directory) => {
      const driver = await withSubagent(directory);
      const { store, session } = driver;
      const at = store.repository.directory;
      const tip = store.checkpoint(store.tip(session)!);
      const other = '33333333-3333-4333-8333-333333333333';
      const tree = gitText(at, ['rev-parse', `${tip.id}^{tree}`]);
      const foreign = gitText(at, ['commit-tree', tree, '-m', 'by hand']);
      git(at, ['update-ref', 'refs/heads/by-hand', foreign]);
      git(at, ['update-ref', `refs/heads/${other}`, tip.id]);
      git(at, ['tag', 'nothing', foreign]);
      const record = store.record(tip);
      const stored = record.transcripts[driver.nativeId]!;
      const transcripts = { [driver.nativeId]: { ...stored, bytes: stored.bytes + 1 } };
      const batch = store.batch();
      const json = batch.put('blob', encodeSessionRecord({ ...record, transcripts }));
      const kept = store.objects.readTree(tip.tree).filter(({ name }) => name !== 'session.json');
      const wrong = batch.put(
        'tree',
        encodeTree([
          ...(kept as Parameters<typeof encodeTree>[0]),
          { name: rawName('session.json'), mode: '100644', id: json },
        ]),
      );
      const facts = { kind: 'manual', subject: 'wrong', turn: 2, files: 'whole' } as const;
      const place = { tree: wrong, parents: [tip.id], at: 1 };
      const commit = batch.put('commit', encodeCommit(checkpointCommit(facts, record, place)));
      batch.flush();
      git(at, ['update-ref', `refs/heads/${session}`, commit]);
      const problems = verifySessions(driver.store);
      assert.equal(
        problems.map(({ kind, ref, object }) => [kind, ref, object]).sort(),
        [
          ['session-damaged', `refs/heads/${other}`, tip.id],
          ['session-damaged', 'refs/heads/by-hand', parseObjectId(foreign)],
          ['tag-damaged', 'refs/tags/nothing', parseObjectId(foreign)],
          ['transcript-damaged', `refs/heads/${session}`, commit],
        ].sort(),
      );
      const outcome = await commandRunner(driver)(['verify']);
      assert.is(outcome.status, 1);
      assert.match(
        outcome.stdout,
        /^transcript-damaged refs\/heads\/1{8}.* bytes in \d segments where/m,
      );
      assert.match(outcome.stdout, /: damaged$/m);
    }),
);

verify('tells a record that cannot be read', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await withSubagent(directory);
    const { store, session } = driver;
    const at = store.repository.directory;
    const tip = store.checkpoint(store.tip(session)!);
    const empty = git(at, ['mktree']).toString().trim();
    const message = gitText(at, ['log', '-1', '--format=%B', tip.id]);
    const commit = gitText(at, ['commit-tree', empty, '-m', message]);
    git(at, ['update-ref', `refs/heads/${session}`, commit]);
    const [problem] = verifySessions(driver.store);
    assert.is(problem?.kind, 'session-damaged');
    assert.match(problem?.message ?? '', /has no session\.json/);
  }),
);

verify('tells an operation that names others which are not in its log', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await withSubagent(directory);
    const { store, session, project: root } = driver;
    const checkpoint = store.tipOf(session).id;
    for (const name of ['one', 'two']) await createTag(store, { name, checkpoint, session, root });
    for (const direction of ['undo', 'undo', 'redo', 'undo'] as const) {
      await takeBack(driver, direction);
    }
    assert.equal(verifyOperations(store), []);
    const at = store.repository.directory;
    const ref = operationsRef(root);
    const operation = JSON.parse(gitText(at, ['cat-file', 'blob', `${ref}:operation.json`]));
    const forged = JSON.stringify({ ...operation, undoBelow: checkpoint });
    const blob = gitText(at, ['hash-object', '-w', '--stdin'], { input: forged });
    const tree = gitText(at, ['mktree'], { input: `100644 blob ${blob}\toperation.json\n` });
    const message = gitText(at, ['log', '-1', '--format=%B', ref]);
    const object = gitText(at, ['commit-tree', tree, '-p', ref, '-m', message]);
    git(at, ['update-ref', ref, object]);
    const text = `its 'undoBelow' names '${checkpoint}', which is no older entry of the log`;
    const expected = { kind: 'operation-damaged', ref, object, message: text };
    assert.equal(verifyOperations(driver.store), [expected]);
    const { status, stdout } = await commandRunner(driver)(['verify']);
    assert.is(status, 1);
    assert.match(stdout, /^operation-damaged refs\/gsess\/ops\/\S+ \S+ its 'undoBelow' names/m);
  }),
);

verify.run();
