// Counts what the code under test asks of the file system, by the path it names. The calls are counted in `node:fs` itself; the code has
// no seam for it.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const CALLS = ['lstatSync', 'openSync', 'readSync', 'readdirSync', 'statSync'] as const;

export interface FileCall {
  readonly name: (typeof CALLS)[number];
  /** Empty for calls on a descriptor. */
  readonly path: string;
}

type AnyFunction = (...args: unknown[]) => unknown;

let observer: (call: FileCall) => void = () => undefined;
let isPatched = false;

/** The calls that were made while `act` ran. */
export async function fileCallsOf(act: () => unknown): Promise<readonly FileCall[]> {
  if (!isPatched) patchCalls();
  const calls: FileCall[] = [];
  observer = (call) => calls.push(call);
  try {
    await act();
  } finally {
    observer = () => undefined;
  }
  return calls;
}

/** The functions are replaced once and for all: parts of Node take references to them when first used, and keep those. */
function patchCalls(): void {
  isPatched = true;
  const functions = fs as unknown as Record<string, AnyFunction>;
  for (const name of CALLS) {
    const original = functions[name] as AnyFunction;
    functions[name] = (...args) => {
      const [path] = args;
      observer({ name, path: typeof path === 'number' ? '' : String(path) });
      return original(...args);
    };
  }
  syncBuiltinESMExports();
}
