// Says which processes are at something, so that a dead one is never taken for one at work: a directory with a file per owner. A
// file's name says who owns it, so that even one whose content a power cut took away can be judged: its process is looked up, and
// files of dead processes are removed by whoever meets them. Names are never used twice, so what is removed is never a successor's.
// They end in the moment and a number; the content (the verb) only serves the message.
//
// In a store an owner file is a second name of one that is kept for its verb. It is made without a new inode, and nothing is freed
// when it goes: ext4 looks past every inode that was freed in the last minutes whenever it makes another, and each event takes three locks.

import { createHash } from 'node:crypto';
import { linkSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { directoryNames } from './directory-names.ts';
import { makeStoreDirectory, writeSynced } from './durable-file.ts';
import { removeFile } from './remove-file.ts';

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

/** Who announces itself, and why. */
export interface Announcement {
  readonly processes: ProcessTable;
  /** What it is at, one word, shown to those who wait for it. */
  readonly verb: string;
  readonly now: () => number;
  /** The directory of the files that are kept, one a verb; without it each owner file is written. */
  readonly verbs?: string | undefined;
}

export interface OwnerFile {
  readonly path: string;
  readonly owner: Owner;
}

/** An owner on another machine cannot be looked up. Nothing of ours takes as long as this. */
const FOREIGN_OWNER_AGE_MS_MAX = 10 * 60_000;
const OWNER_NAME = /^(\d+)\.(\w+)\.(\w+)\.(\w+)$/;
/** When the file was made, in milliseconds since 1970, and a number, both hexadecimal. */
const UNIQUE_END = /\.([0-9a-f]{11})([0-9a-f]{5})$/;
const NUMBERS = 0x10_0000;

/** Begins anywhere, for threads have the same name. */
let lastNumber = Math.floor(Math.random() * NUMBERS);

/** Shortens any text to letters and digits fit for an `Owner`. */
export function ownerToken(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** An owner as one text; `parseOwnerName` reads it. */
export function ownerName({ pid, start, host, boot }: Owner): string {
  return `${pid}.${start}.${host}.${boot}`;
}

export function parseOwnerName(name: string): Owner | undefined {
  const [, pid, start, host, boot] = OWNER_NAME.exec(name) ?? [];
  return pid && start && host && boot ? { pid: Number(pid), start, host, boot } : undefined;
}

/** The directory of the kept files in a store. */
export function verbsDirectory(gitDirectory: string): string {
  return join(gitDirectory, 'gsess', 'verbs');
}

/** Adds a file of ours to the directory, which is made if it does not exist, and returns its path. */
export function announce(directory: string, { processes, verb, now, verbs }: Announcement): string {
  const since = now();
  const path = join(directory, `${ownerName(processes.self)}.${uniqueEnd(since)}`);
  const kept = verbs && join(verbs, verb);
  if (kept !== undefined && isLinked(kept, path)) return path;
  const write = () => {
    if (kept === undefined) writeOwnerFile(path, JSON.stringify({ verb, since }));
    else writeSynced(path, JSON.stringify({ verb }));
  };
  try {
    write();
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
    makeStoreDirectory(directory);
    write();
  }
  if (verbs !== undefined && kept !== undefined) keep(path, { verbs, kept });
  return path;
}

/** Its content is on disk, so a power cut that leaves the name leaves that too; the name itself is made again where it is lost. */
function keep(path: string, { verbs, kept }: { readonly verbs: string; readonly kept: string }) {
  try {
    makeStoreDirectory(verbs);
  } catch (error) {
    removeFile(path);
    throw error;
  }
  isLinked(path, kept);
}

/** Whatever is in the way of a link, all that is lost is time. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return false;
    throw error;
  }
}

function uniqueEnd(since: number): string {
  lastNumber = (lastNumber + 1) % NUMBERS;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return hex(Math.round(since), 11) + hex(lastNumber, 5);
}

function sinceInName(path: string): number {
  const [, since = '0'] = UNIQUE_END.exec(path) ?? [];
  return Number.parseInt(since, 16);
}

/** A file left by a failed write would stand for as long as we live. */
function writeOwnerFile(path: string, content: string): void {
  try {
    writeFileSync(path, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    removeFile(path);
    throw error;
  }
}

/** Finds an owner other than `mine` that may live, and removes the files of those met on the way that cannot. */
export function findLiveOwner(
  directory: string,
  options: Announcement,
  mine?: string,
): OwnerFile | undefined {
  for (const owner of liveOwners(directory, options)) if (owner.path !== mine) return owner;
  return undefined;
}

/** Removes what killed processes left. */
export function removeDeadOwners(directory: string, options: Announcement): void {
  for (const _ of liveOwners(directory, options));
}

function* liveOwners(directory: string, options: Announcement): Generator<OwnerFile> {
  for (const name of directoryNames(directory)) {
    const path = join(directory, name);
    const owner = UNIQUE_END.test(name) ? parseOwnerName(name.replace(UNIQUE_END, '')) : undefined;
    if (owner === undefined) continue;
    if (mayLive(path, owner, options)) yield { path, owner };
    else removeFile(path);
  }
}

/** Whether the owner of this file may be at work; `path` tells how old it is, where the process cannot be looked up. */
export function mayLive(
  path: string,
  owner: Owner,
  { processes, now }: Pick<Announcement, 'processes' | 'now'>,
): boolean {
  const { host, boot } = processes.self;
  if (owner.host !== host) return ageOf(path, now()) <= FOREIGN_OWNER_AGE_MS_MAX;
  return owner.boot === boot && processes.isAlive(owner);
}

/** Of a link the name tells, for its time is that of the kept file. A name that tells of a moment to come is another program's. */
function ageOf(path: string, now: number): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return Number.POSITIVE_INFINITY;
  const since = sinceInName(path);
  const isCredible = since <= now + FOREIGN_OWNER_AGE_MS_MAX;
  return now - (isCredible ? Math.max(stat.mtimeMs, since) : stat.mtimeMs);
}

/** The error for one who waited in vain for this owner. */
export function busy(
  directory: string,
  { path, owner }: OwnerFile,
  options: Announcement,
): GsessError {
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
    if (typeof verb !== 'string') return { verb: undefined, since: undefined };
    return { verb, since: typeof since === 'number' ? since : sinceInName(path) };
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !(error instanceof SyntaxError)) throw error;
    return { verb: undefined, since: undefined };
  }
}
