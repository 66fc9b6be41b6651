// What the first snapshot of a project costs: `gsess connect` as a whole process, its snapshot on disk when it ends, against a shadow
// repository that has seen nothing yet. And how much memory it takes.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchUser, GSESS_PROGRAM, newBenchUser } from '../bench-user.ts';
import { interleave } from '../interleave.ts';
import { type ProjectTree, projectTree } from '../project-tree.ts';
import { reportFigure } from '../report.ts';
import { ratioRow, valueRow } from '../row.ts';
import { type ShadowGit, shadowGit } from '../shadow-git.ts';
import { timeProcess } from '../timed-process.ts';
import { settleDisk } from '../workplace.ts';

const TREES = [
  { files: 10_000, reach: 0.4 },
  { files: 100_000, reach: 0.35 },
] as const;
const PEAK_MB_MAX = 350;

const TELL_PEAK = `process.on('exit', () => {
  const { maxRSS } = process.resourceUsage();
  require('node:fs').writeFileSync(process.env.PEAK_FILE, String(maxRSS));
});
`;

await reportFigure('cold', async (give) => {
  for (const { files, reach } of TREES) {
    const tree = projectTree(files);
    const what = `${files.toLocaleString('en')} files`;
    let user: BenchUser | undefined;
    let shadow: ShadowGit | undefined;
    const settle = () => {
      settleDisk();
      // Nobody looks at that repository again, and git packs a hundred thousand files for minutes.
      shadow?.endPacking();
    };
    const { gsess, peer } = await interleave({
      gsess: {
        prepare: () => {
          user = newBenchUser('cold');
          settle();
        },
        run: () => user && timeProcess(connect(user, tree)),
      },
      peer: {
        prepare: () => {
          settle();
          shadow = shadowGit(tree.directory);
        },
        run: () => shadow?.snapshot(),
      },
    });
    const measured = { figure: 'cold', what, unit: 'ms', gsess: gsess.median } as const;
    give(ratioRow({ ...measured, peer: peer.median }, reach));
    if (files < 100_000) continue;
    const memory = { figure: 'cold', what: `${what}, peak memory`, unit: 'MB' } as const;
    give(valueRow({ ...memory, gsess: peakMb(newBenchUser('cold'), tree) }, PEAK_MB_MAX));
  }
});

function connect(user: BenchUser, { directory }: ProjectTree) {
  return {
    command: process.execPath,
    args: [GSESS_PROGRAM, 'connect', 'claude'],
    cwd: directory,
    env: user.environment,
  };
}

function peakMb(user: BenchUser, tree: ProjectTree): number {
  const [teller, told] = [join(user.home, 'tell-peak.cjs'), join(user.home, 'peak')];
  writeFileSync(teller, TELL_PEAK);
  const run = connect(user, tree);
  const env = { ...run.env, NODE_OPTIONS: `--require=${teller}`, PEAK_FILE: told };
  timeProcess({ ...run, env });
  return Number(readFileSync(told, 'utf8')) / 1024;
}
