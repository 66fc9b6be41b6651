// One file of an agent on its way in: reads it, works out which session it tells of and what it says of it, and hands it to the store.
// Content is never a reason to refuse a file, since its bytes are kept whatever can be made of them; only what cannot be read is.

import { readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import type { Agent, AgentPlaces } from '../agents/agent.ts';
import { GsessError, isSystemError } from '../errors.ts';
import type { Import, ImportFacts } from '../session/import-draft.ts';
import type { ImportResult } from '../session/import-transcript.ts';
import { parseName } from '../session/name.ts';
import type { Store } from '../session/store.ts';
import type { Message, Transcript } from '../transcript/transcript.ts';
import { promptLine, textOf, titleOf } from '../transcript/turns.ts';
import { conversationForm } from './conversation-form.ts';

export interface ImportedFile {
  readonly id: string | null;
  readonly nativeId: string | null;
  readonly status: 'added' | 'updated' | 'unchanged' | 'refused';
  readonly records: number;
  readonly warnings: readonly string[];
}

/** A damaged file can be wrong in a million places; the first tell enough. */
const WARNINGS_MAX = 20;

export interface ImportSource {
  readonly agent: Agent;
  readonly places: AgentPlaces;
  /** The files that the agent itself writes to. */
  readonly ownPaths: ReadonlySet<string>;
}

/** A file that was read: what to hand to the store, and what there is to tell whatever becomes of it. */
export interface ReadFile {
  readonly request: Import;
  readonly records: number;
  readonly warnings: readonly string[];
}

/** Reads the file at an absolute path; says why where it cannot. */
export function readImport(store: Store, path: string, source: ImportSource): ReadFile | string {
  const { agent, places, ownPaths } = source;
  const read = readRegularFile(path);
  if (typeof read === 'string') return read;
  const transcript = agent.format.read(read);
  const nativeId = nativeIdOf(agent, transcript, path);
  const facts = {
    ...factsOf(transcript),
    cwd: believedDirectory(store, path, { ...source, nativeId, claimed: transcript.cwd }),
    title: titleWithoutPrompt(transcript) ?? basename(path),
    agent: agent.name,
    nativeId,
    isAgentsOwn: ownPaths.has(path),
  };
  return {
    request: {
      source: { path, sideFiles: agent.sessions.sideFiles(path) },
      facts,
      form: conversationForm(agent, places, store.surroundings.now),
    },
    records: recordCount(transcript),
    warnings: transcript.warnings.map(({ message }) => message),
  };
}

/** What there is to tell of a file, with what became of it. */
export function importedFile(file: ReadFile | string, result?: ImportResult): ImportedFile {
  if (typeof file === 'string' || result === undefined) {
    const warnings = typeof file === 'string' ? [file] : [];
    return { id: null, nativeId: null, status: 'refused', records: 0, warnings };
  }
  return {
    id: result.id,
    nativeId: file.request.facts.nativeId,
    status: result.status,
    records: file.records,
    warnings: bounded([...result.warnings, ...file.warnings]),
  };
}

/** The bytes, or why there are none. A pipe would be waited for, so it is not opened. */
function readRegularFile(path: string): Buffer | string {
  try {
    if (!statSync(path).isFile()) return 'Not a regular file';
    return readFileSync(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return 'No such file';
    if (isSystemError(error, 'EACCES', 'EPERM')) return 'No permission to read it';
    if (isSystemError(error, 'ERR_FS_FILE_TOO_LARGE')) return 'Larger than can be read at once';
    if (isSystemError(error, 'EIO', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE')) {
      return `Cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    }
    throw error;
  }
}

/**
 * The agent's id of the session in the file. A subagent writes under the id of the session it works for, so the name of its file is
 * added; else the file's name comes first, as in a resumed session the ids inside may be those of the one it goes on from.
 */
function nativeIdOf(
  { sessions }: Agent,
  { sidechain, nativeIds: [inside] }: Transcript,
  path: string,
): string {
  const stem = basename(path).replace(/(?:\.jsonl?)?(?:\.(?:gz|zst))?$/i, '') || 'transcript';
  if (sidechain && inside !== undefined) return `${inside}/${stem}`;
  // Compressed, it is called by what it was.
  const named = sessions.idOfFile(path) ?? sessions.idOfFile(`${stem}.jsonl`);
  return named ?? inside ?? stem;
}

/**
 * Where it was begun, as it says itself. Resuming takes the user there, so it is believed only within the project, or where the
 * agent keeps the file in the very place of that directory; else null.
 */
function believedDirectory(
  store: Store,
  path: string,
  {
    agent,
    places,
    ownPaths,
    nativeId,
    claimed,
  }: ImportSource & { readonly nativeId: string; readonly claimed: string | undefined },
): string | null {
  if (claimed === undefined || !isAbsolute(claimed) || resolve(claimed) !== claimed) return null;
  const { root } = store.project;
  const isWithin = claimed === root || claimed.startsWith(`${root}/`);
  const isItsPlace = () => agent.sessions.resumesFrom(places, path, { nativeId, cwd: claimed });
  return isWithin || (ownPaths.has(path) && isItsPlace()) ? claimed : null;
}

type TranscriptFacts = Omit<ImportFacts, 'cwd' | 'agent' | 'nativeId' | 'isAgentsOwn' | 'title'>;

function factsOf(transcript: Transcript): TranscriptFacts {
  const { titles, turns, model, provider, permissionMode, branch } = transcript;
  const first = turns.map(({ prompt }) => promptLine(prompt)).find((line) => line !== '');
  // Without the titles that were made up: what is asked for is something that was said.
  const said = titleOf({ turns, titles: { lastPrompt: titles.lastPrompt } });
  return {
    name: nameOf(titles.custom),
    turns: turns.length,
    firstPrompt: first ?? null,
    lastPrompt: said ?? null,
    model: model ?? null,
    provider: provider ?? null,
    permissionMode: permissionMode ?? null,
    branch: branch ?? null,
    startedAt: transcript.startedAt,
    endedAt: transcript.endedAt,
  };
}

/** A subagent's transcript may begin with its answer, and another hold nothing but local commands. */
function titleWithoutPrompt(transcript: Transcript): string | undefined {
  const { messages } = transcript;
  const lines = (kind: Message['kind']) =>
    messages
      .filter((message) => message.kind === kind)
      .map((message) => /<command-name>([^<]*)/.exec(textOf(message))?.[1] ?? textOf(message))
      .map(promptLine);
  const spoken = [...lines('reply'), ...lines('command')].find((line) => line !== '');
  return titleOf({ turns: [], titles: transcript.titles }) ?? spoken;
}

/** The name that the user gave the session in its agent, where it can be one here. */
function nameOf(custom: string | undefined): string | null {
  try {
    return custom === undefined ? null : parseName(custom, 'session');
  } catch (error) {
    if (error instanceof GsessError && error.code === 'name-invalid') return null;
    throw error;
  }
}

/** A record that holds a call and its result is a source of two messages; one that only began a turn may be told of by itself too. */
function recordCount({ messages, others }: Transcript): number {
  const sources = [
    ...messages.flatMap((one) => one.sources),
    ...others.map(({ source }) => source),
  ];
  return new Set(sources.map(({ offset }) => offset)).size;
}

function bounded(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= WARNINGS_MAX) return warnings;
  const more = warnings.length - WARNINGS_MAX;
  return [...warnings.slice(0, WARNINGS_MAX), `And ${more} more of the kind`];
}
