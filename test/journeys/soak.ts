// Lets gsess work at random and kills it at random moments, for longer than `npm test` has time for.
//
//     node build/test/journeys/soak.js [ROUNDS] [SEED]             1,000 rounds and a seed of the day unless told
//
// Prints a line every 50 rounds and ends with `N passed, N failed`, counted in rounds.

import { IN_MEMORY, withTemporaryDirectory } from '../support/temporary-directory.ts';
import { SoakRounds } from './soak-rounds.ts';

const ROUNDS_A_LINE = 50;

const rounds = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? Math.floor(Date.now() / 86_400_000));
const write = (line: string) => process.stdout.write(`${line}\n`);

write(`random work and kill -9, ${rounds} rounds, seed ${seed}`);
await withTemporaryDirectory(async (directory) => {
  const soak = new SoakRounds(directory, seed);
  const { report } = soak;
  let told = 0;
  const tell = (): void => {
    for (const failure of report.failures.slice(told)) write(`  ${failure}`);
    told = report.failures.length;
  };
  while (report.rounds < rounds) {
    await soak.play(Math.min(ROUNDS_A_LINE, rounds - report.rounds));
    write(`${report.rounds} rounds: ${report.acknowledged} acknowledged`);
    tell();
  }
  await soak.finish();
  tell();
  const listed = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort()
      .map(([key, count]) => `${key} ${count}`)
      .join(', ');
  write(`acknowledged: ${listed(report.verbs)}`);
  write(`refused: ${listed(report.refusals)}`);
  write(`\n${report.rounds - told} passed, ${told} failed`);
  process.exitCode = told === 0 ? 0 : 1;
}, IN_MEMORY);
