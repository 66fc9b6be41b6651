// How cost grows with size: a snapshot of one edit, in a running process, from 10,000 to 100,000 files.

import { changingTree } from '../changing-tree.ts';
import { interleave } from '../interleave.ts';
import { projectTree } from '../project-tree.ts';
import { reportFigure } from '../report.ts';
import { ratioRow } from '../row.ts';
import { sessionSnapshots } from '../session-snapshots.ts';

const SMALL = 10_000;
const LARGE = 100_000;

await reportFigure('scale-warm', async (give) => {
  const contestant = (files: number) => {
    const tree = projectTree(files);
    const changing = changingTree(tree);
    const snapshot = sessionSnapshots(tree.directory);
    return { prepare: (round: number) => changing.edit(round), run: () => snapshot(undefined) };
  };
  const { small, large } = await interleave({ small: contestant(SMALL), large: contestant(LARGE) });
  give(
    ratioRow(
      {
        figure: 'scale',
        what: '1 file edited, 100,000 files, ten times 10,000',
        unit: 'ms',
        gsess: large.median,
        peer: (LARGE / SMALL) * small.median,
      },
      1,
    ),
  );
});
