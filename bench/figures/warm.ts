// What a snapshot costs in a running process when one file has changed, against a shadow repository that is brought up to date: the file
// edited, added, removed; then edited with its path known, as to one who watches the files.

import { type ChangingTree, changingTree } from '../changing-tree.ts';
import { interleave } from '../interleave.ts';
import { projectTree } from '../project-tree.ts';
import { reportFigure } from '../report.ts';
import { ratioRow } from '../row.ts';
import { sessionSnapshots } from '../session-snapshots.ts';
import { shadowGit } from '../shadow-git.ts';

const KINDS = ['edit', 'add', 'remove', 'known'] as const;
type Kind = (typeof KINDS)[number];

const TREES: readonly { readonly files: number; readonly reach: Partial<Record<Kind, number>> }[] =
  [
    { files: 1000, reach: { edit: 0.5, add: 0.6, remove: 0.6 } },
    { files: 10_000, reach: { edit: 0.5, add: 0.6, remove: 0.6, known: 0.1 } },
    { files: 100_000, reach: { edit: 0.4, add: 0.6, remove: 0.6, known: 0.02 } },
  ];

const CHANGES: Readonly<Record<Kind, string>> = {
  edit: '1 file edited',
  add: '1 file added',
  remove: '1 file removed',
  known: '1 file edited, path known',
};

await reportFigure('warm', async (give) => {
  for (const { files, reach } of TREES) {
    const tree = projectTree(files);
    const changing = changingTree(tree);
    const shadow = shadowGit(tree.directory);
    const snapshot = sessionSnapshots(tree.directory);
    shadow.snapshot();
    await snapshot();
    for (const kind of KINDS) {
      const most = reach[kind];
      if (most === undefined) continue;
      const prepare = (round: number) => change(changing, kind, round);
      const { gsess, peer } = await interleave({
        gsess: { prepare, run: () => snapshot(kind === 'known' ? changing.changed : undefined) },
        peer: { prepare, run: () => shadow.snapshot() },
      });
      const what = `${files.toLocaleString('en')} files, ${CHANGES[kind]}`;
      const measured = { figure: 'warm', what, unit: 'ms', gsess: gsess.median } as const;
      give(ratioRow({ ...measured, peer: peer.median }, most));
    }
  }
});

function change(tree: ChangingTree, kind: Kind, round: number): void {
  if (kind === 'add') tree.add(round);
  else if (kind === 'remove') tree.remove(round);
  else tree.edit(round);
}
