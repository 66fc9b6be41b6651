// A thread that helps to look over tables, one after the other, for as long as the process lives.

import { parentPort } from 'node:worker_threads';
import { GsessError } from '../errors.ts';
import { type SweepTask, sweep } from './sweep.ts';

parentPort?.on('message', (task: SweepTask) => {
  try {
    sweep(task, () => undefined);
  } catch (error) {
    // The parts it leaves undone are done by the thread that waits for them, and fail there if they must.
    if (!(error instanceof GsessError)) throw error;
  }
});
