// What it costs a program to import gsess, and to open a store and list its sessions, against Node that does nothing.

import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newBenchUser } from '../bench-user.ts';
import { interleave } from '../interleave.ts';
import { reportFigure } from '../report.ts';
import { ratioRow } from '../row.ts';
import { timeBareNode, timeProcess } from '../timed-process.ts';

const ROUNDS = 21;
const CHECKOUT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

await reportFigure('library', async (give) => {
  const user = newBenchUser('library');
  const project = join(user.home, 'project');
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  symlinkSync(CHECKOUT, join(project, 'node_modules', 'gsess'));
  const place = { cwd: project, env: user.environment };
  const program = (code: string) => ({
    run: () =>
      timeProcess({
        command: process.execPath,
        args: ['--input-type=module', '-e', `import { openStore } from 'gsess';${code}`],
        ...place,
      }),
  });
  const { bare, imported, listed } = await interleave(
    {
      bare: { run: () => timeBareNode(place) },
      imported: program(''),
      listed: program(
        `const store = await openStore({ directory: '.', agent: 'bench' }); await store.list();`,
      ),
    },
    ROUNDS,
  );
  const against = { figure: 'library', unit: 'ms' as const, peer: bare.median };
  give(ratioRow({ ...against, what: 'import gsess, bare node', gsess: imported.median }, 2));
  give(ratioRow({ ...against, what: 'open and list, bare node', gsess: listed.median }, 4));
});
