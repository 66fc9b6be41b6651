// A thread that helps to look over tables, one after the other, for as long as the process lives.

import { parentPort } from 'node:worker_threads';
import { type SweepTask, sweep } from './sweep.ts';

parentPort?.on('message', (task: SweepTask) => {
  try {
    sweep(task, () => undefined);
  } catch {
    // Whatever it was: the parts that are left undone are done by the thread that waits for them, and fail there if they must. One
    // that is late may meet rows that are being written, and make nothing of them.
    return;
  }
});
