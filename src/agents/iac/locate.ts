// Finds the sessions of IaC Code: a directory each, below that of their project, or in old versions one file. Only reads, follows no
// link, and passes over what is no session.

import { basename, dirname, join } from 'node:path';
import type { AgentPlaces, NativeSession, ResumeTarget, SideFile } from '../agent.ts';
import { directoryEntries, fileHead, filesBelow } from '../agent-files.ts';
import { firstDirectory } from './record.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FILE = 'session.jsonl';
const HEAD_BYTES = 64 * 1024;
/** A longer name is cut, and a hash added that cannot be made here. */
const SLUG_LENGTH_MAX = 200;
/** What a session needs of what stands beside it; its bills and its log of permissions are not another one's. */
const CARRIED = /^(?:metadata\.json$|tool-results\/|image-cache\/)/;

export function isNativeId(text: string): boolean {
  return UUID.test(text);
}

export function iacDirectory({ home, variables }: AgentPlaces): string {
  return variables.IAC_CODE_CONFIG_DIR ?? join(home, '.iac-code');
}

export function idOfFile(path: string): string | undefined {
  const name = basename(path);
  const id = name === FILE ? basename(dirname(path)) : basename(name, '.jsonl');
  return name.endsWith('.jsonl') && isNativeId(id) ? id : undefined;
}

export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  if (!isNativeId(nativeId)) return undefined;
  return listSessions(places).find((session) => session.nativeId === nativeId);
}

export function listSessions(places: AgentPlaces): NativeSession[] {
  const projects = join(iacDirectory(places), 'projects');
  return directoryEntries(projects).flatMap((project) => {
    if (!project.isDirectory()) return [];
    return directoryEntries(join(projects, project.name)).flatMap((entry) => {
      const place = join(projects, project.name, entry.name);
      const path = entry.isDirectory() ? join(place, FILE) : place;
      const nativeId = idOfFile(path);
      const isThere = entry.isDirectory() ? hasSession(place) : entry.isFile();
      return nativeId === undefined || !isThere ? [] : [{ nativeId, path }];
    });
  });
}

function hasSession(directory: string): boolean {
  return directoryEntries(directory).some((entry) => entry.name === FILE && entry.isFile());
}

/** The directory a session was begun in. */
export function directoryOf(path: string): string | undefined {
  return firstDirectory(Buffer.from(fileHead(path, HEAD_BYTES), 'utf8'));
}

/** Only those of the directory it is started in are resumed at once. */
export function resumesFrom(places: AgentPlaces, path: string, target: ResumeTarget): boolean {
  return path === newSessionPath(places, target);
}

/** Where a new session stands. */
export function newSessionPath(
  places: AgentPlaces,
  { nativeId, cwd }: ResumeTarget,
): string | undefined {
  const slug = cwd.replace(/[^A-Za-z0-9]/g, '-');
  if (!isNativeId(nativeId) || slug.length > SLUG_LENGTH_MAX) return undefined;
  return join(iacDirectory(places), 'projects', slug, nativeId, FILE);
}

export function sideFilesOf(path: string): SideFile[] {
  if (basename(path) !== FILE) return [];
  return filesBelow(dirname(path)).filter(({ name }) => name !== FILE);
}

export function sidePlace(path: string, name: string): string | undefined {
  return CARRIED.test(name) ? join(dirname(path), name) : undefined;
}
