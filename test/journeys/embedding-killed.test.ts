import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withSealedUser } from '../support/run-gsess.ts';
import { IN_MEMORY } from '../support/temporary-directory.ts';
import { EmbeddingRounds } from './embedding-rounds.ts';

const killed = suite('an embedding agent killed in a turn');
const ROUNDS = 3;

// `npm run test:embedding` does it 50 times.
killed(
  'rows 1, 20, 21, 130, 131: is resumed with all that was said, what was cut off answered',
  () =>
    withSealedUser(
      (user) =>
        EmbeddingRounds.with({ user, seed: 4 }, async (rounds) => {
          for (let round = 0; round < ROUNDS; round += 1) await rounds.play();
          assert.equal(rounds.report.failures, []);
        }),
      IN_MEMORY,
    ),
);

killed.run();
