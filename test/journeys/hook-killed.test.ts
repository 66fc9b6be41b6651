import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withSealedUser } from '../support/run-gsess.ts';
import { KillRounds } from './kill-rounds.ts';

const ROUNDS = 25;
const SEED = 20250102;

const killed = suite('a hook that is killed');

killed('leaves a sound store, all that was acknowledged, and nothing in the way of the next', () =>
  withSealedUser(async (user) => {
    const kills = new KillRounds(user, SEED);
    await kills.play(ROUNDS);
    const { report } = kills;
    assert.equal(report.failures, []);
    assert.is(report.rounds, ROUNDS);
    assert.ok(report.killed >= ROUNDS / 4, `only ${report.killed} were killed in time`);
  }),
);

killed.run();
