// opencode keeps its sessions in a database. What gsess reads are copies in the form of `opencode export`, kept by the plugin while a
// session runs: one file for a session, and beside it one for each of its subagents. Only reads, follows no link, and passes over
// what is no session. A hook needs this file, so it loads no schema library.

import { basename, dirname, join } from 'node:path';
import type { AgentPlaces, NativeSession, ResumeTarget, SideFile } from '../agent.ts';
import { directoryEntries, fileHead, filesBelow } from '../agent-files.ts';

const NATIVE_ID = /^ses_[0-9A-Za-z]{8,64}$/;
const SUFFIX = '.json';
/** The session is told of before its messages. */
const HEAD_BYTES = 64 * 1024;

/** Tells whether `text` can be the id of an opencode session. */
export function isNativeId(text: string): boolean {
  return NATIVE_ID.test(text);
}

/** The id that the name of a copy tells. */
export function idOfFile(path: string): string | undefined {
  const name = basename(path);
  const id = name.slice(0, -SUFFIX.length);
  return name.endsWith(SUFFIX) && isNativeId(id) ? id : undefined;
}

export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  return listSessions(places).find((session) => session.nativeId === nativeId);
}

export function listSessions({ copies }: AgentPlaces): NativeSession[] {
  return directoryEntries(copies).flatMap((entry) => {
    const nativeId = entry.isFile() ? idOfFile(entry.name) : undefined;
    return nativeId === undefined ? [] : [{ nativeId, path: join(copies, entry.name) }];
  });
}

/** The directory a session was begun in. */
export function directoryOf(path: string): string | undefined {
  const text = /"directory"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(fileHead(path, HEAD_BYTES))?.[1];
  try {
    return text === undefined ? undefined : String(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The copy is taken into the database first, so it need not be there any more. */
export function resumesFrom(path: string, { nativeId, cwd }: ResumeTarget): boolean {
  return idOfFile(path) === nativeId && directoryOf(path) === cwd;
}

/** Where the copy of a session stands; nowhere for what is no id. */
export function copyPath(
  { copies }: AgentPlaces,
  { nativeId }: Pick<ResumeTarget, 'nativeId'>,
): string | undefined {
  return isNativeId(nativeId) ? join(copies, `${nativeId}${SUFFIX}`) : undefined;
}

/** The sessions of its subagents. */
export function sideFilesOf(path: string): SideFile[] {
  const id = idOfFile(path);
  return id === undefined ? [] : filesBelow(join(dirname(path), id), 'subagents/');
}
