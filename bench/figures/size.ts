// What a store takes on disk, in blocks: of long sessions against their transcripts, of snapshots against what `git repack -ad` makes
// of the same objects. `gsess gc` is run with the git program on the PATH and without it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../../src/session/capture.ts';
import { git } from '../../test/support/git-oracle.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { newBenchUser } from '../bench-user.ts';
import { collectStore, copyOfStore } from '../copied-store.ts';
import { builtSession, NATIVE_ID } from '../long-session.ts';
import { projectTree } from '../project-tree.ts';
import { reportFigure } from '../report.ts';
import { ratioRow, valueRow } from '../row.ts';
import { bytesOnDisk } from '../workplace.ts';

const SNAPSHOTS = 500;
const FILES = 10_000;
const MOST = { event: 3, turn: 1 } as const;
const PACKED = { event: 0.85, turn: 0.3 } as const;

/** What it takes after `gsess gc`. */
function collected(store: string, path?: string): number {
  const copy = copyOfStore(store);
  collectStore(copy, path);
  return bytesOnDisk(copy);
}

function repacked(store: string): number {
  const copy = copyOfStore(store);
  git(copy, ['repack', '-adq']);
  return bytesOnDisk(copy);
}

const sizes = (store: string) => ({
  withGit: collected(store),
  withoutGit: collected(store, ''),
  git: repacked(store),
});

/** Kilobytes that a snapshot of two changed files adds. */
async function measureSnapshots(): Promise<ReturnType<typeof sizes>> {
  const { directory, paths } = projectTree(FILES);
  const { surroundings } = newBenchUser('snapshots');
  const settings = { ...surroundings.settings, gcAuto: true };
  const random = seededRandom(7);
  const take = async (number: number): Promise<string> => {
    const { store } = await capture(
      {
        agent: 'claude',
        nativeId: NATIVE_ID,
        kind: 'tool',
        subject: `before Edit ${number}`,
        cwd: directory,
        call: { name: 'Edit', input: { number }, callId: `toolu_${number}` },
      },
      { ...surroundings, settings },
    );
    return store.repository.directory;
  };
  const before = sizes(await take(0));
  let store = '';
  for (let number = 1; number <= SNAPSHOTS; number += 1) {
    for (let file = 0; file < 2; file += 1) {
      const path = join(directory, random.pick(paths));
      const lines = readFileSync(path, 'utf8').split('\n');
      lines[random.below(lines.length)] = `const changed${number} = ${random.below(1e9)};`;
      writeFileSync(path, lines.join('\n'));
    }
    store = await take(number);
  }
  const after = sizes(store);
  const each = (name: keyof typeof after) => (after[name] - before[name]) / SNAPSHOTS / 1024;
  return { withGit: each('withGit'), withoutGit: each('withoutGit'), git: each('git') };
}

await reportFigure('size', async (give) => {
  const figure = 'size';
  for (const pace of ['turn', 'event'] as const) {
    const { store, rawBytes, mostBlocks } = await builtSession(pace);
    const what = pace === 'turn' ? 'a checkpoint a turn' : 'a checkpoint an event';
    const row = (when: string, gsess: number) =>
      ({ figure, what: `${what} / transcript, ${when}`, unit: '×', gsess }) as const;
    give(valueRow(row('at most', mostBlocks), MOST[pace]));
    give(valueRow(row('after gc', collected(store) / rawBytes), PACKED[pace]));
  }
  const { withGit, withoutGit, git: peer } = await measureSnapshots();
  const row = (what: string, gsess: number) => ({ figure, what, unit: 'KB', gsess }) as const;
  give(valueRow(row('a snapshot of 2 files, with git', withGit), 2.2));
  give(valueRow(row('a snapshot of 2 files, without git', withoutGit), 2.2));
  give(ratioRow({ ...row('the same, git repack -ad', withGit), peer }, 1.2));
});
