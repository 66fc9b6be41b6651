// Copies a directory as it is. From Node 24 on `cpSync` gives directories the mode that new ones have, and a store's are its owner's alone.

import { chmodSync, cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export function copyDirectory(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  chmodSync(to, statSync(from).mode);
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    const { mode } = statSync(join(from, name));
    chmodSync(join(to, name), mode);
  }
}
