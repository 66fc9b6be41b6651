// Looks for bytes in everything that a data directory holds: each file as it stands, and each object of each store, inflated.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git-oracle.ts';

/** Where any of these texts is found. */
export function findTexts(dataDirectory: string, texts: readonly string[]): string[] {
  const found: string[] = [];
  const look = (where: string, bytes: Buffer) => {
    for (const text of texts) if (bytes.includes(text)) found.push(`${where}: ${text}`);
  };
  for (const path of readdirSync(dataDirectory, { recursive: true, encoding: 'utf8' })) {
    look(`name ${path}`, Buffer.from(path));
    const whole = join(dataDirectory, path);
    if (statSync(whole).isFile()) look(path, readFileSync(whole));
  }
  for (const store of readdirSync(join(dataDirectory, 'projects'))) {
    const args = ['cat-file', '--batch', '--batch-all-objects'];
    look(`objects of ${store}`, git(join(dataDirectory, 'projects', store), args));
  }
  return found;
}
