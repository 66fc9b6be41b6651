// Starts `gsess gc --auto` for a store and does not wait for it: a process of its own, away from the terminal and from whoever runs the
// hook, with nothing of theirs open. That only one is at work in a store is its own concern.

import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import process from 'node:process';
import type { Context } from './context.ts';

export function startGc({ inherited, directories }: Context, storeDirectory: string): void {
  const program = process.argv[1];
  if (program === undefined) return;
  const child = spawn(
    process.execPath,
    [program, 'gc', '--auto', '--store', basename(storeDirectory)],
    {
      cwd: storeDirectory,
      env: { ...inherited, GSESS_DATA_DIR: directories.data, GSESS_SESSION: undefined },
      detached: true,
      stdio: 'ignore',
    },
  );
  // Where it cannot be started now, it will be at the end of another turn.
  child.on('error', () => child.unref());
  child.unref();
}
