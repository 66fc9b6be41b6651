// Runs a compiled module of the tests as somebody whom permissions hold back, which they do not hold root.

import { spawnSync } from 'node:child_process';
import { chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NOBODY = 65534;
const MS_MAX = 60_000;

/** Runs `node module directory`, the directory being that user's; undefined where root cannot become another who may read the module. */
export function runUnprivileged(module: URL, directory: string): string | undefined {
  const path = fileURLToPath(module);
  const isRoot = process.getuid?.() === 0;
  const become = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];
  const prefix = isRoot ? become : [];
  if (isRoot) {
    const [program = '', ...args] = [...become, process.execPath, '--check', path];
    if (spawnSync(program, args).status !== 0) return undefined;
    giveAway(directory);
  }
  const [program = '', ...args] = [...prefix, process.execPath, path, directory];
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: MS_MAX,
    env: { PATH: process.env['PATH'], HOME: directory },
  });
  if (status !== 0) throw new Error(`exited ${status}: ${stdout}${stderr}`);
  return stdout;
}

function giveAway(directory: string): void {
  chownSync(directory, NOBODY, NOBODY);
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    chownSync(join(directory, path), NOBODY, NOBODY);
  }
}
