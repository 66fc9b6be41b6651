// One project, opened for one agent, and what is open in it. Every call opens the repository for itself and closes it again, as a command
// does: nothing that was read is held while other processes write.

import { realpathSync } from 'node:fs';
import { withSystemFault } from '../errors.ts';
import { locateProject, type Project } from '../session/project.ts';
import type { SessionId } from '../session/session-id.ts';
import { openStoreOf, type Store } from '../session/store.ts';
import type { Surroundings } from '../session/surroundings.ts';
import type { OpenOptions } from './open-store.ts';
import type { SessionRecorder } from './session-recorder.ts';
import type { ListOptions } from './session-store.ts';
import { surroundingsOf } from './surroundings-of.ts';

const SAVE_INTERVAL_MS = 30_000;
const SAVE_INTERVAL_MS_MIN = 1_000;

export interface ProjectHandle {
  readonly agent: string;
  /** The directory that was asked for. */
  readonly directory: string;
  readonly project: Project;
  readonly surroundings: Surroundings;
  /** Undefined where nothing is saved by itself. */
  readonly saveIntervalMs: number | undefined;
  readonly schedule: NonNullable<OpenOptions['schedule']>;
  /** What is open, the newest last. */
  readonly open: SessionRecorder<object>[];
}

/** Throws as `openStore` does. */
export async function openProject(options: OpenOptions): Promise<ProjectHandle> {
  const surroundings = await surroundingsOf(options);
  const project = locateProject(options.directory, surroundings);
  const { saveIntervalMs = SAVE_INTERVAL_MS, autosave = true } = options;
  if (saveIntervalMs < SAVE_INTERVAL_MS_MIN) {
    options.onWarning?.(
      `saveIntervalMs is raised from ${saveIntervalMs} to ${SAVE_INTERVAL_MS_MIN}`,
    );
  }
  return {
    agent: options.agent,
    directory: realpathSync(options.directory),
    project,
    surroundings,
    saveIntervalMs: autosave ? Math.max(saveIntervalMs, SAVE_INTERVAL_MS_MIN) : undefined,
    schedule: options.schedule ?? later,
    open: [],
  };
}

/** Runs `fn` on the store; undefined where there is none yet. Refusals of the system become `io-failed`. */
export async function withStore<T>(
  handle: ProjectHandle,
  options: ListOptions | undefined,
  fn: (store: Store) => T | Promise<T>,
): Promise<T | undefined> {
  try {
    const surroundings = surroundingsFor(handle, options);
    const store = openStoreOf(handle.project, surroundings);
    if (store === undefined) return undefined;
    try {
      return await fn(store);
    } finally {
      store.objects.close();
    }
  } catch (error) {
    throw withSystemFault(error);
  }
}

/** Those of one call. Throws the signal's reason where it is over already. */
export function surroundingsFor(
  { surroundings, agent }: ProjectHandle,
  { signal, onProgress, allAgents = false }: ListOptions = {},
): Surroundings {
  signal?.throwIfAborted();
  return {
    ...surroundings,
    ...(allAgents ? {} : { onlyAgent: agent }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

export function openRecorder(
  { open }: ProjectHandle,
  session: SessionId,
): SessionRecorder<object> | undefined {
  return open.find(({ id }) => id === session);
}

/** What was said and not saved yet belongs to where the open sessions stand. */
export async function saveOpen({ open }: ProjectHandle): Promise<void> {
  for (const recorder of [...open]) await recorder.save();
}

function later(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms).unref();
  return () => clearTimeout(timer);
}
