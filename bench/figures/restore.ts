// Taking a tree of 50,000 files back to a checkpoint, as a library call, while 1, 100 and 10,000 of them differ: the plan, the checkpoint
// that keeps the present, the journal, the writing, the verification and the checkpoint of the result, all durable. The peer keeps
// the present by `git add -A` in its shadow repository and goes back by `git read-tree -m -u`, and syncs nothing. Each has
// a copy of the tree of its own.

import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../../src/session/capture.ts';
import { restoreCheckpoint } from '../../src/session/restore-checkpoint.ts';
import { type BenchUser, newBenchUser } from '../bench-user.ts';
import { type Contestant, interleave } from '../interleave.ts';
import { type ProjectTree, projectTree } from '../project-tree.ts';
import { reportFigure } from '../report.ts';
import { ratioRow } from '../row.ts';
import { shadowGit } from '../shadow-git.ts';
import { keptDirectory } from '../workplace.ts';

const FILES = 50_000;
const CASES = [
  { differing: 1, reach: 0.6 },
  { differing: 100, reach: 0.6 },
  { differing: 10_000, reach: 1.1 },
] as const;

await reportFigure('restore', async (give) => {
  const tree = projectTree(FILES);
  const gsess = await gsessRestore(newBenchUser('restore'), tree);
  const peer = peerRestore(copyOf(tree));
  for (const { differing, reach } of CASES) {
    const took = await interleave({ gsess: gsess(differing), peer: peer(differing) });
    const what = `${differing.toLocaleString('en')} of 50,000 files differ`;
    const [ours, theirs] = [took.gsess.median, took.peer.median];
    give(ratioRow({ figure: 'restore', what, unit: 'ms', gsess: ours, peer: theirs }, reach));
  }
});

/** The same tree in another place, so that neither finds its files written by the other. */
function copyOf({ directory, paths }: ProjectTree): ProjectTree {
  const copy = keptDirectory(`copy-${FILES}`);
  if (!existsSync(join(copy, 'whole'))) {
    cpSync(directory, join(copy, 'tree'), { recursive: true, force: true });
    writeFileSync(join(copy, 'whole'), '');
  }
  return { directory: join(copy, 'tree'), paths };
}

async function gsessRestore({ surroundings }: BenchUser, tree: ProjectTree) {
  const event = {
    agent: 'claude',
    nativeId: '11111111-1111-4111-8111-111111111111',
    kind: 'prompt',
    subject: 'restore this',
    cwd: tree.directory,
  } as const;
  const { store, session, checkpoint: id } = await capture(event, surroundings);
  if (id === undefined) throw new Error('Nothing was captured');
  const checkpoint = store.checkpoint(id);
  const root = tree.directory;
  const request = {
    session,
    checkpoint,
    root,
    files: true,
    conversation: false,
    called: '@1',
    readerOf: () => undefined,
  };
  return (differing: number): Contestant => ({
    prepare: (round) => change(tree, differing, `${differing} in round ${round}`),
    run: () => restoreCheckpoint(store, request, undefined),
  });
}

function peerRestore(tree: ProjectTree) {
  const shadow = shadowGit(tree.directory);
  shadow.snapshot();
  return (differing: number): Contestant => ({
    prepare: (round) => change(tree, differing, `${differing} in round ${round}`),
    run: () => {
      shadow.run(['add', '-A']);
      shadow.run(['read-tree', '-m', '-u', 'HEAD']);
    },
  });
}

/** Adds a line to so many files, spread over the whole tree; the last restore has taken away the line before it. */
function change({ directory, paths }: ProjectTree, count: number, line: string): void {
  for (let index = 0; index < count; index += 1) {
    const path = join(directory, paths[Math.floor((index * paths.length) / count)] ?? '');
    writeFileSync(path, `${readFileSync(path, 'utf8')}${line}\n`);
  }
}
