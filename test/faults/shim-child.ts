// Writes some small files, for the tests of the fault shim, and tells how each went.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [directory = '', count = '1'] = process.argv.slice(2);

for (let number = 1; number <= Number(count); number += 1) {
  const path = join(directory, `file-${number}`);
  try {
    mkdirSync(`${path}.d`);
    writeFileSync(`${path}.tmp`, '0123456789');
    renameSync(`${path}.tmp`, path);
    console.log(`${number} done`);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    console.log(`${number} ${code} ${syscall}`);
  }
}
