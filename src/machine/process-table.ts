// The processes of this machine: who we are, whether another still runs, and who started us. On Linux all of it is read from /proc,
// so that a reused pid is told from its predecessor and a process that ended but was not waited for counts as dead. Elsewhere
// only what a signal can tell is known: that a pid exists, and our parent.

import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import process from 'node:process';
import { isSystemError } from '../errors.ts';
import { type Owner, ownerToken, type ProcessTable } from '../git/owner-file.ts';

export interface MachineProcesses extends ProcessTable {
  /** The processes that started this one, nearest first. */
  ancestors(): readonly Owner[];
  /** The nearest ancestor that is no shell and nothing that only starts others: the agent, where one of its hooks runs us. */
  agentAncestor(): Owner | undefined;
  /** A process by its pid; undefined for one that is gone. */
  find(pid: number): Owner | undefined;
}

interface ProcessFacts {
  readonly start: string;
  readonly parent: number;
  readonly name: string;
}

const ANCESTORS_MAX = 64;

/** Programs that start others and are never an agent. */
const STARTERS = new Set([
  ...['sh', 'bash', 'dash', 'zsh', 'fish', 'ash', 'ksh', 'mksh', 'csh', 'tcsh', 'busybox'],
  ...['env', 'timeout', 'nice', 'nohup', 'setsid', 'stdbuf', 'time', 'xargs', 'sudo', 'script'],
  ...['npm', 'npx', 'pnpm', 'yarn', 'npm-cli.js', 'npx-cli.js', 'gsess'],
  ...['init', 'systemd', 'launchd', 'tini', 'dumb-init', 'docker-init'],
]);

/** Looks at the machine on each call; keeps nothing but who we are. */
export function createProcessTable(): MachineProcesses {
  const isLinux = process.platform === 'linux';
  const self: Owner = {
    pid: process.pid,
    start: (isLinux ? factsOf(process.pid)?.start : undefined) ?? '0',
    // Containers on one machine may share a store and yet not see each other's processes.
    host: ownerToken(`${hostname()} ${isLinux ? readlinkSync('/proc/self/ns/pid') : ''}`),
    boot: ownerToken(isLinux ? readFileSync('/proc/sys/kernel/random/boot_id', 'latin1') : ''),
  };
  const ownerOf = (pid: number, start: string): Owner => ({ ...self, pid, start });
  return {
    self,
    isAlive: ({ pid, start }) => {
      // Each lock looks at what we put there ourselves.
      if (pid === self.pid) return start === self.start;
      return isLinux ? factsOf(pid)?.start === start : start === '0' && isSignalled(pid);
    },
    ancestors: () =>
      isLinux
        ? Array.from(ancestorsFrom(process.ppid), ({ pid, start }) => ownerOf(pid, start))
        : [ownerOf(process.ppid, '0')],
    agentAncestor: () => {
      if (!isLinux) return ownerOf(process.ppid, '0');
      for (const { pid, start, name } of ancestorsFrom(process.ppid)) {
        if (!isStarter(pid, name)) return ownerOf(pid, start);
      }
      return undefined;
    },
    find: (pid) => {
      const start = isLinux ? factsOf(pid)?.start : '0';
      return start === undefined ? undefined : ownerOf(pid, start);
    },
  };
}

/** Looks no further than is asked, since a hook waits for each look. */
function* ancestorsFrom(parent: number): Generator<ProcessFacts & { readonly pid: number }> {
  for (let pid = parent, count = 0; pid > 0 && count < ANCESTORS_MAX; count += 1) {
    const facts = factsOf(pid);
    if (facts === undefined) return;
    yield { ...facts, pid };
    pid = facts.parent;
  }
}

/** Undefined for a process that is gone, or has ended and only waits to be noticed. */
function factsOf(pid: number): ProcessFacts | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name stands in parentheses and may hold anything, so fields are counted after the last one.
  const end = stat.lastIndexOf(')');
  const [state, parent, ...others] = stat.slice(end + 2).split(' ');
  const start = others[17];
  if (state === 'Z' || state === 'X' || start === undefined) return undefined;
  return { start, parent: Number(parent), name: stat.slice(stat.indexOf('(') + 1, end) };
}

function isStarter(pid: number, name: string): boolean {
  if (STARTERS.has(name)) return true;
  const words = (readIfThere(`/proc/${pid}/cmdline`) ?? '').split(/[\0 ]/);
  const [program = '', script = ''] = words.map((word) => basename(word).replace(/^-/, ''));
  if (STARTERS.has(program)) return true;
  return program === 'node' && (STARTERS.has(script) || isOurs(words[1]));
}

/** True for the script that runs here: a gsess that started this one. */
function isOurs(script: string | undefined): boolean {
  const main = process.argv[1];
  if (script === undefined || main === undefined) return false;
  try {
    return realpathSync(script) === realpathSync(main);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}

function isSignalled(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return isSystemError(error, 'EPERM');
  }
}
