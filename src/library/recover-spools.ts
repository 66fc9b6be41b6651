// Takes in what processes left that were killed while they recorded a session of this project: what they had said and not yet saved becomes
// a checkpoint. Sessions that are being recorded are left alone. Done before anything is listed or taken up.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isJsonObject, textOfField } from '../agents/embedded/message-reader.ts';
import { placeId, readTranscript } from '../agents/embedded/transcript-reader.ts';
import { GsessError } from '../errors.ts';
import { capture } from '../session/capture.ts';
import { NativeIndex } from '../session/native-index.ts';
import { locateProject } from '../session/project.ts';
import { firstLine, Spool, spoolDirectory, spooledIds } from '../session/spool.ts';
import { openStoreDirectory } from '../session/store.ts';
import type { Surroundings } from '../session/surroundings.ts';
import { subjectLine } from '../session/title.ts';
import { type ProjectHandle, surroundingsFor } from './project-handle.ts';
import type { CallOptions } from './session-store.ts';

export async function recoverSpools(handle: ProjectHandle, options?: CallOptions): Promise<void> {
  const surroundings = surroundingsFor(handle, options);
  const { agent } = handle;
  for (const nativeId of spooledIds(surroundings.dataDirectory, agent)) {
    const directory = spoolDirectory(surroundings.dataDirectory, agent, nativeId);
    const spool = new Spool(directory, surroundings);
    if (!isOfProject(handle, nativeId, spool.path)) continue;
    const cut = await spool.recover(() =>
      takeIn(handle, { nativeId, path: spool.path }, surroundings),
    );
    if (cut === 0) continue;
    surroundings.onWarning?.(`${cut} bytes of session ${nativeId} were not written to their end`);
  }
}

/** Killed right after the user said something, the process may have left no checkpoint of that. */
async function takeIn(
  { agent, directory }: ProjectHandle,
  { nativeId, path }: { readonly nativeId: string; readonly path: string },
  surroundings: Surroundings,
): Promise<void> {
  const { messages, turns } = readTranscript(readFileSync(path));
  if (messages.length === 0) return;
  const turn = turns.at(-1);
  const promptId = turn && placeId(turn.offset);
  const isKnown =
    promptId === undefined || lastPromptId(agent, nativeId, surroundings) === promptId;
  const prompt = turn?.prompt ?? '';
  const report = await capture(
    {
      agent,
      nativeId,
      cwd: directory,
      transcript: { path, sideFiles: [], isPassing: true },
      ...(isKnown
        ? { kind: 'manual', subject: 'what was said before the process was gone' }
        : { kind: 'prompt', subject: subjectLine(prompt, 'an empty prompt'), prompt, promptId }),
    },
    surroundings,
  );
  for (const warning of report.warnings) surroundings.onWarning?.(warning);
}

function lastPromptId(agent: string, nativeId: string, surroundings: Surroundings): string | null {
  const { dataDirectory } = surroundings;
  const bound = new NativeIndex(dataDirectory).find(agent, nativeId);
  if (bound === undefined) return null;
  const store = openStoreDirectory(join(dataDirectory, 'projects', bound.store), surroundings);
  if (store?.tip(bound.session) === undefined) return null;
  const record = store.record(store.tipOf(bound.session));
  store.objects.close();
  return record.lastPromptId;
}

/** Known by its native id, else by the directory that its first line tells. */
function isOfProject(handle: ProjectHandle, nativeId: string, path: string): boolean {
  const { surroundings, agent, project } = handle;
  const bound = new NativeIndex(surroundings.dataDirectory).find(agent, nativeId);
  if (bound !== undefined) return bound.store === basename(project.storeDirectory);
  const directory = directoryOf(path);
  if (directory === undefined) return false;
  try {
    return locateProject(directory, surroundings).storeDirectory === project.storeDirectory;
  } catch (error) {
    if (error instanceof GsessError && error.code === 'not-found') return false;
    throw error;
  }
}

function directoryOf(path: string): string | undefined {
  const line = firstLine(path);
  try {
    const begin: unknown = JSON.parse(line ?? '');
    return isJsonObject(begin) ? textOfField(begin['directory']) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
