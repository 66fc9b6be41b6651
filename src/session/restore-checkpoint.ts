// Takes a session back to one of its checkpoints: the files, the conversation, or both. Looking ahead changes nothing and gives the plan;
// carrying out makes the plan again while it holds the root, and refuses if it is not the plan that was shown.

import { GsessError } from '../errors.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { isBelowAny, type RawPath } from '../git/raw-path.ts';
import type { RestoreContents } from '../worktree/restore-contents.ts';
import type { RestorePlan } from '../worktree/restore-plan.ts';
import { diffSnapshots } from '../worktree/tree-diff.ts';
import { type AgreedDeletions, refuseLargeDeletion } from './agreed-deletion.ts';
import { writeCheckpoint } from './checkpoint-writer.ts';
import { composeState } from './compose-state.ts';
import { carryOut, type Holder } from './file-operation.ts';
import { planFiles, refuseImpossible } from './file-plan.ts';
import { finishJournal } from './finish-journal.ts';
import { type FilesState, type SessionOutcome, stateOf, treesOf } from './operation-log.ts';
import { newOperation, recordOperation } from './record-operation.ts';
import { type ConversationTarget, reserveConversation } from './restore-conversation.ts';
import { type RootSnapshot, snapshotFiles } from './root-snapshot.ts';
import { draftChange, filesOf, holdsFiles } from './session-change.ts';
import type { SessionId } from './session-id.ts';
import type { PendingConversation } from './session-record.ts';
import { PACKED_SOON, type Store, sessionRef } from './store.ts';

export interface RestoreRequest extends ConversationTarget {
  /** Where the files are. */
  readonly root: string;
  readonly files: boolean;
  readonly conversation: boolean;
  /** Only these paths and what lies below them. */
  readonly within?: readonly RawPath[];
  /** As the user called it: `@1`. */
  readonly called: string;
  readonly agreed?: AgreedDeletions;
}

export interface RestoreOutcome {
  /** The session's new tip; undefined where the session is gone. */
  readonly checkpoint: ObjectId | undefined;
  /** The conversation that waits to be taken up, its native id reserved; undefined where it stays as it is. */
  readonly pending: PendingConversation | undefined;
  readonly warnings: readonly string[];
}

/** The plan for the files, made on the present; nothing is written. */
export function previewRestore(store: Store, request: RestoreRequest): RestorePlan {
  const batch = store.batch();
  try {
    return planOf(store, batch, request).plan;
  } finally {
    batch.discard();
  }
}

/** Carries out; `shown` is the plan that the user agreed to. Throws `tree-changed` if the present asks for another one. */
export async function restoreCheckpoint(
  store: Store,
  request: RestoreRequest,
  shown: RestorePlan | undefined,
): Promise<RestoreOutcome> {
  return store.withRoot(request.root, 'restore', async () => {
    const warnings = await finishJournal(store, request.root);
    const batch = store.batch(request.files ? PACKED_SOON : {});
    const planned = request.files ? planToCarryOut(store, batch, { request, shown }) : undefined;
    const pending = request.conversation ? reserveConversation(store, request) : undefined;
    const checkpoint =
      planned === undefined
        ? await restoreConversation(store, batch, { request, pending })
        : await restoreFiles(store, batch, { request, planned, pending });
    return { checkpoint, pending, warnings };
  });
}

interface Planned {
  readonly present: RootSnapshot;
  readonly target: FilesState;
  readonly plan: RestorePlan;
}

interface Possible extends Planned {
  readonly contents: RestoreContents;
}

function planOf(store: Store, batch: ObjectBatch, request: RestoreRequest): Planned {
  const { checkpoint, root, within } = request;
  if (checkpoint.files === 'none') {
    throw new GsessError('guard', `Checkpoint '${request.called}' holds no files`, {
      hint: `It has the conversation alone: use '--conversation'.`,
    });
  }
  const present = snapshotFiles(store, root, { batch });
  const { files, odd } = filesOf(store, checkpoint);
  const whole: FilesState = odd === undefined ? { files } : { files, odd };
  const target = within === undefined ? whole : narrow(batch, stateOf(present), { whole, within });
  return { present, target, plan: planFiles(store, batch, { root, present, target, checkpoint }) };
}

/** The present, with only what lies below the given paths as the target has it. */
function narrow(
  batch: ObjectBatch,
  base: FilesState,
  { whole, within }: { readonly whole: FilesState; readonly within: readonly RawPath[] },
): FilesState {
  const changes = diffSnapshots(batch, treesOf(base), treesOf(whole)).filter(({ path }) =>
    isBelowAny(path, within),
  );
  return composeState(batch, base, { changes, target: whole });
}

/** The plan made again, if it may be carried out. */
function planToCarryOut(
  store: Store,
  batch: ObjectBatch,
  { request, shown }: { readonly request: RestoreRequest; readonly shown: RestorePlan | undefined },
): Possible {
  const planned = planOf(store, batch, request);
  const { plan, present } = planned;
  refuseOtherPlan(plan, shown);
  const contents = refuseImpossible(batch, request.root, plan);
  refuseLargeDeletion(batch, { plan, present: stateOf(present) }, request.agreed);
  return { ...planned, contents };
}

interface Wanted {
  readonly request: RestoreRequest;
  readonly pending: PendingConversation | undefined;
}

async function restoreFiles(
  store: Store,
  batch: ObjectBatch,
  { request, pending, planned }: Wanted & { readonly planned: Possible },
) {
  const { root, called, session } = request;
  const { present, target, plan, contents } = planned;
  const operation = newOperation(store, {
    verb: 'restore',
    root,
    summary: `restore ${called}`,
    refs: [],
    files: { before: stateOf(present), after: target },
    change: outcomeOf(request, pending),
  });
  const safety = { session, present, called, operation: operation.id };
  const kept = await keepPresent(store, batch, safety);
  return carryOut(store, batch, { operation, plan, contents, present, kept });
}

async function restoreConversation(store: Store, batch: ObjectBatch, { request, pending }: Wanted) {
  const { root, called } = request;
  const operation = newOperation(store, {
    verb: 'restore',
    root,
    summary: `restore ${called} --conversation`,
    refs: [],
    change: outcomeOf(request, pending),
  });
  return recordOperation(store, batch, operation);
}

function outcomeOf(
  { session, called, checkpoint }: RestoreRequest,
  pending: PendingConversation | undefined,
): SessionOutcome {
  return {
    session,
    subject: `restore ${called}: ${checkpoint.subject}`,
    goesBackTo: checkpoint.id,
    ...(pending === undefined ? {} : { pending }),
  };
}

/**
 * The present as a checkpoint of its own, so that it can be looked at and gone back to like any other; returns the one that
 * holds it.
 */
async function keepPresent(
  store: Store,
  batch: ObjectBatch,
  safety: {
    readonly session: SessionId;
    readonly present: RootSnapshot;
    readonly called: string;
    readonly operation: string;
  },
): Promise<Holder> {
  const { session, present, called, operation } = safety;
  const draft = draftChange(store, {
    session,
    kind: 'manual',
    subject: `before restore ${called}`,
    // Marks it as a person's doing, not the agent's.
    operation,
    snapshot: present,
    change: (record) => record,
  });
  const tip = store.tip(session);
  const isKept = tip !== undefined && holdsFiles(store, store.checkpoint(tip), present.content);
  const commit = isKept ? tip : await writeCheckpoint(store, batch, { draft });
  return { ref: sessionRef(session), commit };
}

function refuseOtherPlan(plan: RestorePlan, shown: RestorePlan | undefined): void {
  if (shown === undefined || JSON.stringify(plan) === JSON.stringify(shown)) return;
  throw new GsessError(
    'tree-changed',
    'The files changed after the plan was shown; nothing was done',
    {
      hint: 'Look at the new plan and decide again.',
    },
  );
}
