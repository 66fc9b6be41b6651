// Runs the model for long: every two verbs in their order, then 500 random runs of 40 steps, unless told otherwise. To see a failure of
// these again, give what it told:
//
//     GSESS_MODEL_SEED=… GSESS_MODEL_PATH=… GSESS_MODEL_REPLAY=… GSESS_MODEL_RUNS=… GSESS_MODEL_STEPS=…

import { env, stdout } from 'node:process';
import { runModel } from './model-property.ts';
import { runVerbOrders } from './verb-orders.ts';

const RUNS = 500;
const STEPS = 40;
const REPORT_EVERY = 50;

const seed = Number(env['GSESS_MODEL_SEED'] ?? Date.now() % 2 ** 31);
const runs = Number(env['GSESS_MODEL_RUNS'] ?? RUNS);
const path = env['GSESS_MODEL_PATH'];
const replayPath = env['GSESS_MODEL_REPLAY'];
const startedAt = performance.now();
stdout.write(`seed ${seed}\n`);
const { orders, failures } =
  path === undefined ? await runVerbOrders() : { orders: 0, failures: [] };
for (const failure of failures) stdout.write(`${failure}\n\n`);
stdout.write(`${orders} orders of two verbs, ${failures.length} failed\n`);
const outcome = await runModel({
  runs,
  seed,
  steps: Number(env['GSESS_MODEL_STEPS'] ?? STEPS),
  ...(path === undefined ? {} : { path }),
  ...(replayPath === undefined ? {} : { replayPath }),
  onRun: (run) => {
    if (run % REPORT_EVERY === 0) stdout.write(`${run} runs\n`);
  },
});
const seconds = Math.round((performance.now() - startedAt) / 1000);
for (const [verb, times] of [...outcome.done].sort()) stdout.write(`${verb}: ${times}\n`);
stdout.write(`${outcome.runs} runs, ${outcome.steps} steps, ${seconds} s\n`);
if (outcome.failure !== undefined) stdout.write(`\n${outcome.failure}\n`);
const failed = failures.length + (outcome.failure === undefined ? 0 : 1);
stdout.write(`${orders + outcome.runs - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
