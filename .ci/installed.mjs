// Installs what a checkout that was brought up to date lacks by now: packages that package.json names and nobody has put there yet. Asked
// before every build, so it only looks whether they are there; which versions is for `npm ci` to see to.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(top, 'package.json'), 'utf8'),
);
const isMissing = (name) => !existsSync(join(top, 'node_modules', name));

if (Object.keys({ ...dependencies, ...devDependencies }).some(isMissing)) {
  const words = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
  const shell = process.platform === 'win32';
  const { status } = spawnSync('npm', words, { cwd: top, stdio: ['ignore', 2, 2], shell });
  process.exitCode = status ?? 1;
}
