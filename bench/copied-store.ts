// A store copied to a place of its own, where a figure may do with it what it likes.

import { cpSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GSESS_PROGRAM } from './bench-user.ts';
import { bareEnvironment } from './shadow-git.ts';
import { timeProcess } from './timed-process.ts';
import { newDirectory } from './workplace.ts';

/** Returns the bare repository. */
export function copyOfStore(store: string): string {
  const directory = join(newDirectory('copy'), 'projects', basename(store));
  cpSync(store, directory, { recursive: true, preserveTimestamps: true });
  return directory;
}

/** Runs `gsess gc` in such a copy. */
export function collectStore(store: string, PATH: string = bareEnvironment()['PATH'] ?? ''): void {
  const data = dirname(dirname(store));
  const env = { ...bareEnvironment(), PATH, GSESS_DATA_DIR: data };
  const args = [GSESS_PROGRAM, 'gc', '--store', basename(store)];
  timeProcess({ command: process.execPath, args, cwd: data, env });
}
