// The file that an agent is connected by, its settings or a plugin of ours, with gsess's hooks put in or taken out. A link is written
// through to where it leads, the mode stays, the file is replaced in one durable step, and what it held before is kept in the
// data directory, so that taking the hooks out again restores it byte for byte.

import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ConnectedByFile, FileBefore } from '../agents/agent.ts';
import { GsessError, isSystemError } from '../errors.ts';
import { makePrivateDirectory, syncDirectory, writeDurably } from '../git/durable-file.ts';
import { shortHash } from '../session/project.ts';
import { decodeSettings } from './decode-settings.ts';

export interface SettingsPlace {
  /** As the user knows it. */
  readonly path: string;
  /** Of a file that has to be made. */
  readonly mode: number;
  /** `<data>/connect`. */
  readonly keptDirectory: string;
}

export type ConnectStatus = 'added' | 'updated' | 'unchanged' | 'removed';

/** What connecting or disconnecting comes to; nothing is written yet. */
export interface SettingsChange {
  readonly place: SettingsPlace;
  readonly status: ConnectStatus;
  readonly events: readonly string[];
  readonly before: string | undefined;
  /** Undefined for no file. */
  readonly after: string | undefined;
}

interface Kept extends FileBefore {
  /** The directory of the file was made too. */
  readonly madeDirectory: boolean;
}

const LINKS_MAX = 40;

/** Plans to put the hooks in. */
export function planConnect(
  place: SettingsPlace,
  connection: ConnectedByFile,
  command: string,
): SettingsChange {
  const before = readSettings(place.path);
  const after = connection.add(before, command);
  const hadHooks = connection.find(before).length > 0;
  const status = after === before ? 'unchanged' : hadHooks ? 'updated' : 'added';
  return { place, status, events: connection.events, before, after };
}

/** Plans to take the hooks out. */
export function planDisconnect(place: SettingsPlace, connection: ConnectedByFile): SettingsChange {
  const before = readSettings(place.path);
  const events = [...new Set(connection.find(before).map(({ event }) => event))];
  if (events.length === 0) return { place, status: 'unchanged', events, before, after: before };
  const after = connection.remove(before, readKept(place));
  return { place, status: 'removed', events, before, after };
}

/** Carries it out, durably. */
export function applySettings({ place, status, before, after }: SettingsChange): void {
  if (status === 'unchanged') return;
  const target = linkTarget(place.path);
  const hasDirectory = statSync(dirname(target), { throwIfNoEntry: false }) !== undefined;
  if (status === 'added') keep(place, { text: before, madeDirectory: !hasDirectory });
  if (after === undefined) removeFile(target, readKept(place)?.madeDirectory === true);
  else writeSettings(target, after, { place, hasDirectory });
  if (status === 'removed') rmSync(keptPath(place), { force: true });
}

export function readSettings(path: string): string | undefined {
  try {
    return decodeSettings(readFileSync(path));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

function writeSettings(
  target: string,
  text: string,
  { place, hasDirectory }: { readonly place: SettingsPlace; readonly hasDirectory: boolean },
): void {
  if (!hasDirectory) {
    // Whoever may read the file may enter its directory.
    const directoryMode = place.mode | 0o100 | ((place.mode & 0o044) >> 2);
    mkdirSync(dirname(target), { recursive: true, mode: directoryMode });
    syncDirectory(dirname(dirname(target)));
  }
  const present = statSync(target, { throwIfNoEntry: false });
  writeDurably(target, text, { mode: present === undefined ? place.mode : present.mode & 0o7777 });
}

function removeFile(target: string, withDirectory: boolean): void {
  rmSync(target, { force: true });
  syncDirectory(dirname(target));
  if (!withDirectory) return;
  try {
    rmdirSync(dirname(target));
  } catch (error) {
    if (!isSystemError(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

/** Where the file is, or would be, behind all links. */
export function linkTarget(path: string): string {
  let at = path;
  for (let links = 0; links < LINKS_MAX; links += 1) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return at;
    at = resolve(dirname(at), readlinkSync(at));
  }
  throw new GsessError('settings-invalid', `'${path}' is a link that leads nowhere`);
}

/** Since when the file has held our hooks, in milliseconds: when it was kept as it was before, else when it was written last. */
export function connectedSince(path: string, keptDirectory: string): number {
  const kept = statSync(keptPath({ path, keptDirectory }), { throwIfNoEntry: false });
  return (kept ?? statSync(path, { throwIfNoEntry: false }))?.mtimeMs ?? Number.POSITIVE_INFINITY;
}

function keptPath({ path, keptDirectory }: Pick<SettingsPlace, 'path' | 'keptDirectory'>): string {
  return join(keptDirectory, `${shortHash(path)}.json`);
}

function keep(place: SettingsPlace, { text, madeDirectory }: Kept): void {
  makePrivateDirectory(place.keptDirectory);
  const value = { path: place.path, text: text ?? null, madeDirectory };
  writeDurably(keptPath(place), `${JSON.stringify(value, null, 1)}\n`);
}

function readKept(place: SettingsPlace): Kept | undefined {
  const text = readSettings(keptPath(place));
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as { path: unknown; text: unknown; madeDirectory: unknown };
    if (value.path !== place.path) return undefined;
    const before = typeof value.text === 'string' ? value.text : undefined;
    return { text: before, madeDirectory: value.madeDirectory === true };
  } catch (error) {
    // Without it the hooks are still taken out, one by one.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
