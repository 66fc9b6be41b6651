// The name and the id that somebody wants for a session that an agent is about to begin. What is wrong with them is said before it starts.

import type { AgentEntry } from '../agents/registry.ts';
import { GsessError } from '../errors.ts';
import { checkIdIsFree } from '../session/free-id.ts';
import { parseName } from '../session/name.ts';
import type { Project } from '../session/project.ts';
import { checkNameIsFree } from '../session/rename-session.ts';
import { parseSessionId } from '../session/session-id.ts';
import { openStoreOf } from '../session/store.ts';
import { placesOf } from './agent-places.ts';
import type { Context } from './context.ts';

export interface NewSession {
  /** For the agent, in front of its other words. */
  readonly args: readonly string[];
  /** For its hooks. */
  readonly environment: Readonly<Record<string, string>>;
  readonly name: string | undefined;
}

interface Wanted {
  readonly name: string | undefined;
  readonly 'session-id': string | undefined;
  readonly entries: readonly AgentEntry[];
}

/** Throws `name-invalid`, `usage`, or `guard` for a name or an id that is taken or that the agent cannot be given. */
export async function newSessionOf(
  context: Context,
  project: Project,
  { name: called, 'session-id': id, entries }: Wanted,
): Promise<NewSession> {
  const store = openStoreOf(project, context.surroundings);
  const name = called === undefined ? undefined : parseName(called, 'session');
  if (name !== undefined && store !== undefined) checkNameIsFree(store, name);
  const environment = name === undefined ? {} : { GSESS_SESSION_NAME: name };
  if (id === undefined) return { args: [], environment, name };
  const session = parseSessionId(id.toLowerCase());
  const [entry] = entries;
  if (entry?.idFlag === undefined) {
    throw new GsessError(
      'guard',
      `${entry?.title ?? 'The agent'} cannot be given the id of a session`,
    );
  }
  const { sessions } = await entry.load();
  const isAgents = sessions.find(placesOf(context, entry.name), session) !== undefined;
  const ids = { session, nativeId: session };
  if (store !== undefined) checkIdIsFree(store, entry.name, { ids, isAgents });
  return { args: [entry.idFlag, session], environment, name };
}
