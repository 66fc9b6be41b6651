// Keeps what V8 made of the bundled hook for the next one; see load-bundled-hook.ts.

import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { temporaryPath, writeSynced } from '../git/durable-file.ts';

/** Where gsess was installed by somebody else there is nothing to write, and a hook has nobody to tell. */
export function keepCompiled(path: string, bytes: Buffer): void {
  const temporary = temporaryPath(dirname(path));
  try {
    writeSynced(temporary, bytes, 0o644);
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}
