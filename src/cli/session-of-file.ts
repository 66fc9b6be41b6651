// A transcript file as a session to go on with: it is taken in as 'gsess import' does, whichever agent wrote it. Which one that was is
// told by where the file lies, else by what is in it.

import { readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { Agent } from '../agents/agent.ts';
import { AGENTS } from '../agents/registry.ts';
import { writerOf } from '../agents/writer-of.ts';
import { GsessError, isSystemError } from '../errors.ts';
import { importTranscripts } from '../session/import-transcript.ts';
import { locateProject } from '../session/project.ts';
import type { SessionId } from '../session/session-id.ts';
import { openOrCreateStoreOf } from '../session/store.ts';
import { placesOf } from './agent-places.ts';
import type { Context } from './context.ts';
import { readImport } from './import-file.ts';
import { sourceOf } from './import-sources.ts';

/** Throws `not-found` for a file that is not there, `transcript-refused` for one that is no conversation. */
export async function sessionOfFile(context: Context, file: string): Promise<SessionId> {
  const path = resolve(context.cwd, file);
  const source = await sourceOf(context, await agentOf(context, path));
  const { surroundings } = context;
  const store = await openOrCreateStoreOf(locateProject(context.cwd, surroundings), surroundings);
  const read = readImport(store, path, source);
  if (typeof read === 'string') throw refused(path, read);
  for (const warning of read.warnings) context.output.warn(warning);
  const place = { root: store.project.root, summary: `import ${source.agent.name}` };
  const [result] = await importTranscripts(store, place, [read.request]);
  if (result === undefined) throw refused(path, 'Nothing was taken in');
  return result.id;
}

async function agentOf(context: Context, path: string): Promise<Agent> {
  const bytes = readBytes(path);
  const owner = AGENTS.find(({ name, directory }) =>
    path.startsWith(`${directory(placesOf(context, name))}${sep}`),
  );
  if (owner !== undefined) return await owner.load();
  const writer = await writerOf(bytes);
  if (writer !== undefined) return writer;
  throw refused(path, 'No agent that gsess knows writes such a file');
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw new GsessError('not-found', `No such file: '${path}'`);
  }
}

function refused(path: string, why: string): GsessError {
  return new GsessError('transcript-refused', `No session in '${path}': ${why}`, {
    hint: `'gsess import' names the agent that wrote it.`,
  });
}
