// A command's view of the project it was started in: the store, the root, the agents, and what the words of the user mean here.

import { basename } from 'node:path';
import type { Agent, AgentPlaces } from '../agents/agent.ts';
import { claude } from '../agents/claude/claude.ts';
import { sideFilesOf } from '../agents/claude/locate.ts';
import { GsessError } from '../errors.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { TranscriptReader } from '../session/conversation.ts';
import { currentSession } from '../session/current-session.ts';
import { NativeIndex } from '../session/native-index.ts';
import { locateProject, type Project } from '../session/project.ts';
import {
  type CheckpointTarget,
  type Reading,
  resolveCheckpoint,
  resolveSession,
} from '../session/reference.ts';
import { referencesOf } from '../session/references.ts';
import type { ConversationForm } from '../session/resume-session.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { openStoreOf, type Store } from '../session/store.ts';
import type { Surroundings } from '../session/surroundings.ts';
import type { TagSummary } from '../session/tag.ts';
import type { Context } from './context.ts';

export const AGENTS: readonly Agent[] = [claude];

export interface Workspace {
  readonly project: Project;
  readonly store: Store;
  /** The root of the files here. */
  readonly root: string;
  /** The session that is meant where none is named; `changes` says that the verb will change something. */
  current(how: { readonly changes: boolean }): SessionSummary;
  /** A session by what the user wrote, or the current one. Says on stderr what else the word could mean. */
  session(text: string | undefined, how: Wanted): SessionSummary;
  /** A checkpoint by what the user wrote, or the tip of the current session. */
  checkpoint(text: string | undefined, how: Wanted): Moment;
  form(agent: string): ConversationForm | undefined;
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

/** Opens the project of the working directory; throws `not-found` if gsess knows nothing of it. */
export function openWorkspace(context: Context): Workspace {
  const { surroundings, cwd } = context;
  const project = locateProject(cwd, surroundings);
  const store = openStoreOf(project, surroundings);
  if (store === undefined) {
    refuseLostStore(project, surroundings);
    throw new GsessError('not-found', `No sessions in '${project.root}' yet`, {
      hint: `Sessions appear once an agent works here; 'gsess connect' sees to that, 'gsess import' brings in old ones.`,
    });
  }
  return workspaceOf(context, store, store.project);
}

/** Someone removed the store; what was kept in it would otherwise seem never to have been. */
export function refuseLostStore(
  { root, storeDirectory }: Project,
  { dataDirectory }: Surroundings,
): void {
  if (!new NativeIndex(dataDirectory).knowsStore(basename(storeDirectory))) return;
  throw new GsessError('not-found', `The store of '${root}' is gone: '${storeDirectory}'`, {
    hint: 'Put it back from a backup; else a new one begins with the next event of an agent. The project itself is as it was.',
    data: { store: storeDirectory },
  });
}

export function workspaceOf(context: Context, store: Store, project: Project): Workspace {
  const { root } = project;
  const nativeId = context.environment.CLAUDE_CODE_SESSION_ID;
  const current = ({ changes }: { readonly changes: boolean }): SessionSummary => {
    const reference = context.sessionReference;
    if (reference === undefined) return currentSession(store, { root, changes, nativeId });
    return resolveSession(reference, references(changes)).value;
  };
  const references = (changes: boolean) =>
    referencesOf(store, {
      readerOf: readerOf(),
      // `--session` itself must not be looked up by asking for the current session.
      current: () =>
        context.sessionReference === undefined
          ? currentSession(store, { root, changes, nativeId })
          : resolveSession(context.sessionReference, referencesOf(store, noCurrent())).value,
    });
  const mention = (alsoNames: string | undefined) => {
    if (alsoNames !== undefined) context.output.note(`It also names the ${alsoNames}.`);
  };
  return {
    project,
    store,
    root,
    current,
    session: (text, { changes, reading }) => {
      if (text === undefined) return current({ changes });
      const { value, alsoNames } = unlessDamaged(store, text, () =>
        resolveSession(text, references(changes), reading),
      );
      mention(alsoNames);
      return value;
    },
    checkpoint: (text, { changes, reading }) => {
      if (text === undefined) {
        const session = current({ changes });
        return { checkpoint: store.checkpoint(session.tip), session, isSession: true };
      }
      const { value, alsoNames } = unlessDamaged(store, text, () =>
        resolveCheckpoint(text, references(changes), reading),
      );
      mention(alsoNames);
      return momentOf(store, value, () => current({ changes }));
    },
    form: (agent) => formOf(context, agent),
  };
}

/** What cannot be read is not "not there": nobody shall begin it anew because of that. */
function unlessDamaged<T>(store: Store, text: string, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof GsessError) || error.code !== 'not-found') throw error;
    const [word = ''] = text.toLowerCase().split(/[@~]/);
    const damage = [...store.damage].find(([ref]) => ref.split('/').at(-1)?.startsWith(word));
    if (damage === undefined || word === '') throw error;
    const [ref, reason] = damage;
    throw new GsessError('ref-damaged', `Cannot read '${ref}': ${reason}`, {
      hint: `Run 'gsess doctor', which says what can be recovered.`,
      data: { name: ref, reason },
      cause: error,
    });
  }
}

function noCurrent() {
  return {
    readerOf: readerOf(),
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

/** Undefined where there is no telling, which is no error for a checkpoint that names its own session. */
function sessionHere(current: () => SessionSummary): SessionSummary | undefined {
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

export function readerOf(): (agent: string) => TranscriptReader | undefined {
  return (name) => AGENTS.find((agent) => agent.name === name)?.read;
}

export function placesOf(context: Context): AgentPlaces {
  const { CLAUDE_CONFIG_DIR: configDirectory } = context.environment;
  const { home } = context.surroundings;
  return configDirectory === undefined ? { home } : { home, configDirectory };
}

/** An agent with its places filled in. */
function formOf(context: Context, name: string): ConversationForm | undefined {
  const agent = AGENTS.find((known) => known.name === name);
  if (agent === undefined) return undefined;
  const places = placesOf(context);
  return {
    find: (nativeId) => agent.find(places, nativeId),
    destination: (session) => agent.destination(places, session),
    read: (bytes) => agent.read(bytes),
    write: (request) => agent.write(request),
    writeSideFile: (name, request) => agent.writeSideFile(name, request),
    sideFiles: (path) => sideFilesOf(path),
  };
}
