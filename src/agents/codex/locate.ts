// Finds Codex's own files: rollouts by id, the threads a rollout goes on from or has started, and where a new one belongs. Only reads,
// follows no link, and passes over what is no rollout. A hook needs this file, so it loads no schema library.

import { basename, dirname, join, relative, sep } from 'node:path';
import type { AgentPlaces, NativeSession, ResumeTarget, SideFile } from '../agent.ts';
import { directoryEntries, fileHead } from '../agent-files.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ROLLOUT =
  /^rollout-(\d{4})-(\d{2})-(\d{2})T[\d-]+?-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl(?:\.zst)?$/i;
/** Holds the ids in the header, and not all of the instructions that follow them. */
const HEAD_BYTES = 4096;
const HEADER_BYTES_MAX = 256 * 1024;
const DIRECTORY_DEPTH_MAX = 4;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Further threads of a session are not looked for. */
const THREADS_MAX = 1000;
const BASES_MAX = 32;

/** Tells whether `text` can be the id of a thread of Codex. */
export function isNativeId(text: string): boolean {
  return UUID.test(text);
}

/** Gives Codex's directory: its own variable if set, else `~/.codex`. */
export function codexHome({ home, variables }: AgentPlaces): string {
  return variables.CODEX_HOME ?? join(home, '.codex');
}

/** The id that the name of a rollout tells. */
export function idOfFile(path: string): string | undefined {
  return ROLLOUT.exec(basename(path))?.[4]?.toLowerCase();
}

/** Finds the rollout of a thread; of several the one begun last, and of those put away only where there is no other. */
export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  if (!isNativeId(nativeId)) return undefined;
  const isWanted = (path: string) => idOfFile(path) === nativeId.toLowerCase();
  const path =
    rollouts(join(codexHome(places), 'sessions')).findLast(isWanted) ??
    rollouts(join(codexHome(places), 'archived_sessions')).findLast(isWanted);
  return path === undefined ? undefined : { nativeId, path };
}

/** The directory a rollout was begun in. */
export function directoryOf(path: string): string | undefined {
  return headOf(path).cwd;
}

/** Lists the sessions; threads that another one started belong to that one. */
export function listSessions(places: AgentPlaces): NativeSession[] {
  const home = codexHome(places);
  return ['sessions', 'archived_sessions'].flatMap((name) =>
    rollouts(join(home, name)).flatMap((path) => {
      const nativeId = idOfFile(path);
      const { rootId = nativeId } = headOf(path);
      return nativeId === undefined || rootId !== nativeId ? [] : [{ nativeId, path }];
    }),
  );
}

/** Codex finds a thread by its id, from wherever it is started. */
export function resumesFrom(
  places: AgentPlaces,
  path: string,
  { nativeId }: ResumeTarget,
): boolean {
  const within = relative(join(codexHome(places), 'sessions'), path);
  const isInside = !within.startsWith('..') && idOfFile(path) === nativeId.toLowerCase();
  return isInside && path.endsWith('.jsonl');
}

/** Where a new rollout stands: below the day it was begun. */
export function newRolloutPath(
  places: AgentPlaces,
  { nativeId, at }: ResumeTarget & { readonly at: number },
): string | undefined {
  if (!isNativeId(nativeId)) return undefined;
  const time = new Date(at).toISOString().slice(0, 19);
  const [year = '', month = '', day = ''] = time.slice(0, 10).split('-');
  const name = `rollout-${time.replaceAll(':', '-')}-${nativeId.toLowerCase()}.jsonl`;
  return join(codexHome(places), 'sessions', year, month, day, name);
}

/**
 * Lists the rollouts that belong to another one: `history/…` those it goes on from, as a fork does without a copy of its parent, and
 * `threads/…` those of its subagents.
 */
export function sideFilesOf(rolloutPath: string): SideFile[] {
  const top = sessionsDirectory(rolloutPath);
  const id = idOfFile(rolloutPath);
  if (top === undefined || id === undefined) return [];
  return [...basesOf(rolloutPath, top), ...threadsOf(rolloutPath, top, id)].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** A thread that others go on from is put back where it was; those of subagents are Codex's own to find. */
export function sidePlace(rolloutPath: string, name: string): string | undefined {
  const [kind, file = ''] = name.split('/');
  const [, year, month, day] = ROLLOUT.exec(file) ?? [];
  const top = sessionsDirectory(rolloutPath);
  if (kind !== 'history' || top === undefined || !year || !month || !day) return undefined;
  return join(top, year, month, day, file);
}

function basesOf(rolloutPath: string, top: string): SideFile[] {
  const bases: SideFile[] = [];
  const seen = new Set([rolloutPath]);
  for (let { baseId } = headOf(rolloutPath); baseId !== undefined && bases.length < BASES_MAX; ) {
    const wanted = baseId;
    const path = rolloutOf(top, wanted);
    if (path === undefined || seen.has(path)) break;
    seen.add(path);
    bases.push({ name: `history/${basename(path)}`, path });
    baseId = headOf(path).baseId;
  }
  return bases;
}

/** The rollout of a thread: looked for at the day its id tells, since a hook has no time for more, and then everywhere. */
function rolloutOf(top: string, id: string): string | undefined {
  const isWanted = (path: string) => idOfFile(path) === id;
  const begun = id.charAt(14) === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : 0;
  for (const days of [0, -1, 1]) {
    const path = rollouts(join(top, dayDirectory(begun + days * DAY_MS))).findLast(isWanted);
    if (path !== undefined) return path;
  }
  return rollouts(top).findLast(isWanted);
}

/**
 * Subagents are begun after the thread they work for, so only later threads are looked at. Their ids tell that; the names of files do
 * not, for Codex gives the time of the place, and a rollout that gsess wrote gives UTC, which may be another day, too.
 */
function threadsOf(rolloutPath: string, top: string, id: string): SideFile[] {
  return rollouts(top, dayBefore(relative(top, dirname(rolloutPath))))
    .filter((path) => (idOfFile(path) ?? '') > id)
    .slice(0, THREADS_MAX)
    .filter((path) => headOf(path).rootId === id)
    .map((path) => ({ name: `threads/${basename(path)}`, path }));
}

/** The directory of the day before, as `2026/11/30`; empty where that is no day. */
function dayBefore(directory: string): string {
  const day = Date.parse(`${directory.replaceAll(sep, '-')}T00:00:00Z`);
  return Number.isNaN(day) ? '' : dayDirectory(day - DAY_MS);
}

function dayDirectory(at: number): string {
  return new Date(at).toISOString().slice(0, 10).replaceAll('-', sep);
}

/** All rollouts below a directory, oldest first; from a day on, as its directory is called there, if one is given. */
function rollouts(top: string, from = ''): string[] {
  const found: string[] = [];
  const pending = [{ directory: top, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { directory, depth } = next;
    for (const entry of directoryEntries(directory)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && depth < DIRECTORY_DEPTH_MAX) {
        const within = relative(top, path);
        if (within >= from.slice(0, within.length)) {
          pending.push({ directory: path, depth: depth + 1 });
        }
      } else if (entry.isFile() && ROLLOUT.test(entry.name)) found.push(path);
    }
  }
  return found.sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
}

function sessionsDirectory(rolloutPath: string): string | undefined {
  const parts = dirname(rolloutPath).split(sep);
  const at = parts.lastIndexOf('sessions');
  return at < 0 ? undefined : parts.slice(0, at + 1).join(sep) || sep;
}

interface Head {
  readonly cwd?: string | undefined;
  /** The session that a thread belongs to. */
  readonly rootId?: string | undefined;
  /** The thread whose history it goes on from. */
  readonly baseId?: string | undefined;
}

/**
 * What the header tells, read without parsing it: the instructions in it are longer than all that is asked of it. Only a fork's header
 * is read whole, since what it goes on from stands behind them.
 */
function headOf(path: string): Head {
  const start = fileHead(path, HEAD_BYTES);
  const [own = ''] = start.split('"base_instructions"');
  if (!own.includes('"session_meta"')) return {};
  return {
    cwd: textIn(own, /"cwd":("(?:[^"\\]|\\.)*")/),
    rootId: idIn(own, /"session_id":"([0-9a-f-]{36})"/i),
    baseId: own.includes('"forked_from_id"') ? baseOf(path) : undefined,
  };
}

/** In the text of the instructions quotes are escaped, so that nothing in it looks like a field. */
function baseOf(path: string): string | undefined {
  const [header = ''] = fileHead(path, HEADER_BYTES_MAX).split('\n');
  return idIn(header, /"history_base":\{[^}]*"thread_id":"([0-9a-f-]{36})"/i);
}

/** A field's value in a record that may be broken. */
function textIn(text: string, pattern: RegExp): string | undefined {
  try {
    const value = pattern.exec(text)?.[1];
    return value === undefined ? undefined : String(JSON.parse(value));
  } catch {
    return undefined;
  }
}

function idIn(text: string, pattern: RegExp): string | undefined {
  return pattern.exec(text)?.[1]?.toLowerCase();
}
