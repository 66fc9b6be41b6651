// Restore for an agent: a look ahead that changes nothing, and the doing of exactly that. The conversation half reserves where it goes back
// to; the session is then taken up as any other.

import { GsessError } from '../errors.ts';
import { jsonPath, type RawPath, rawPath } from '../git/raw-path.ts';
import { callOf, waitingConversation } from '../session/conversation.ts';
import { refuseBlocked } from '../session/file-plan.ts';
import { recover } from '../session/operate.ts';
import {
  previewRestore,
  type RestoreRequest,
  restoreCheckpoint,
} from '../session/restore-checkpoint.ts';
import { conversationMoves, holdsConversation } from '../session/restore-conversation.ts';
import type { Store } from '../session/store.ts';
import { type RestorePlan as FilesPlan, isEmptyPlan } from '../worktree/restore-plan.ts';
import { findMoment, type Moment, readerFor } from './find-moment.ts';
import { type ProjectHandle, saveOpen, withStore } from './project-handle.ts';
import { recoverSpools } from './recover-spools.ts';
import type { ApplyOptions, RestoreOptions, RestoreOutcome, RestorePlan } from './session-store.ts';
import { checkpointSummary, sessionSummary } from './summaries.ts';

/** Null where the reference names nothing. */
export async function planRestore(
  handle: ProjectHandle,
  reference: string,
  options: RestoreOptions = {},
): Promise<RestorePlan | null> {
  await saveOpen(handle);
  await recoverSpools(handle, options);
  const plan = await withStore(handle, options, async (store) => {
    const moment = findMoment(handle, store, reference);
    if (moment === undefined) return null;
    await recover(store, handle.project.root);
    return lookAhead(handle, store, { moment, called: reference, options });
  });
  return plan ?? null;
}

interface Wanted {
  readonly moment: Moment;
  readonly called: string;
  readonly options: RestoreOptions;
}

function lookAhead(handle: ProjectHandle, store: Store, wanted: Wanted): RestorePlan {
  const request = requestOf(handle, store, wanted);
  const files = request.files ? previewRestore(store, request) : undefined;
  const conversation = request.conversation && conversationMoves(store, request);
  const writes = files !== undefined && !isEmptyPlan(files);
  const { session, checkpoint } = wanted.moment;
  return {
    checkpoint: checkpointSummary(checkpoint),
    session: sessionSummary(session),
    create: pathsOf(files?.create),
    write: pathsOf(files?.write),
    delete: pathsOf(files?.delete),
    blocked: (files?.blocked ?? []).map(({ path, reason }) => ({ path: jsonPath(path), reason })),
    conversation,
    isEmpty: !writes && !conversation && (files?.blocked.length ?? 0) === 0,
    apply: (options) =>
      carryOut(handle, { request: { ...request, files: writes, conversation }, files }, options),
  };
}

async function carryOut(
  handle: ProjectHandle,
  { request, files }: { readonly request: RestoreRequest; readonly files: FilesPlan | undefined },
  options: ApplyOptions = {},
): Promise<RestoreOutcome> {
  if (files !== undefined) refuseBlocked(files);
  await saveOpen(handle);
  const outcome = await withStore(handle, options, async (store): Promise<RestoreOutcome> => {
    const call = callOf(store, request.checkpoint) ?? null;
    if (!request.files && !request.conversation) {
      return { checkpoint: store.tip(request.session) ?? null, call, warnings: [] };
    }
    const agreed = options.deletions ?? 0;
    const done = await restoreCheckpoint(store, { ...request, agreed }, files);
    return { checkpoint: done.checkpoint ?? null, call, warnings: done.warnings };
  });
  if (outcome !== undefined) return outcome;
  throw new GsessError('not-found', `The sessions of '${handle.project.root}' are gone`);
}

/** Both halves unless one is asked for, or there is only one. */
function requestOf(
  handle: ProjectHandle,
  store: Store,
  { moment, called, options }: Wanted,
): RestoreRequest {
  const { checkpoint, session, isSession } = moment;
  const { files, conversation, paths } = options;
  const isUntold = files === undefined && conversation === undefined && paths === undefined;
  const { root } = handle.project;
  const recorded = store.presentRoot(session.root);
  const wantsFiles = isUntold ? checkpoint.files !== 'none' : (files ?? paths !== undefined);
  if (wantsFiles && recorded !== root) {
    throw new GsessError(
      'guard',
      `The files of '${session.title}' are in '${recorded}', not in '${root}'`,
      {
        hint: `'gsess restore --root DIR' writes them elsewhere.`,
        data: { recorded, root },
      },
    );
  }
  return {
    checkpoint,
    session: session.id,
    upTo: isSession ? waitingConversation(store, checkpoint) : undefined,
    root,
    files: wantsFiles,
    conversation: isUntold ? holdsConversation(store, checkpoint) : conversation === true,
    called,
    readerOf: readerFor(handle),
    ...(paths === undefined ? {} : { within: paths.map(pathIn) }),
  };
}

function pathIn(path: string): RawPath {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (!path.startsWith('/') && !parts.includes('..')) return rawPath(parts.join('/'));
  throw new GsessError('usage', `Not a path below the root: '${path}'`);
}

function pathsOf(planned: readonly { readonly path: RawPath }[] = []) {
  return planned.map(({ path }) => jsonPath(path));
}
