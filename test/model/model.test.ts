import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runModel } from './model-property.ts';

const model = suite('gsess and its oracle');

model('agree after whatever people, agents and gsess do, in whatever order', async () => {
  const { failure, runs, steps } = await runModel({ runs: 15, steps: 19, seed: 1789 });
  assert.is(failure, undefined, failure);
  assert.is(runs, 15);
  assert.ok(steps > 150, `${steps} steps`);
});

model.run();
