// Finds Claude Code's own files: transcripts by id or directory, what stands beside them, where a new one belongs, and the
// register of live sessions. Only reads, follows no link, and takes what it finds as it is: a file that is half
// written or of another shape is passed over, a directory that is not there is empty. A hook needs this file, so it loads no
// schema library.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isSystemError } from '../../errors.ts';
import { readJsonLines } from '../../transcript/jsonl.ts';
import type { AgentPlaces, LiveSession, NativeSession, ResumeTarget, SideFile } from '../agent.ts';
import { directoryEntries, fileHead, filesBelow } from '../agent-files.ts';
import { newestSession } from '../newest-session.ts';

/** Claude cuts longer slugs and adds a hash it does not document. */
export const SLUG_CHARACTERS_MAX = 200;
/** How much of a transcript is read to learn its directory; the more only where the less does not tell. */
const HEAD_BYTES = [16 * 1024, 256 * 1024];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Tells whether `text` can be the id of a Claude session. */
export function isNativeId(text: string): boolean {
  return UUID.test(text);
}

/** Gives Claude's directory: its own variable if set, else `~/.claude`. */
export function configDirectory(places: AgentPlaces): string {
  return places.variables.CLAUDE_CONFIG_DIR ?? join(places.home, '.claude');
}

/** Gives the directory name Claude makes of a real path; undefined where it is too long to be known. */
export function projectSlug(cwd: string): string | undefined {
  const slug = cwd.normalize('NFC').replace(/[^A-Za-z0-9]/g, '-');
  return slug.length > SLUG_CHARACTERS_MAX ? undefined : slug;
}

/** Finds the directory of a project's transcripts; undefined only where it can neither be computed nor found. */
export function projectDirectory(places: AgentPlaces, cwd: string): string | undefined {
  const projects = join(configDirectory(places), 'projects');
  const slug = projectSlug(cwd);
  if (slug !== undefined) return join(projects, slug);
  const head = cwd
    .normalize('NFC')
    .replace(/[^A-Za-z0-9]/g, '-')
    .slice(0, SLUG_CHARACTERS_MAX);
  for (const entry of directoryEntries(projects)) {
    if (!entry.isDirectory() || !entry.name.startsWith(head)) continue;
    const directory = join(projects, entry.name);
    if (transcriptsIn(directory).some((path) => recordedCwd(path) === cwd)) return directory;
  }
  return undefined;
}

/** Finds the transcript of a session in any project; where several hold the id, the one written last. */
export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  if (!isNativeId(nativeId)) return undefined;
  return newestSession(listSessions(places), nativeId);
}

/** Lists all transcripts. */
export function listSessions(places: AgentPlaces): NativeSession[] {
  const projects = join(configDirectory(places), 'projects');
  return directoryEntries(projects)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => transcriptsIn(join(projects, name)))
    .map((path) => ({ nativeId: idOf(path), path }));
}

/** Says where a new transcript is to be written so that Claude finds it from `cwd`; nowhere for what is no id. */
export function newTranscriptPath(places: AgentPlaces, session: ResumeTarget): string | undefined {
  const directory = isNativeId(session.nativeId)
    ? projectDirectory(places, session.cwd)
    : undefined;
  return directory === undefined ? undefined : join(directory, `${session.nativeId}.jsonl`);
}

/** Claude looks in one directory only, and takes no copy that lies elsewhere. */
export function resumesFrom(places: AgentPlaces, path: string, target: ResumeTarget): boolean {
  const expected = newTranscriptPath(places, target);
  return expected === undefined || expected === path;
}

/** Where a side file of the transcript stands. */
export function sidePlace(transcriptPath: string, name: string): string {
  return join(transcriptPath.replace(/\.jsonl$/, ''), name);
}

/** The id that the name of a transcript tells. */
export function idOfFile(path: string): string | undefined {
  const id = idOf(path);
  return path.endsWith('.jsonl') && isNativeId(id) && basename(path).length === id.length + 6
    ? id
    : undefined;
}

/** Lists what stands beside a transcript: subagents, large tool results. */
export function sideFilesOf(transcriptPath: string): SideFile[] {
  const root = transcriptPath.replace(/\.jsonl$/, '');
  return root === transcriptPath ? [] : filesBelow(root);
}

/** Reads Claude's register of running sessions. Whether a process still lives is for the caller to ask. */
export function liveSessions(places: AgentPlaces): LiveSession[] {
  const directory = join(configDirectory(places), 'sessions');
  return directoryEntries(directory).flatMap((entry) => {
    if (!entry.isFile() || !entry.name.endsWith('.json')) return [];
    return liveSession(join(directory, entry.name));
  });
}

/** Reads the working directory a transcript was begun in, from its first records. */
export function recordedCwd(path: string): string | undefined {
  for (const length of HEAD_BYTES) {
    const head = Buffer.from(fileHead(path, length));
    for (const entry of readJsonLines(head)) {
      const value: unknown = 'value' in entry ? entry.value : undefined;
      const cwd = textField(value, 'cwd');
      if (cwd !== undefined) return cwd;
    }
    if (head.length < length) return undefined;
  }
  return undefined;
}

function liveSession(path: string): LiveSession[] {
  const value = readJson(path);
  const nativeId = textField(value, 'sessionId');
  const pid: unknown = isObject(value) ? value['pid'] : undefined;
  if (nativeId === undefined || typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) {
    return [];
  }
  const optional = ['cwd', 'status', 'name', 'kind'].flatMap((key) => {
    const text = textField(value, key);
    return text === undefined ? [] : [[key, text]];
  });
  return [{ nativeId, pid, ...Object.fromEntries(optional) }];
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, ...UNREADABLE)) return undefined;
    throw error;
  }
}

const UNREADABLE = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'];

function transcriptsIn(directory: string): string[] {
  return directoryEntries(directory)
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl'))
    .map((entry) => join(directory, entry.name))
    .filter((path) => isNativeId(idOf(path)));
}

function idOf(path: string): string {
  return path.slice(-'.jsonl'.length - 36, -'.jsonl'.length);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textField(value: unknown, key: string): string | undefined {
  const text = isObject(value) ? value[key] : undefined;
  return typeof text === 'string' ? text : undefined;
}
