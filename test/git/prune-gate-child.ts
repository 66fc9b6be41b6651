// What the tests of the prune gate run in processes of their own.
//
//     hold write|prune STORE            enters, says "held", and never leaves
//     write STORE OBJECT TIMES          makes the object if it is not there, then expects it to stay until it leaves, TIMES times
//     prune STORE OBJECT                removes the object, in slices, until it is killed
//     die write|prune STORE CALL        enters and leaves, and is killed before its CALLth change of the file system

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { PruneGate } from '../../src/git/prune-gate.ts';
import { killAtCall } from '../support/kill-at-call.ts';
import { processes } from '../support/process-table.ts';

const [verb, ...args] = process.argv.slice(2);

function gateOf(store: string | undefined): PruneGate {
  return new PruneGate(store ?? '', { processes, now: () => Date.now(), waitMs: 20_000 });
}

function enter(side: string | undefined, store: string | undefined, fn: () => Promise<void>) {
  const gate = gateOf(store);
  return side === 'prune' ? gate.withPruning('gc', fn) : gate.withWriting('prompt', fn);
}

if (verb === 'hold') {
  await enter(args[0], args[1], async () => {
    process.stdout.write('held\n');
    await pause(60_000);
  });
} else if (verb === 'write') {
  const [store, object = '', times] = args;
  const gate = gateOf(store);
  for (let time = 0; time < Number(times); time += 1) {
    await gate.withWriting('prompt', async () => {
      if (!existsSync(object)) writeFileSync(object, '');
      await pause(1);
      if (!existsSync(object))
        throw new Error('an object was removed under the hands of its writer');
    });
  }
} else if (verb === 'prune') {
  const [store, object = ''] = args;
  const gate = gateOf(store);
  for (let slices = 1; ; slices += 1) {
    await gate.withPruning('gc', () => rmSync(object, { force: true }));
    process.stdout.write(`slice ${slices}\n`);
  }
} else if (verb === 'die') {
  killAtCall(Number(args[2]));
  await enter(args[0], args[1], async () => undefined);
}
