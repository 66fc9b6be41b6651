// Kills hooks for longer than `npm test` has time for.
//
//     node build/test/journeys/kill-soak.js [ROUNDS] [SEED]        200 rounds and a seed of the day unless told
//
// Prints a line every 20 rounds and ends with `N passed, N failed`.

import { withSealedUser } from '../support/run-gsess.ts';
import { KillRounds } from './kill-rounds.ts';

const ROUNDS_A_LINE = 20;

const rounds = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Math.floor(Date.now() / 86_400_000));
const write = (line: string) => process.stdout.write(`${line}\n`);

write(`kill -9 of 'gsess hook claude', ${rounds} rounds, seed ${seed}`);
await withSealedUser(async (user) => {
  const kills = new KillRounds(user, seed);
  const { report } = kills;
  let told = 0;
  while (report.rounds < rounds) {
    await kills.play(Math.min(ROUNDS_A_LINE, rounds - report.rounds));
    const { killed, survived, temporary } = report;
    const after = `${survived} of them after their commit`;
    write(`${report.rounds} rounds: ${killed} killed, ${after}; ${temporary} files to sweep`);
    for (const failure of report.failures.slice(told)) write(`  ${failure}`);
    told = report.failures.length;
  }
  const failed = report.failures.length;
  write(`\n${report.rounds - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && report.rounds > 0 ? 0 : 1;
});
