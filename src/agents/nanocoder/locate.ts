// Finds the sessions of Nanocoder: one file each, all in one directory whatever the project. Only reads, follows no link, and passes over
// what is no session, such as the index beside them.

import { lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isSystemError } from '../../errors.ts';
import type { AgentPlaces, NativeSession, ResumeTarget } from '../agent.ts';
import { directoryEntries, fileHead } from '../agent-files.ts';
import { userDataDirectory } from '../user-directory.ts';
import { openDocument } from './document.ts';

/** Nanocoder takes no other. */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SUFFIX = '.json';
/** Holds all that stands before the messages. */
const HEAD_BYTES = 16 * 1024;

export function isNativeId(text: string): boolean {
  return ID.test(text);
}

export function nanocoderDirectory(places: AgentPlaces): string {
  return places.variables.NANOCODER_DATA_DIR ?? userDataDirectory(places, 'nanocoder');
}

export function idOfFile(path: string): string | undefined {
  const id = basename(path, SUFFIX);
  return path.endsWith(SUFFIX) && isNativeId(id) ? id : undefined;
}

export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  if (!isNativeId(nativeId)) return undefined;
  const path = sessionPath(places, nativeId);
  return isFile(path) ? { nativeId, path } : undefined;
}

export function listSessions(places: AgentPlaces): NativeSession[] {
  const directory = join(nanocoderDirectory(places), 'sessions');
  return directoryEntries(directory).flatMap((entry) => {
    const nativeId = entry.isFile() ? idOfFile(entry.name) : undefined;
    return nativeId === undefined ? [] : [{ nativeId, path: join(directory, entry.name) }];
  });
}

/** The directory a session was begun in. */
export function directoryOf(path: string): string | undefined {
  const head = Buffer.from(fileHead(path, HEAD_BYTES), 'utf8');
  return openDocument(head)?.header.workingDirectory;
}

/** Nanocoder finds a session by its id, from wherever it is started. */
export function resumesFrom(places: AgentPlaces, path: string, { nativeId }: ResumeTarget) {
  return isNativeId(nativeId) && path === sessionPath(places, nativeId);
}

/** Where a new session stands. */
export function newSessionPath(places: AgentPlaces, { nativeId }: ResumeTarget) {
  return isNativeId(nativeId) ? sessionPath(places, nativeId) : undefined;
}

function sessionPath(places: AgentPlaces, nativeId: string): string {
  return join(nanocoderDirectory(places), 'sessions', `${nativeId}${SUFFIX}`);
}

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return false;
    throw error;
  }
}
