// Runs the figures named on the command line, all of them without a name, and prints each row with what it must reach. Every figure is
// a process of its own, so that none inherits another's heap. The rows go into bench/results.json, in place of older ones of the
// same figure. `clean` removes the trees and stores that the runs left; the runs themselves delete nothing, since a file system is slow
// for minutes after a big deletion.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machineText } from './machine.ts';
import { removeWorkplace, WORKPLACE, workplaceText } from './workplace.ts';

const FIGURES = fileURLToPath(new URL('figures/', import.meta.url));

const known = readdirSync(FIGURES)
  .filter((name) => name.endsWith('.js'))
  .map((name) => basename(name, '.js'))
  .sort();

function main(asked: readonly string[]): number {
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`No figure ${unknown.join(', ')}. There are: ${known.join(', ')}, clean.`);
    return 2;
  }
  console.log(machineText());
  console.log(`Trees and stores are in ${WORKPLACE}\n`);
  let missed = 0;
  for (const name of asked.length > 0 ? asked : known) {
    const { status } = spawnSync(process.execPath, [join(FIGURES, `${name}.js`)], {
      stdio: 'inherit',
    });
    if (status !== 0) missed += 1;
  }
  console.log(`\n${workplaceText()}; npm run bench -- clean removes it`);
  return missed > 0 ? 1 : 0;
}

const asked = process.argv.slice(2);
if (asked.includes('clean')) removeWorkplace();
else process.exitCode = main(asked);
