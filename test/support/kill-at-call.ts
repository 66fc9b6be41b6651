// Ends this process without warning just before its Nth call that changes the file system, so that a test can sweep N over a whole
// operation and look at each state that a crash can leave. Only for children of a test. The calls are counted in `node:fs` itself;
// the code under test has no seam for it. Syncing and closing change nothing that a killed process's successor could see.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const CHANGING_CALLS = [
  'chmodSync',
  'copyFileSync',
  'fchmodSync',
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
  beforeEachCall((call) => {
    if (call === callNumber) process.kill(process.pid, 'SIGKILL');
  });
}

/**
 * Carries `action` out as if the process had been killed before changing call number `callNumber`: that call and all later ones do
 * nothing but throw, so tidying up fails too and the files are what a kill would leave. Cheaper than a process for each call; yet
 * what `action` locked counts as held by a live process until this one has ended. Returns whether `action` got to its end.
 */
export async function stopAtCall(
  callNumber: number,
  action: () => Promise<void>,
): Promise<boolean> {
  const stopped = new Error('stopped');
  const restore = beforeEachCall((call) => {
    if (call >= callNumber) throw stopped;
  });
  try {
    await action();
    return true;
  } catch (error) {
    if (error !== stopped) throw error;
    return false;
  } finally {
    restore();
  }
}

let observer: (call: number) => void = () => undefined;
let calls = 0;
let patched = false;

/** The functions are replaced once and for all: parts of Node take references to them when first used, and keep those. */
function beforeEachCall(observe: (call: number) => void): () => void {
  calls = 0;
  observer = observe;
  if (!patched) patchCalls();
  patched = true;
  return () => {
    observer = () => undefined;
  };
}

function patchCalls(): void {
  const functions = fs as unknown as Record<string, AnyFunction>;
  for (const name of CHANGING_CALLS) {
    const original = functions[name] as AnyFunction;
    functions[name] = (...args) => {
      if (name !== 'openSync' || opensForWriting(args[1])) {
        calls += 1;
        observer(calls);
      }
      return original(...args);
    };
  }
  syncBuiltinESMExports();
}

function opensForWriting(flags: unknown): boolean {
  if (typeof flags !== 'number') return flags !== 'r';
  return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0;
}
