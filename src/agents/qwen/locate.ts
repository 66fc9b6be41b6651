// Finds Qwen Code's own files: sessions by id or directory, what stands beside them, where a new one belongs. Only reads, follows no
// link, and passes over what is no session. A hook needs this file, so it loads no schema library.

import { basename, dirname, join } from 'node:path';
import type { AgentPlaces, NativeSession, ResumeTarget, SideFile } from '../agent.ts';
import { directoryEntries, fileHead, filesBelow } from '../agent-files.ts';
import { newestSession } from '../newest-session.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SUBAGENTS = 'subagents/';
/** Holds the first records of a session, or the beginning of a long one, which tells its directory before what is said. */
const HEAD_BYTES = 64 * 1024;

/** Tells whether `text` can be the id of a Qwen session. */
export function isNativeId(text: string): boolean {
  return UUID.test(text);
}

/** Gives the directory of Qwen's settings: its own variable if set, else `~/.qwen`. */
export function qwenDirectory({ home, variables }: AgentPlaces): string {
  return variables.QWEN_HOME ?? join(home, '.qwen');
}

/** The id that the name of a session tells. */
export function idOfFile(path: string): string | undefined {
  const name = basename(path);
  const id = name.slice(0, -'.jsonl'.length);
  return name.endsWith('.jsonl') && isNativeId(id) ? id : undefined;
}

/** Finds a session in any project; where several hold the id, the one written last. */
export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  if (!isNativeId(nativeId)) return undefined;
  return newestSession(listSessions(places), nativeId);
}

/** Lists the sessions. */
export function listSessions(places: AgentPlaces): NativeSession[] {
  const projects = projectsDirectory(places);
  const names = directoryEntries(projects).filter((entry) => entry.isDirectory());
  return names.flatMap(({ name }) => {
    const chats = join(projects, name, 'chats');
    return directoryEntries(chats).flatMap((entry) => {
      const nativeId = entry.isFile() ? idOfFile(entry.name) : undefined;
      return nativeId === undefined ? [] : [{ nativeId, path: join(chats, entry.name) }];
    });
  });
}

/** The directory a session was begun in, as its first records tell. */
export function directoryOf(sessionPath: string): string | undefined {
  const text = /"cwd":("(?:[^"\\]|\\.)*")/.exec(fileHead(sessionPath, HEAD_BYTES))?.[1];
  try {
    return text === undefined ? undefined : String(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Qwen looks in the directory of its project only. */
export function resumesFrom(places: AgentPlaces, path: string, target: ResumeTarget): boolean {
  return path === newSessionPath(places, target);
}

/** Where a new session stands; nowhere for what is no id. */
export function newSessionPath(
  places: AgentPlaces,
  { nativeId, cwd }: ResumeTarget,
): string | undefined {
  if (!isNativeId(nativeId)) return undefined;
  const project = join(projectsDirectory(places), projectName(places, cwd));
  return join(project, 'chats', `${nativeId}.jsonl`);
}

/** Lists the sessions of the subagents that worked for one, and what is noted of them. */
export function sideFilesOf(sessionPath: string): SideFile[] {
  const id = idOfFile(sessionPath);
  return id === undefined ? [] : filesBelow(subagentsOf(sessionPath, id), SUBAGENTS);
}

/** Where a side file of the session stands. */
export function sidePlace(sessionPath: string, name: string, nativeId: string): string | undefined {
  if (!name.startsWith(SUBAGENTS)) return undefined;
  return join(subagentsOf(sessionPath, nativeId), name.slice(SUBAGENTS.length));
}

function subagentsOf(sessionPath: string, id: string): string {
  return join(dirname(dirname(sessionPath)), 'subagents', id);
}

function projectsDirectory(places: AgentPlaces): string {
  return join(places.variables.QWEN_RUNTIME_DIR ?? qwenDirectory(places), 'projects');
}

/** The name Qwen makes of a directory. */
function projectName({ platform }: AgentPlaces, cwd: string): string {
  const path = platform === 'win32' ? cwd.toLowerCase() : cwd;
  return path.replace(/[^a-zA-Z0-9]/g, '-');
}
