// The processes of this machine as tests see them: ourselves, and whether an owner of a lock still runs. Reads `/proc` where there
// is one, so that a killed child counts as dead although nobody has waited for it yet.

import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isSystemError } from '../../src/errors.ts';
import { type Owner, ownerToken, type ProcessTable } from '../../src/git/owner-file.ts';

const hasProc = process.platform === 'linux';

function startOf(pid: number): string | undefined {
  if (!hasProc) return signalReaches(pid) ? '0' : undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name stands in parentheses and may hold anything, so fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

function signalReaches(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}

export const processes: ProcessTable = {
  self: {
    pid: process.pid,
    start: startOf(process.pid) ?? '0',
    host: ownerToken(`${hostname()} ${hasProc ? readlinkSync('/proc/self/ns/pid') : ''}`),
    boot: ownerToken(hasProc ? readFileSync('/proc/sys/kernel/random/boot_id', 'latin1') : ''),
  },
  isAlive: (owner: Owner) => startOf(owner.pid) === owner.start,
};
