// Keeps what V8 made of a bundle for the next run; see compiled-scripts.ts.

import { accessSync, constants, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { temporaryPath, writeSynced } from '../git/durable-file.ts';

/** Where gsess was installed by somebody else there is nothing to write, and nobody who would want to know. */
export function keepCompiled(path: string, bytes: () => Buffer): void {
  const temporary = temporaryPath(dirname(path));
  try {
    accessSync(dirname(path), constants.W_OK);
    writeSynced(temporary, bytes(), 0o644);
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}
