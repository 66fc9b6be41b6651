// A command's view of the project it was started in: the store, the root, the agents, and what the words of the user mean here.

import type { Agent } from '../agents/agent.ts';
import { readTranscript as readEmbedded } from '../agents/embedded/transcript-reader.ts';
import { findAgent } from '../agents/registry.ts';
import { GsessError } from '../errors.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { TranscriptReader } from '../session/conversation.ts';
import { currentSession } from '../session/current-session.ts';
import { locateProject, type Project } from '../session/project.ts';
import {
  type CheckpointTarget,
  type Found,
  type Reading,
  resolveCheckpoint,
  resolveSession,
  resolveSubject,
} from '../session/reference.ts';
import { referencesOf } from '../session/references.ts';
import type { ConversationForm } from '../session/resume-session.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { openStoreOf, type Store } from '../session/store.ts';
import type { TagSummary } from '../session/tag.ts';
import { unlessDamaged } from '../session/unless-damaged.ts';
import { nativeIdHere, placesOf } from './agent-places.ts';
import type { Context } from './context.ts';
import { conversationForm } from './conversation-form.ts';
import { refuseLostStore } from './lost-store.ts';

/** The project alone, for verbs that read no conversation. */
export interface Place {
  readonly project: Project;
  readonly store: Store;
  /** The root of the files here. */
  readonly root: string;
  /** The session that is meant where none is named; `changes` says that the verb will change something. */
  current(how: { readonly changes: boolean }): SessionSummary;
  /** A session by what the user wrote, or the current one. Says on stderr what else the word could mean. */
  session(text: string | undefined, how: Wanted): SessionSummary;
}

export interface Workspace extends Place {
  /** A checkpoint by what the user wrote, or the tip of the current session. */
  checkpoint(text: string | undefined, how: Wanted): Moment;
  /** A session or one of its moments by what the user wrote: a session first, as everywhere where sessions are meant. */
  subject(text: string | undefined, how: Wanted): Subject;
  /** The session whose agent this command was started by. */
  inside(): SessionSummary | undefined;
  form(agent: string): ConversationForm | undefined;
  /** The agents whose sessions are here; undefined for one that this gsess does not know. */
  agent(name: string): Agent | undefined;
  readerOf(agent: string): TranscriptReader | undefined;
}

export interface Wanted {
  readonly changes: boolean;
  readonly reading?: Reading | undefined;
}

/** A checkpoint and the session that it is taken as a moment of. */
export interface Moment {
  readonly checkpoint: Checkpoint;
  readonly session: SessionSummary;
  /** Set where it was named by a tag. */
  readonly tag?: TagSummary;
  /** Where the session stands, not a checkpoint that was named: what waits to be taken up is meant too. */
  readonly isSession?: boolean;
}

/** A session, or a moment of it that was named. */
export interface Subject extends Moment {
  /** False where a moment was named; `checkpoint` is the tip otherwise. */
  readonly isSession: boolean;
}

/** Opens the project of the working directory and loads the agents whose sessions are in it, and others. Throws as `openPlace` does. */
export function openWorkspace(
  context: Context,
  others: readonly string[] = [],
): Promise<Workspace> {
  return openWorkspaceOf(context, openPlace(context).store, others);
}

/** The same for a store that is open already, of whatever project. */
export async function openWorkspaceOf(
  context: Context,
  store: Store,
  others: readonly string[] = [],
): Promise<Workspace> {
  const names = new Set([...store.sessions().map((session) => session.agent), ...others]);
  const agents = new Map<string, Agent>();
  for (const name of names) {
    const agent = await findAgent(name)?.load();
    if (agent !== undefined) agents.set(name, agent);
  }
  return workspaceOf(context, { store, project: store.project, agents });
}

/** Opens the project of the working directory; throws `not-found` if gsess knows nothing of it. */
export function openPlace(context: Context): Place {
  const { surroundings, cwd } = context;
  const project = locateProject(cwd, surroundings);
  const store = openStoreOf(project, surroundings);
  if (store === undefined) {
    refuseLostStore(project, surroundings);
    throw new GsessError('not-found', `No sessions in '${project.root}' yet`, {
      hint: `Sessions appear once an agent works here; 'gsess connect' sees to that, 'gsess import' brings in old ones.`,
    });
  }
  return placeOf(context, store, store.project);
}

/** The project of the working directory; undefined where no session was ever kept in it. Throws where its store was taken away. */
export function openPlaceIfAny(context: Context): Place | undefined {
  const { surroundings, cwd } = context;
  const project = locateProject(cwd, surroundings);
  const store = openStoreOf(project, surroundings);
  if (store === undefined) refuseLostStore(project, surroundings);
  return store && placeOf(context, store, store.project);
}

export function placeOf(context: Context, store: Store, project: Project): Place {
  const lookup = lookupOf(context, { store, project, readerOf: noReader });
  return { project, store, root: project.root, current: lookup.current, session: lookup.session };
}

function workspaceOf(
  context: Context,
  opened: {
    readonly store: Store;
    readonly project: Project;
    readonly agents: ReadonlyMap<string, Agent>;
  },
): Workspace {
  const { store, project, agents } = opened;
  // An agent that gsess does not know is one that embeds it.
  const readerOf = (name: string) => agents.get(name)?.format.read ?? readEmbedded;
  const { current, session, references, mention } = lookupOf(context, { store, project, readerOf });
  const atTip = (session: SessionSummary): Subject => {
    return { session, checkpoint: store.checkpoint(session.tip), isSession: true };
  };
  return {
    project,
    store,
    root: project.root,
    current,
    session,
    checkpoint: (text, { changes, reading }) => {
      if (text === undefined) return atTip(current({ changes }));
      const found = unlessDamaged(store, text, () =>
        resolveCheckpoint(text, references(changes), reading),
      );
      mention(found);
      return momentOf(store, found.value, () => current({ changes }));
    },
    subject: (text, { changes, reading }) => {
      if (text === undefined) return atTip(current({ changes }));
      const found = unlessDamaged(store, text, () =>
        resolveSubject(text, references(changes), reading),
      );
      mention(found);
      const { value } = found;
      if (value.kind === 'checkpoint') {
        const moment = momentOf(store, value.target, () => current({ changes }));
        return { ...moment, isSession: false };
      }
      return atTip(value.session);
    },
    inside: () => references(false).inside(),
    form: (name) => {
      const agent = agents.get(name);
      return agent && conversationForm(agent, placesOf(context, name), context.surroundings.now);
    },
    agent: (name) => agents.get(name),
    readerOf,
  };
}

type ReaderOf = (agent: string) => TranscriptReader | undefined;

const noReader: ReaderOf = () => undefined;

function lookupOf(
  context: Context,
  {
    store,
    project: { root },
    readerOf,
  }: { readonly store: Store; readonly project: Project; readonly readerOf: ReaderOf },
) {
  const nativeId = nativeIdHere(context);
  const current = ({ changes }: { readonly changes: boolean }): SessionSummary => {
    const reference = context.sessionReference;
    if (reference === undefined) return currentSession(store, { root, changes, nativeId });
    return resolveSession(reference, references(changes)).value;
  };
  const references = (changes: boolean) =>
    referencesOf(store, {
      readerOf,
      nativeId,
      // `--session` itself must not be looked up by asking for the current session.
      current: () =>
        context.sessionReference === undefined
          ? currentSession(store, { root, changes, nativeId })
          : resolveSession(context.sessionReference, referencesOf(store, noCurrent(readerOf)))
              .value,
    });
  const mention = ({ alsoNames, isHeadless = false }: Omit<Found<unknown>, 'value'>) => {
    if (alsoNames !== undefined) context.output.note(`It also names the ${alsoNames}.`);
    if (isHeadless)
      context.output.note('It ran without a person; there is no other to go on with.');
  };
  const session = (text: string | undefined, { changes, reading }: Wanted): SessionSummary => {
    if (text === undefined) return current({ changes });
    const found = unlessDamaged(store, text, () =>
      resolveSession(text, references(changes), reading),
    );
    mention(found);
    return found.value;
  };
  return { current, session, references, mention };
}

function noCurrent(readerOf: ReaderOf) {
  return {
    readerOf,
    current: (): SessionSummary => {
      throw new GsessError('usage', 'A session cannot be named by the current one here');
    },
  };
}

/**
 * The session a checkpoint is a moment of: the one that the reference went through, else the current one if the checkpoint lies in
 * its history, else the one that made it.
 */
function momentOf(store: Store, target: CheckpointTarget, current: () => SessionSummary): Moment {
  const checkpoint = store.checkpoint(target.id);
  const { tag, isSession = false } = target;
  const named = { isSession, ...(tag && { tag }) };
  const here =
    target.tag === undefined && target.session !== undefined ? undefined : sessionHere(current);
  if (here !== undefined && isInHistory(store, here, checkpoint)) {
    return { checkpoint, session: here, ...named };
  }
  const session = store.summary(target.session ?? checkpoint.session);
  if (session !== undefined) return { checkpoint, session, ...named };
  throw new GsessError('not-found', `The session of checkpoint '${target.id}' was deleted`, {
    hint: `'gsess undo' brings a deleted session back.`,
  });
}

/** The current session; undefined where there is no telling, for whoever can do without. */
export function sessionHere(current: () => SessionSummary): SessionSummary | undefined {
  try {
    return current();
  } catch (error) {
    if (error instanceof GsessError) return undefined;
    throw error;
  }
}

function isInHistory(store: Store, session: SessionSummary, checkpoint: Checkpoint): boolean {
  for (const { id } of store.history(session.tip)) if (id === checkpoint.id) return true;
  return false;
}
