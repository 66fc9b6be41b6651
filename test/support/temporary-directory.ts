// A real directory for one test, removed when the test ends, however it ends.

import { chmodSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a disk that loses everything would do, as it is faster; nothing where there is no such place. */
export const IN_MEMORY = existsSync('/dev/shm') ? { within: '/dev/shm' } : {};

/** Makes a directory, calls `use` with its real path, and removes it with everything in it. */
export async function withTemporaryDirectory<T>(
  use: (directory: string) => T | Promise<T>,
  { within = tmpdir() }: { readonly within?: string } = {},
): Promise<T> {
  const directory = mkdtempSync(join(realpathSync(within), 'gsess-test-'));
  try {
    return await use(directory);
  } finally {
    removeTree(directory);
  }
}

/** A test may take away its own right to write; a plain removal would then fail for anyone but root. */
function removeTree(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    makeWritable(directory);
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

function makeWritable(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(join(directory, entry.name));
  }
}
