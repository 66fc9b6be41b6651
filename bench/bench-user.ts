// A user of gsess whose home and stores lie in the workplace, on the same disk as the trees: what a library call and what a process of
// gsess need of the outside.

import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_SETTINGS, type Surroundings } from '../src/session/surroundings.ts';
import { processes } from '../test/support/process-table.ts';
import { bareEnvironment } from './shadow-git.ts';
import { newDirectory } from './workplace.ts';

export const GSESS_PROGRAM = fileURLToPath(new URL('../src/cli/main.cjs', import.meta.url));

export interface BenchUser {
  readonly home: string;
  readonly data: string;
  readonly surroundings: Surroundings;
  /** For a process of gsess. Nothing is packed in the background unless a figure says so. */
  readonly environment: Readonly<Record<string, string>>;
}

export function newBenchUser(name: string): BenchUser {
  const directory = newDirectory(name);
  const [home, data, temporary] = ['home', 'data', 'tmp'].map((part) => {
    const path = join(directory, part);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }) as [string, string, string];
  return {
    home,
    data,
    surroundings: {
      now: Date.now,
      processes,
      ancestors: () => [],
      userId: process.getuid?.(),
      newNativeId: () => randomUUID(),
      home,
      temporaryDirectory: temporary,
      dataDirectory: data,
      settings: { ...DEFAULT_SETTINGS, gcAuto: false },
      lockWaitMs: 5000,
    },
    environment: {
      ...bareEnvironment(),
      HOME: home,
      TMPDIR: temporary,
      GSESS_DATA_DIR: data,
      GSESS_GC_AUTO: '0',
    },
  };
}
