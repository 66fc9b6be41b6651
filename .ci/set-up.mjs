// Makes a fresh checkout runnable: installs the locked packages where they are missing or older than the lock file, and
// compiles and bundles where a source is newer than the last time. Needs Node and npm, nothing else.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));

const changedAt = (path) => (existsSync(join(top, path)) ? statSync(join(top, path)).mtimeMs : 0);

function newest(directory) {
  return readdirSync(join(top, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (latest, entry) => Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs),
      0,
    );
}

function run(command, args) {
  const { status } = spawnSync(command, args, {
    cwd: top,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const installed = changedAt('node_modules/.package-lock.json');
if (installed < changedAt('package-lock.json')) {
  run('npm', ['ci', '--no-audit', '--no-fund']);
}
if (
  changedAt('build/test/run.js') <
  Math.max(...['src', 'test', 'bench'].map(newest), changedAt('tsconfig.json'))
) {
  run(process.execPath, [join(top, 'node_modules/typescript/bin/tsc')]);
}
run(process.execPath, [join(top, '.ci', 'bundle.mjs'), '--if-needed']);
