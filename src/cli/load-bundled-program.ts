// Loads all of the bundled program but the hook; stands in the place of `load-program.ts` where it is bundled.

import { loadBundle } from './compiled-scripts.ts';
import type { LoadedProgram } from './load-program.ts';

/** Put in by the bundler: the file of the bundle beside this one, and the digest of its text. */
declare const PROGRAM_FILE: string;
declare const PROGRAM_DIGEST: string;

/** The first run of a command finds nothing kept of it, the second does. */
const RUNS_KEPT = 2;

export async function loadProgram(): Promise<LoadedProgram> {
  const { exports, keep } = loadBundle({
    file: PROGRAM_FILE,
    digest: PROGRAM_DIGEST,
    runsKept: RUNS_KEPT,
  });
  return { ...(exports as typeof import('./all-but-hooks.ts')), keep };
}
