// Finds Gemini CLI's own files: sessions by id or directory, what stands beside them, where a new one belongs. Only reads, follows no
// link, and passes over what is no session. A hook needs this file, so it loads no schema library.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isSystemError } from '../../errors.ts';
import type { AgentPlaces, NativeSession, ResumeTarget, SideFile } from '../agent.ts';
import { directoryEntries, fileHead, filesBelow } from '../agent-files.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SESSION_FILE = /^session-.*\.jsonl?$/;
/** Holds the header of a session. */
const HEAD_BYTES = 4096;
/** Marks the directory of a project with the path of its root. */
const OWNER_FILE = '.project_root';

/** Tells whether `text` can be the id of a Gemini session. */
export function isNativeId(text: string): boolean {
  return UUID.test(text);
}

/** Gives Gemini's directory, below the home directory or the one its own variable names. */
export function geminiDirectory({ home, variables }: AgentPlaces): string {
  return join(variables.GEMINI_CLI_HOME ?? home, '.gemini');
}

/** Finds the session that Gemini would take, in any project. */
export function findSession(places: AgentPlaces, nativeId: string): NativeSession | undefined {
  if (!isNativeId(nativeId)) return undefined;
  return listSessions(places).find((session) => session.nativeId === nativeId);
}

/** Lists the sessions, each once. */
export function listSessions(places: AgentPlaces): NativeSession[] {
  const all = join(geminiDirectory(places), 'tmp');
  const projects = directoryEntries(all).filter((entry) => entry.isDirectory());
  return projects.flatMap(({ name }) => sessionsIn(join(all, name, 'chats')));
}

/** The root of the project that a session belongs to, as Gemini has marked or registered it; the session does not tell it. */
export function directoryOf(sessionPath: string): string | undefined {
  const project = dirname(dirname(sessionPath));
  const owner = ownerOf(project);
  if (owner !== undefined) return owner;
  const registered = registeredProjects(join(dirname(dirname(project)), 'projects.json'));
  return [...registered].find(([, name]) => name === basename(project))?.[0];
}

/** Gemini looks in the directory of its project only. */
export function resumesFrom(places: AgentPlaces, path: string, { cwd }: ResumeTarget): boolean {
  return dirname(path) === chatsOf(places, cwd);
}

/**
 * Where a new session stands. Gemini makes an empty file as it starts to resume one, and deletes it later with all whose names end with
 * the same first eight characters of the id; so this name ends with the last eight.
 */
export function newSessionPath(
  places: AgentPlaces,
  { nativeId, cwd, at }: ResumeTarget & { readonly at: number },
): string | undefined {
  if (!isNativeId(nativeId)) return undefined;
  const minute = new Date(at).toISOString().slice(0, 16).replaceAll(':', '-');
  return join(chatsOf(places, cwd), `session-${minute}-${nativeId.slice(-8)}.jsonl`);
}

/** Lists what stands beside a session: its subagents, long outputs of tools, and its own directory. */
export function sideFilesOf(sessionPath: string): SideFile[] {
  const { id } = headOf(sessionPath);
  if (id === undefined || !isNativeId(id) || !SESSION_FILE.test(basename(sessionPath))) return [];
  return SIDE_DIRECTORIES.flatMap(({ prefix, of }) => filesBelow(of(sessionPath, id), prefix));
}

/** Where a side file of the session stands. */
export function sidePlace(sessionPath: string, name: string, nativeId: string): string | undefined {
  const found = SIDE_DIRECTORIES.find(({ prefix }) => name.startsWith(prefix));
  return found && join(found.of(sessionPath, nativeId), name.slice(found.prefix.length));
}

const SIDE_DIRECTORIES: readonly {
  readonly prefix: string;
  readonly of: (sessionPath: string, id: string) => string;
}[] = [
  { prefix: 'subagents/', of: (path, id) => join(dirname(path), id) },
  {
    prefix: 'tool-outputs/',
    of: (path, id) => join(dirname(dirname(path)), 'tool-outputs', `session-${id}`),
  },
  { prefix: 'session/', of: (path, id) => join(dirname(dirname(path)), id) },
];

function chatsOf(places: AgentPlaces, cwd: string): string {
  return join(geminiDirectory(places), 'tmp', projectName(places, cwd), 'chats');
}

/** The name Gemini has for a project, or would give it: that of its directory, with a number where another one has it. */
function projectName(places: AgentPlaces, cwd: string): string {
  const directory = geminiDirectory(places);
  const root = resolve(cwd);
  const registered = registeredProjects(join(directory, 'projects.json'));
  const bases = ['tmp', 'history'].map((name) => join(directory, name));
  const isFree = (name: string): boolean =>
    bases.every((base) => [undefined, root].includes(ownerOf(join(base, name))));
  const own = registered.get(root);
  if (own !== undefined && isFree(own)) return own;
  const owned = bases
    .flatMap((base) => directoryEntries(base).map(({ name }) => ({ base, name })))
    .find(({ base, name }) => ownerOf(join(base, name)) === root);
  if (owned !== undefined) return owned.name;
  const taken = new Set([...registered].flatMap(([path, name]) => (path === root ? [] : [name])));
  const stem = slugOf(basename(root));
  for (let count = 0; ; count += 1) {
    const name = count === 0 ? stem : `${stem}-${count}`;
    if (!taken.has(name) && isFree(name)) return name;
  }
}

function slugOf(name: string): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return slug.replace(/^-|-$/g, '') || 'project';
}

function ownerOf(directory: string): string | undefined {
  const owner = fileHead(join(directory, OWNER_FILE), HEAD_BYTES).trim();
  return owner === '' ? undefined : resolve(owner);
}

function registeredProjects(path: string): ReadonlyMap<string, string> {
  const value = readJson(path);
  const projects = isObject(value) ? value['projects'] : undefined;
  const entries = isObject(projects) ? Object.entries(projects) : [];
  const isName = (name: unknown): name is string =>
    typeof name === 'string' && /^[\w.-]+$/.test(name) && !/^\.+$/.test(name);
  return new Map(entries.flatMap(([root, name]) => (isName(name) ? [[resolve(root), name]] : [])));
}

/** Of several files with one id the one in which something was said; that which is left of resuming holds nothing. */
function sessionsIn(chats: string): NativeSession[] {
  const found = new Map<string, NativeSession>();
  for (const entry of directoryEntries(chats)) {
    const path = join(chats, entry.name);
    if (!entry.isFile() || !SESSION_FILE.test(entry.name)) continue;
    // A document that was resumed goes on as lines, beside itself.
    if (entry.name.endsWith('.json') && existsSync(`${path}l`)) continue;
    const { id, isSubagent } = headOf(path);
    if (id === undefined || isSubagent) continue;
    const earlier = found.get(id);
    if (earlier === undefined || rankOf(path) > rankOf(earlier.path)) {
      found.set(id, { nativeId: id, path });
    }
  }
  return [...found.values()];
}

function rankOf(path: string): number {
  const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  const isSpoken = /"type": ?"gemini"/.test(fileHead(path, size));
  return isSpoken ? mtimeMs : -1 / mtimeMs;
}

function headOf(path: string): { readonly id: string | undefined; readonly isSubagent: boolean } {
  const head = fileHead(path, HEAD_BYTES);
  const [line = ''] = head.split('"messages"');
  return {
    id: /"sessionId"\s*:\s*"([^"\\]+)"/.exec(line)?.[1],
    isSubagent: /"kind"\s*:\s*"subagent"/.test(line),
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES')) {
      return undefined;
    }
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
