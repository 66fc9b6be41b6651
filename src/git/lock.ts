// A lock between processes that never needs breaking by hand. The lock is a directory. Whoever wants it waits while a live owner's
// file is in it, then adds a file of its own, looks again, and holds the lock only if no other live owner is there; else it
// takes its file back and tries again after a random pause. Of two that add at once at least one sees the other, so two never hold.
//
// A file's name says who owns it, so that even one whose content a power cut took away can be judged: its process is looked up,
// and files of dead processes are removed by whoever meets them. Names are never used twice, so what is removed is never a
// successor's. A killed holder therefore delays nobody. The content (pid, verb, since) only serves the message.
//
// Holders in one process exclude each other too. The lock is not re-entrant.

import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GsessError, isSystemError } from '../errors.ts';
import { directoryNames } from './directory-names.ts';
import { makePrivateDirectory } from './durable-file.ts';

/** A process, told apart from every other that ever was. All texts are letters and digits only; `ownerToken` makes such a text. */
export interface Owner {
  readonly pid: number;
  /** When the process started, as the system counts it, so that a reused pid is another owner; '0' where it cannot be known. */
  readonly start: string;
  /** The machine, and the pid namespace if there are several. */
  readonly host: string;
  /** The run of the machine since its last boot. */
  readonly boot: string;
}

export interface ProcessTable {
  readonly self: Owner;
  /** Whether a process of this machine and boot with this pid and start runs; one that ended but was not yet waited for does not. */
  isAlive(owner: Owner): boolean;
}

export interface LockOptions {
  readonly processes: ProcessTable;
  /** What the lock is for, one word, shown to those who wait for it. */
  readonly verb: string;
  /** Longest wait in milliseconds; 0 tries once. */
  readonly waitMs: number;
  readonly now: () => number;
}

interface OwnerFile {
  readonly path: string;
  readonly owner: Owner;
}

/** An owner on another machine cannot be looked up. No lock of ours is held for as long as this. */
const FOREIGN_OWNER_AGE_MS_MAX = 10 * 60_000;
const PAUSE_MS_MAX = 20;
const OWNER_FILE = /^(\d+)\.(\w+)\.(\w+)\.(\w+)\.[0-9a-f]{16}$/;

/** Shortens any text to letters and digits fit for an `Owner`. */
export function ownerToken(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Runs `fn` while holding the lock, which is made if it does not exist. Throws `locked` when a live owner outlasts the wait. */
export async function withLock<T>(
  directory: string,
  options: LockOptions,
  fn: () => T | Promise<T>,
): Promise<T> {
  const path = await acquire(directory, options);
  try {
    return await fn();
  } finally {
    rmSync(path, { force: true });
  }
}

async function acquire(directory: string, options: LockOptions): Promise<string> {
  // Waiting is measured by the monotonic clock: `now` may jump, or stand still.
  const startedAt = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const holder = findLiveOwner(directory, options) ?? tryToHold(directory, options);
    if (typeof holder === 'string') return holder;
    if (performance.now() - startedAt >= options.waitMs) throw busy(directory, holder, options);
    await pause(1 + Math.random() * Math.min(2 ** attempt, PAUSE_MS_MAX));
  }
}

/** Returns the path of our own file if we hold the lock now, else the owner in the way. */
function tryToHold(directory: string, options: LockOptions): string | OwnerFile {
  const path = announce(directory, options);
  let rival: OwnerFile | undefined;
  try {
    rival = findLiveOwner(directory, options, path);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  if (rival === undefined) return path;
  rmSync(path, { force: true });
  return rival;
}

function announce(directory: string, { processes, verb, now }: LockOptions): string {
  const { pid, start, host, boot } = processes.self;
  const path = join(directory, `${pid}.${start}.${host}.${boot}.${randomBytes(8).toString('hex')}`);
  const content = `${JSON.stringify({ pid, verb, since: now() })}\n`;
  try {
    writeOwnerFile(path, content);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
    makePrivateDirectory(directory);
    writeOwnerFile(path, content);
  }
  return path;
}

/** A file left by a failed write would hold the lock for as long as we live. */
function writeOwnerFile(path: string, content: string): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/** Finds an owner other than `mine` that may hold the lock, and removes the files of those that cannot. */
function findLiveOwner(
  directory: string,
  options: LockOptions,
  mine?: string,
): OwnerFile | undefined {
  for (const name of directoryNames(directory)) {
    const path = join(directory, name);
    const [, pid, start, host, boot] = OWNER_FILE.exec(name) ?? [];
    if (path === mine || !pid || !start || !host || !boot) continue;
    const owner = { pid: Number(pid), start, host, boot };
    if (mayHold(path, owner, options)) return { path, owner };
    rmSync(path, { force: true });
  }
  return undefined;
}

function mayHold(path: string, owner: Owner, { processes, now }: LockOptions): boolean {
  if (owner.host !== processes.self.host) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat !== undefined && now() - stat.mtimeMs <= FOREIGN_OWNER_AGE_MS_MAX;
  }
  return owner.boot === processes.self.boot && processes.isAlive(owner);
}

function busy(directory: string, { path, owner }: OwnerFile, options: LockOptions): GsessError {
  const { verb, since } = readReason(path);
  const elsewhere = owner.host === options.processes.self.host ? '' : ' on another machine';
  const purpose = verb === undefined ? '' : ` for "${verb}"`;
  const seconds = since === undefined ? 0 : Math.round((options.now() - since) / 1000);
  const duration = seconds > 0 ? ` since ${seconds} s` : '';
  return new GsessError(
    'locked',
    `cannot take the lock for "${options.verb}": process ${owner.pid}${elsewhere} holds it${purpose}${duration}`,
    {
      hint: `Wait for process ${owner.pid} to finish, or end it; a lock of a dead process needs no clearing.`,
      data: { pid: owner.pid, verb, since, lock: directory },
    },
  );
}

/** The content is for the message alone: a holder that let go meanwhile, or has not written it yet, has no reason to show. */
function readReason(path: string): {
  readonly verb: string | undefined;
  readonly since: number | undefined;
} {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { verb, since } = (content ?? {}) as Record<string, unknown>;
    return {
      verb: typeof verb === 'string' ? verb : undefined,
      since: typeof since === 'number' ? since : undefined,
    };
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !(error instanceof SyntaxError)) throw error;
    return { verb: undefined, since: undefined };
  }
}
