import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { IN_MEMORY, withTemporaryDirectory } from '../support/temporary-directory.ts';
import { SoakRounds } from './soak-rounds.ts';

const ROUNDS = 8;
const SEED = 20250103;

const soak = suite('random work that is killed at random');

soak('loses nothing that it acknowledged', () =>
  withTemporaryDirectory(async (directory) => {
    const rounds = new SoakRounds(directory, SEED);
    await rounds.play(ROUNDS);
    await rounds.finish();
    assert.equal(rounds.report.failures, []);
    assert.ok(rounds.report.acknowledged > ROUNDS, `${rounds.report.acknowledged}`);
  }, IN_MEMORY),
);

soak.run();
