// Finds LLxprt Code's own files: recordings by id, the locks of running sessions, where a new recording belongs. Only reads, follows no
// link, and passes over what is no recording. A hook needs this file, so it loads no schema library.

import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { AgentPlaces, LiveSession, NativeSession, ResumeTarget } from '../agent.ts';
import { directoryEntries, fileHead } from '../agent-files.ts';
import { userConfigDirectory, userLogDirectory } from '../user-directory.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const APPLICATION = 'llxprt-code';
/** How much of the id the name of a recording holds. */
const NAME_CHARACTERS = 12;
const HEAD_BYTES = 16 * 1024;

/** Tells whether `text` can be the id of a session of LLxprt. */
export function isNativeId(text: string): boolean {
  return UUID.test(text);
}

/** Gives the directory of LLxprt's settings. */
export function configDirectory(places: AgentPlaces): string {
  return places.variables.LLXPRT_CONFIG_HOME ?? userConfigDirectory(places, APPLICATION);
}

/** Finds the recording of a session, in any project. */
export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  if (!isNativeId(nativeId)) return undefined;
  return listSessions(places).find((session) => session.nativeId === nativeId);
}

/** Lists the recordings, those that older versions kept in the home directory too. */
export function listSessions(places: AgentPlaces): NativeSession[] {
  const old = join(places.home, '.llxprt');
  const all = [...chatsBelow(logDirectory(places)), ...chatsBelow(old), join(old, 'sessions')];
  return all.flatMap((chats) =>
    directoryEntries(chats).flatMap((entry) => {
      if (!entry.isFile() || !/^session-.*\.jsonl$/.test(entry.name)) return [];
      const path = join(chats, entry.name);
      const nativeId = headField(path, 'sessionId');
      return nativeId === undefined ? [] : [{ nativeId, path }];
    }),
  );
}

/** The directory a recording was begun in. */
export function directoryOf(path: string): string | undefined {
  return headField(path, 'cwd') ?? headField(path, 'workspaceDirs');
}

/** The sessions that a lock says are running; whether the process lives is for the caller to ask. */
export function liveSessions(places: AgentPlaces): LiveSession[] {
  return chatsBelow(logDirectory(places)).flatMap((chats) =>
    directoryEntries(chats).flatMap((entry) => {
      if (!entry.isFile() || !entry.name.endsWith('.lock')) return [];
      const lock = fileHead(join(chats, entry.name), HEAD_BYTES);
      const nativeId = field(lock, 'sessionId') ?? basename(entry.name, '.lock');
      const pid = Number(/"pid"\s*:\s*(\d+)/.exec(lock)?.[1]);
      return Number.isSafeInteger(pid) && pid > 0 ? [{ nativeId, pid }] : [];
    }),
  );
}

/** LLxprt takes up only what was recorded in the directory it is started in. */
export function resumesFrom(places: AgentPlaces, path: string, { cwd }: ResumeTarget): boolean {
  return dirname(path) === chatsOf(places, cwd);
}

/** Where a new recording stands; nowhere for what is no id. */
export function newRecordingPath(
  places: AgentPlaces,
  { nativeId, cwd, at }: ResumeTarget & { readonly at: number },
): string | undefined {
  if (!isNativeId(nativeId)) return undefined;
  const time = new Date(at).toISOString().slice(0, 19).replaceAll(':', '-');
  const name = `session-${time}-${nativeId.slice(0, NAME_CHARACTERS)}.jsonl`;
  return join(chatsOf(places, cwd), name);
}

/** How LLxprt marks the recordings of a directory, and names the directory they are in. */
export function projectHash(cwd: string): string {
  return createHash('sha256').update(cwd).digest('hex');
}

function chatsOf(places: AgentPlaces, cwd: string): string {
  return join(logDirectory(places), 'tmp', projectHash(cwd), 'chats');
}

function chatsBelow(directory: string): string[] {
  const projects = directoryEntries(join(directory, 'tmp')).filter((entry) => entry.isDirectory());
  return projects.map(({ name }) => join(directory, 'tmp', name, 'chats'));
}

function logDirectory(places: AgentPlaces): string {
  const { LLXPRT_LOG_HOME, LLXPRT_CONFIG_HOME } = places.variables;
  return LLXPRT_LOG_HOME ?? LLXPRT_CONFIG_HOME ?? userLogDirectory(places, APPLICATION);
}

/** A text of the first record, or the first text of a list. */
function headField(path: string, key: string): string | undefined {
  const [line = ''] = fileHead(path, HEAD_BYTES).split('\n');
  return line.includes('"session_start"') ? field(line, key) : undefined;
}

function field(text: string, key: string): string | undefined {
  const value = new RegExp(`"${key}"\\s*:\\s*\\[?\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(text)?.[1];
  try {
    return value === undefined ? undefined : String(JSON.parse(value));
  } catch {
    return undefined;
  }
}
