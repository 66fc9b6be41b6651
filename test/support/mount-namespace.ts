// Mounts that nobody else sees: a compiled module of the tests runs in a mount namespace of its own, where it may mount what it likes.
// Not every machine allows it; where this one does not, that is the answer.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** As little as is needed: root needs no user namespace, others become root of one. */
const WAYS = [['--mount'], ['--mount', '--user', '--map-root-user']];

const MS_MAX = 60_000;

/** Runs `node module args…` where it may mount; throws its complaint unless it exits 0. Undefined where nobody may. */
export function runWithMounts(module: URL, args: readonly string[]): string | undefined {
  const way = WAYS.find((words) => {
    const probe = ['sh', '-c', 'mount -t tmpfs tmpfs /mnt'];
    return spawnSync('unshare', [...words, '--', ...probe]).status === 0;
  });
  if (way === undefined) return undefined;
  const command = [process.execPath, fileURLToPath(module), ...args];
  const { status, stdout, stderr } = spawnSync('unshare', [...way, '--', ...command], {
    encoding: 'utf8',
    timeout: MS_MAX,
  });
  if (status !== 0) throw new Error(`'${args.join(' ')}' exited ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** A line of shell; throws unless it succeeds. */
export function shell(line: string): void {
  const { status, stderr } = spawnSync('sh', ['-ec', line], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`'${line}' exited ${status}: ${stderr}`);
}
