// What the tests of the lock run in processes of their own.
//
//     hold LOCK                 takes the lock, says "held", and never lets go
//     count LOCK FILE TIMES     adds one to the number in the file, TIMES times, each under the lock
//     die LOCK CALL VERBS       takes and releases the lock, and is killed before its CALLth change of the file system;
//                               with VERBS its owner file is linked

import { readFileSync, writeFileSync } from 'node:fs';
import { withLock } from '../../src/git/lock.ts';
import { killAtCall } from '../support/kill-at-call.ts';
import { processes } from '../support/process-table.ts';

const [verb = '', lock = '', third = '', fourth = ''] = process.argv.slice(2);
const options = { processes, verb, waitMs: 60_000, now: () => Date.now() };

if (verb === 'hold') {
  await withLock(lock, options, async () => {
    process.stdout.write('held\n');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
} else if (verb === 'count') {
  for (let time = 0; time < Number(fourth); time += 1) {
    await withLock(lock, options, () => {
      writeFileSync(third, String(Number(readFileSync(third, 'utf8')) + 1));
    });
  }
} else if (verb === 'die') {
  killAtCall(Number(third));
  await withLock(lock, { ...options, verbs: fourth || undefined }, () => undefined);
}
