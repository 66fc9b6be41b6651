// The files of the checkout that the tests were compiled from, for tests that hold one part of it to another.

import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));

/** The TypeScript files below a directory of the checkout, as paths in it. */
export function sourceFiles(directory: string): string[] {
  return filesBelow(directory).filter((path) => path.endsWith('.ts'));
}

/** All files below a directory of the checkout, as paths in it. */
export function filesBelow(directory: string): string[] {
  return readdirSync(join(CHECKOUT, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(CHECKOUT, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}
