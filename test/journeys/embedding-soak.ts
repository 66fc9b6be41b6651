// Kills the agent of docs/examples in the middle of turns for longer than `npm test` has time for.
//
//     node build/test/journeys/embedding-soak.js [KILLS] [SEED]         50 kills and a seed of the day unless told
//
// A turn that was over before its kill came does not count as killed. Prints a line every 10 rounds and ends with `N passed, N failed`.

import { withSealedUser } from '../support/run-gsess.ts';
import { EmbeddingRounds } from './embedding-rounds.ts';

const ROUNDS_A_LINE = 10;
const ROUNDS_A_KILL_MAX = 10;

const kills = Number(process.argv[2] ?? 50);
const seed = Number(process.argv[3] ?? Math.floor(Date.now() / 86_400_000));
const write = (line: string) => process.stdout.write(`${line}\n`);

write(`kill -9 of an embedding agent in a turn, ${kills} times, seed ${seed}`);
await withSealedUser((user) =>
  EmbeddingRounds.with({ user, seed }, async (rounds) => {
    const { report } = rounds;
    let told = 0;
    while (report.killed < kills && report.rounds < kills * ROUNDS_A_KILL_MAX) {
      await rounds.play();
      for (const failure of report.failures.slice(told)) write(`  ${failure}`);
      told = report.failures.length;
      if (report.rounds % ROUNDS_A_LINE > 0 && report.killed < kills) continue;
      write(`${report.rounds} rounds: ${report.killed} killed, ${report.cutOff} with open calls`);
    }
    const failed = report.failures.length;
    write(`\n${report.rounds - failed} passed, ${failed} failed`);
    process.exitCode = failed === 0 && report.killed >= kills ? 0 : 1;
  }),
);
