// Ends this process without warning just before its Nth call that changes the file system, so that a test can sweep N over a whole
// operation and look at each state that a crash can leave. Only for children of a test. The calls are counted in `node:fs` itself;
// the code under test has no seam for it.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const CHANGING_CALLS = [
  'chmodSync',
  'closeSync',
  'copyFileSync',
  'fchmodSync',
  'fsyncSync',
  'ftruncateSync',
  'futimesSync',
  'linkSync',
  'mkdirSync',
  'openSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'symlinkSync',
  'unlinkSync',
  'utimesSync',
  'writeFileSync',
  'writeSync',
  'writevSync',
] as const;

type AnyFunction = (...args: unknown[]) => unknown;

/** From now on, dies before changing call number `callNumber` (1 is the first). */
export function killAtCall(callNumber: number): void {
  let calls = 0;
  const functions = fs as unknown as Record<string, AnyFunction>;
  for (const name of CHANGING_CALLS) {
    const original = functions[name] as AnyFunction;
    functions[name] = (...args) => {
      calls += 1;
      if (calls >= callNumber) process.kill(process.pid, 'SIGKILL');
      return original(...args);
    };
  }
  syncBuiltinESMExports();
}
