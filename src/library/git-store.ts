// The sessions of one project as git holds them: each call finds what is meant and hands it to the verb that the command line has too.

import { randomUUID } from 'node:crypto';
import { GsessError } from '../errors.ts';
import { conversationAt, readConversation, waitingConversation } from '../session/conversation.ts';
import { deleteSession } from '../session/delete-session.ts';
import { forkSession } from '../session/fork-session.ts';
import { latestSession } from '../session/latest-session.ts';
import { renameSession } from '../session/rename-session.ts';
import { sessionIdOf } from '../session/session-id.ts';
import { Spool, spoolDirectory } from '../session/spool.ts';
import { createTag, deleteTag, findTag, listTags } from '../session/tag.ts';
import { undoOperation } from '../session/undo-operation.ts';
import { findMoment, findSession, findSubject, readerFor, referencesIn } from './find-moment.ts';
import { planRestore } from './go-back.ts';
import type { OpenOptions } from './open-store.ts';
import { openProject, type ProjectHandle, saveOpen, withStore } from './project-handle.ts';
import type { Recorder } from './recorder.ts';
import { recoverSpools } from './recover-spools.ts';
import { keptConversation } from './restored-conversation.ts';
import { runSlash } from './run-slash.ts';
import { SessionRecorder } from './session-recorder.ts';
import type {
  CallOptions,
  CheckpointSummary,
  CreateOptions,
  ListOptions,
  RestoreOptions,
  RestorePlan,
  Resumed,
  ResumeOptions,
  SessionStore,
  SessionSummary,
  SlashResult,
  TagSummary,
  UndoOptions,
  UndoOutcome,
} from './session-store.ts';
import { standing } from './standing-conversation.ts';
import { checkpointSummary, sessionSummary, tagSummary, undoOutcome } from './summaries.ts';
import { takeUp } from './take-up.ts';

export async function openGitStore<Message extends object>(
  options: OpenOptions,
): Promise<SessionStore<Message>> {
  const handle = await openProject(options);
  // Finds out now whether the store may be used at all.
  await withStore(handle, undefined, () => undefined);
  await recoverSpools(handle);
  return new GitStore<Message>(handle);
}

class GitStore<Message extends object> implements SessionStore<Message> {
  readonly root: string;
  readonly repository: string;
  readonly #handle: ProjectHandle;

  constructor(handle: ProjectHandle) {
    this.#handle = handle;
    this.root = handle.project.root;
    this.repository = handle.project.storeDirectory;
  }

  create({ name, state = {} }: CreateOptions = {}): Recorder<Message> {
    const { surroundings, agent, open } = this.#handle;
    const nativeId = randomUUID();
    const directory = spoolDirectory(surroundings.dataDirectory, agent, nativeId);
    const recorder = new SessionRecorder<Message>(this.#handle, {
      session: sessionIdOf(agent, nativeId),
      nativeId,
      spool: new Spool(directory, surroundings),
      messages: [],
      state,
      resumed: false,
      name,
    });
    open.push(recorder as SessionRecorder<object>);
    return recorder;
  }

  async list(options: ListOptions = {}): Promise<readonly SessionSummary[]> {
    await recoverSpools(this.#handle, options);
    const { limit = Number.POSITIVE_INFINITY } = options;
    const listed = await withStore(this.#handle, options, (store) => {
      const sessions = store.newestSessions(limit);
      for (const [ref, reason] of store.damage) {
        this.#handle.surroundings.onWarning?.(`'${ref}' cannot be read: ${reason}`);
      }
      return sessions;
    });
    return (listed ?? []).map(sessionSummary);
  }

  async resolve(reference: string, options?: CallOptions): Promise<SessionSummary | null> {
    await recoverSpools(this.#handle, options);
    const found = await withStore(this.#handle, options, (store) =>
      findSession(this.#handle, store, reference),
    );
    return found === undefined ? null : sessionSummary(found);
  }

  async latest(options?: CallOptions): Promise<SessionSummary | null> {
    await recoverSpools(this.#handle, options);
    const found = await withStore(this.#handle, options, (store) => {
      const { sessions, inside, isHeadless } = referencesIn(this.#handle, store);
      return latestSession(sessions, { inside: inside(), isHeadless })?.session;
    });
    return found === undefined ? null : sessionSummary(found);
  }

  async checkpoints(
    reference?: string,
    options: ListOptions = {},
  ): Promise<readonly CheckpointSummary[] | null> {
    await saveOpen(this.#handle);
    const found = await withStore(this.#handle, options, (store) => {
      const moment = findMoment(this.#handle, store, reference);
      if (moment === undefined) return undefined;
      const summaries: CheckpointSummary[] = [];
      for (const checkpoint of store.history(moment.checkpoint.id)) {
        if (summaries.length === options.limit) break;
        summaries.push(checkpointSummary(checkpoint));
      }
      return summaries;
    });
    return found ?? null;
  }

  async messages(reference: string, options?: CallOptions): Promise<readonly Message[] | null> {
    await saveOpen(this.#handle);
    await recoverSpools(this.#handle, options);
    const found = await withStore(this.#handle, options, (store) => {
      const moment = findSubject(this.#handle, store, reference);
      if (moment === undefined) return undefined;
      const { checkpoint, session, isSession } = moment;
      if (isSession) return keptConversation(standing(store, session.id).bytes).messages;
      const tip = store.checkpoint(session.tip);
      const upTo = conversationAt(store, { checkpoint, tip }, readerFor(this.#handle));
      return keptConversation(readConversation(store, upTo)).messages;
    });
    return (found as readonly object[] | undefined as readonly Message[] | undefined) ?? null;
  }

  resume(
    reference: string | SessionSummary,
    options?: ResumeOptions<Message>,
  ): Promise<Resumed<Message> | null> {
    return takeUp<Message>(this.#handle, reference, options);
  }

  async tag(
    name: string,
    reference?: string,
    options: CallOptions & { readonly replace?: boolean } = {},
  ): Promise<TagSummary | null> {
    await saveOpen(this.#handle);
    const made = await withStore(this.#handle, options, async (store) => {
      const moment = findMoment(this.#handle, store, reference);
      if (moment === undefined) return undefined;
      const { checkpoint, session } = moment;
      const replaces = options.replace === true ? findTag(store, name)?.object : undefined;
      const request = { name, checkpoint: checkpoint.id, session: session.id, replaces };
      return await createTag(store, { ...request, root: this.root });
    });
    return made === undefined ? null : tagSummary(made);
  }

  async tags(options?: CallOptions): Promise<readonly TagSummary[]> {
    return (await withStore(this.#handle, options, listTags))?.map(tagSummary) ?? [];
  }

  async deleteTag(name: string, options?: CallOptions): Promise<TagSummary | null> {
    const gone = await withStore(this.#handle, options, async (store) =>
      findTag(store, name) === undefined
        ? undefined
        : await deleteTag(store, { name, root: this.root }),
    );
    return gone === undefined ? null : tagSummary(gone);
  }

  planRestore(reference: string, options?: RestoreOptions): Promise<RestorePlan | null> {
    return planRestore(this.#handle, reference, options);
  }

  undo(options?: UndoOptions): Promise<UndoOutcome | null> {
    return this.#takeBack('undo', options);
  }

  redo(options?: UndoOptions): Promise<UndoOutcome | null> {
    return this.#takeBack('redo', options);
  }

  async fork(
    reference?: string,
    options: CallOptions & { readonly name?: string } = {},
  ): Promise<SessionSummary | null> {
    await saveOpen(this.#handle);
    const made = await withStore(this.#handle, options, async (store) => {
      const moment = findMoment(this.#handle, store, reference);
      if (moment === undefined) return undefined;
      const { checkpoint, session, isSession } = moment;
      const fork = await forkSession(store, {
        checkpoint,
        session: session.id,
        upTo: isSession ? waitingConversation(store, checkpoint) : undefined,
        here: this.root,
        readerOf: readerFor(this.#handle),
        ...(options.name === undefined ? {} : { name: options.name }),
      });
      return store.summary(fork.session);
    });
    return made === undefined ? null : sessionSummary(made);
  }

  async rename(
    reference: string,
    name: string,
    options?: CallOptions,
  ): Promise<SessionSummary | null> {
    await saveOpen(this.#handle);
    const renamed = await withStore(this.#handle, options, async (store) => {
      const session = findSession(this.#handle, store, reference);
      if (session === undefined) return undefined;
      await renameSession(store, { session, name, root: this.root });
      return store.summary(session.id);
    });
    return renamed === undefined ? null : sessionSummary(renamed);
  }

  async delete(reference: string, options?: CallOptions): Promise<SessionSummary | null> {
    const gone = await withStore(this.#handle, options, async (store) => {
      const session = findSession(this.#handle, store, reference);
      if (session !== undefined) await deleteSession(store, { session, root: this.root });
      return session;
    });
    return gone === undefined ? null : sessionSummary(gone);
  }

  runSlashCommand(line: string, options?: CallOptions): Promise<SlashResult<Message>> {
    return runSlash<Message>(this.#handle, line, options);
  }

  async close(): Promise<void> {
    const { open } = this.#handle;
    const closed = await Promise.allSettled([...open].map((recorder) => recorder.close()));
    const failed = closed.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #takeBack(
    direction: 'undo' | 'redo',
    options: UndoOptions = {},
  ): Promise<UndoOutcome | null> {
    await saveOpen(this.#handle);
    const { everything = false, deletions: agreed = 0 } = options;
    const done = await withStore(this.#handle, options, (store) =>
      undoOperation(store, { root: this.root, direction, everything, agreed }).catch(nothingFound),
    );
    return done === undefined ? null : undoOutcome(done);
  }
}

/** Nothing to take back is no error for a program. */
function nothingFound(error: unknown): undefined {
  if (error instanceof GsessError && error.code === 'not-found') return undefined;
  throw error;
}
