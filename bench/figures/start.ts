// What it costs to start gsess at all, against Node that does nothing.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { GSESS_PROGRAM, newBenchUser } from '../bench-user.ts';
import { interleave } from '../interleave.ts';
import { reportFigure } from '../report.ts';
import { ratioRow } from '../row.ts';
import { timeBareNode, timeProcess } from '../timed-process.ts';

const ROUNDS = 21;

await reportFigure('start', async (give) => {
  const user = newBenchUser('start');
  const project = join(user.home, 'project');
  mkdirSync(project);
  const place = { cwd: project, env: user.environment };
  const gsess = (...words: string[]) => ({
    run: () =>
      timeProcess({ command: process.execPath, args: [GSESS_PROGRAM, ...words], ...place }),
  });
  const { bare, version, list } = await interleave(
    {
      bare: { run: () => timeBareNode(place) },
      version: gsess('--version'),
      list: gsess('list'),
    },
    ROUNDS,
  );
  const against = { figure: 'start', unit: 'ms' as const, peer: bare.median };
  give(ratioRow({ ...against, what: 'gsess --version, bare node', gsess: version.median }, 1.6));
  give(
    ratioRow({ ...against, what: 'gsess list, empty project, bare node', gsess: list.median }, 3),
  );
});
