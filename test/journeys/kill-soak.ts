// Kills hooks for longer than `npm test` has time for.
//
//     node build/test/journeys/kill-soak.js [KILLS] [SEED]         200 kills and a seed of the day unless told
//
// A hook that ended before its kill came does not count as killed, so it takes more rounds than kills. Prints a line every 20 rounds
// and ends with `N passed, N failed`, counted in rounds.

import { withSealedUser } from '../support/run-gsess.ts';
import { KillRounds } from './kill-rounds.ts';

const ROUNDS_A_LINE = 20;

/** A machine on which so few hooks can be hit has another problem. */
const ROUNDS_A_KILL_MAX = 10;

const kills = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? Math.floor(Date.now() / 86_400_000));
const write = (line: string) => process.stdout.write(`${line}\n`);

write(`kill -9 of 'gsess hook claude', ${kills} times, seed ${seed}`);
await withSealedUser(async (user) => {
  const played = new KillRounds(user, seed);
  const { report } = played;
  let told = 0;
  while (report.killed < kills && report.rounds < kills * ROUNDS_A_KILL_MAX) {
    await played.play(ROUNDS_A_LINE);
    const { killed, survived, temporary } = report;
    const after = `${survived} of them after their commit`;
    write(`${report.rounds} rounds: ${killed} killed, ${after}; ${temporary} files to sweep`);
    for (const failure of report.failures.slice(told)) write(`  ${failure}`);
    told = report.failures.length;
  }
  const failed = report.failures.length;
  write(`\n${report.rounds - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && report.killed >= kills ? 0 : 1;
});
