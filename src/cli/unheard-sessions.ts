// Sessions of this project that an agent wrote since gsess was connected to it, and of which no event came: the agent did not run the
// hooks, as one does that wants them trusted first, or the session was begun before. An agent says nothing of hooks that it
// does not run, so only its own files show it. Only looks.

import { statSync } from 'node:fs';
import type { Agent } from '../agents/agent.ts';
import { agentEntry } from '../agents/registry.ts';
import { GsessError } from '../errors.ts';
import { NativeIndex } from '../session/native-index.ts';
import type { Project } from '../session/project.ts';
import { openStoreOf } from '../session/store.ts';
import { placesOf } from './agent-places.ts';
import { settingsKeptIn } from './connectable-agents.ts';
import { connectedSince } from './connected-settings.ts';
import type { Context } from './context.ts';
import type { HookState } from './hook-state.ts';
import { whyNothing } from './run-recording.ts';

export interface UnheardSession {
  readonly agent: string;
  readonly nativeId: string;
  readonly path: string;
  /** When the agent wrote to it last. */
  readonly at: string;
}

/** Newer ones tell enough. */
const LOOKED_AT_MAX = 50;

/** Newest first; `hooks` are those that hold for the root of the project. */
export async function unheardSessions(
  context: Context,
  project: Project,
  hooks: readonly HookState[],
): Promise<readonly UnheardSession[]> {
  const { root } = project;
  // Then none comes, as is wished.
  if (whyNothing(context) !== undefined) return [];
  const connected = hooks.filter(({ state }) => state === 'installed');
  const unheard: UnheardSession[] = [];
  for (const name of new Set(connected.map(({ agent }) => agent))) {
    const files = connected.filter(({ agent }) => agent === name);
    const since = Math.min(
      ...files.map(({ path }) => connectedSince(path, settingsKeptIn(context))),
    );
    const agent = await agentEntry(name).load();
    unheard.push(...(await writtenSince(context, agent, { root, since })));
  }
  if (unheard.length === 0) return [];
  const imported = importedIds(context, project);
  return unheard
    .filter(({ nativeId }) => !imported.has(nativeId))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** Those of which nothing was ever told. */
async function writtenSince(
  context: Context,
  { name, sessions }: Agent,
  { root, since }: { readonly root: string; readonly since: number },
): Promise<UnheardSession[]> {
  const index = new NativeIndex(context.surroundings.dataDirectory);
  const isHere = (directory: string | undefined) =>
    directory === root || directory?.startsWith(`${root}/`) === true;
  return (await sessions.list(placesOf(context, name)))
    .map(({ nativeId, path }) => ({ nativeId, path, at: writtenAt(path) }))
    .filter(({ at }) => at > since)
    .sort((a, b) => b.at - a.at)
    .slice(0, LOOKED_AT_MAX)
    .filter(({ nativeId }) => index.find(name, nativeId) === undefined)
    .filter(({ path }) => isHere(sessions.directoryOf(path)))
    .map(({ nativeId, path, at }) => ({
      agent: name,
      nativeId,
      path,
      at: new Date(at).toISOString(),
    }));
}

/** What was taken in from files was told by no event, and is kept all the same. */
function importedIds({ surroundings }: Context, project: Project): ReadonlySet<string> {
  try {
    const sessions = openStoreOf(project, surroundings)?.sessions() ?? [];
    return new Set(sessions.flatMap(({ nativeIds }) => nativeIds));
  } catch (error) {
    // What is wrong with the store is told where it is looked at.
    if (error instanceof GsessError) return new Set();
    throw error;
  }
}

function writtenAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
