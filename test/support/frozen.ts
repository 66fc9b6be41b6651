// Marks files immutable, which holds even root back, for as long as a test looks; where the file system or the rights of whoever runs
// the tests do not allow it, that is the answer.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTemporaryDirectory } from './temporary-directory.ts';

export type Mark = 'i' | 'a';

/** Whether it can be done here. */
export async function canFreeze(): Promise<boolean> {
  return withTemporaryDirectory(async (directory) => {
    const probe = join(directory, 'probe');
    writeFileSync(probe, '');
    const isDone = change('+i', probe);
    if (isDone) change('-i', probe);
    return isDone;
  });
}

/** Runs `use` while the path is immutable, or with `a` takes no change but what is appended. */
export async function whileFrozen(
  path: string,
  use: () => Promise<void>,
  mark: Mark = 'i',
): Promise<void> {
  if (!change(`+${mark}`, path)) throw new Error(`cannot mark '${path}'`);
  try {
    await use();
  } finally {
    change(`-${mark}`, path);
  }
}

function change(mark: string, path: string): boolean {
  return spawnSync('chattr', [mark, path]).status === 0;
}
