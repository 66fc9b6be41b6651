// Finds pi's own files: sessions by id or directory, and where a new one belongs. Only reads, follows no link, and passes over what is
// no session. A hook needs this file, so it loads no schema library.

import { basename, join } from 'node:path';
import type { AgentPlaces, NativeSession, ResumeTarget } from '../agent.ts';
import { directoryEntries, fileHead } from '../agent-files.ts';
import { newestSession } from '../newest-session.ts';

/** pi makes UUIDs; a program that has pi inside may give others. */
const NATIVE_ID = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/;
const FILE_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z_(.+)\.jsonl$/;
/** The header is the first record. */
const HEAD_BYTES = 16 * 1024;

/** Tells whether `text` can be the id of a pi session. */
export function isNativeId(text: string): boolean {
  return NATIVE_ID.test(text);
}

/** Gives the directory of pi's settings and sessions: its own variable if set, else `~/.pi/agent`. */
export function piDirectory({ home, variables }: AgentPlaces): string {
  return fromHome(variables.PI_CODING_AGENT_DIR, home) ?? join(home, '.pi', 'agent');
}

/** The id that the name of a session tells. */
export function idOfFile(path: string): string | undefined {
  const id = FILE_NAME.exec(basename(path))?.[1];
  return id !== undefined && isNativeId(id) ? id : undefined;
}

/** Finds a session in any project; where several hold the id, the one written last. */
export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  if (!isNativeId(nativeId)) return undefined;
  return newestSession(listSessions(places), nativeId);
}

/** Lists the sessions of all projects. */
export function listSessions(places: AgentPlaces): NativeSession[] {
  const sessions = join(piDirectory(places), 'sessions');
  const directories = directoryEntries(sessions).filter((entry) => entry.isDirectory());
  const chosen = sessionDirectory(places);
  return [
    ...directories.flatMap(({ name }) => sessionsIn(join(sessions, name))),
    ...(chosen === undefined ? [] : sessionsIn(chosen)),
  ];
}

/** The directory a session was begun in, as its header tells. */
export function directoryOf(path: string): string | undefined {
  return headerOf(path)?.cwd;
}

/** pi is given the file, and goes on in the directory that its header names. */
export function resumesFrom(path: string, { nativeId, cwd }: ResumeTarget): boolean {
  const header = headerOf(path);
  return header?.id === nativeId && header.cwd === cwd;
}

/** Where a new session stands; nowhere for what is no id. */
export function newSessionPath(
  places: AgentPlaces,
  { nativeId, cwd, at }: ResumeTarget & { readonly at: number },
): string | undefined {
  if (!isNativeId(nativeId)) return undefined;
  const time = new Date(at).toISOString().replace(/[:.]/g, '-');
  const project = `--${cwd.replace(/^[/\\]/, '').replace(/[/\\:]/g, '-')}--`;
  const directory = sessionDirectory(places) ?? join(piDirectory(places), 'sessions', project);
  return join(directory, `${time}_${nativeId}.jsonl`);
}

function sessionsIn(directory: string): NativeSession[] {
  return directoryEntries(directory).flatMap((entry) => {
    if (!entry.isFile() || !entry.name.endsWith('.jsonl')) return [];
    const path = join(directory, entry.name);
    const nativeId = idOfFile(path) ?? headerOf(path)?.id;
    return nativeId !== undefined && isNativeId(nativeId) ? [{ nativeId, path }] : [];
  });
}

/** A directory that holds the sessions of all projects, if the user chose one. */
function sessionDirectory({ home, variables }: AgentPlaces): string | undefined {
  return fromHome(variables.PI_CODING_AGENT_SESSION_DIR, home);
}

function fromHome(path: string | undefined, home: string): string | undefined {
  if (path === undefined || path === '') return undefined;
  return path === '~' || path.startsWith('~/') ? home + path.slice(1) : path;
}

interface Header {
  readonly id: string | undefined;
  readonly cwd: string | undefined;
}

function headerOf(path: string): Header | undefined {
  for (const line of fileHead(path, HEAD_BYTES).split('\n')) {
    const { type, id, cwd } = fieldsIn(line);
    if (type !== 'session') continue;
    return {
      id: typeof id === 'string' ? id : undefined,
      cwd: typeof cwd === 'string' ? cwd : undefined,
    };
  }
  return undefined;
}

function fieldsIn(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
