// The state of a session as it is handed out: what was put down completed, what a fork may not take along left out, and what the present
// does not allow told. What is left out of a fork stays out: it is put down with the first thing that is said in it.

import { isJsonObject, type JsonObject } from '../agents/embedded/message-reader.ts';
import { type RestoredState, restoreState } from '../session/restore-state.ts';
import type { SessionRecord } from '../session/session-record.ts';
import { EMPTY_ENVELOPE } from '../transcript/empty-envelope.ts';
import type { Present, PutBack, RecordedState, SessionState } from './session-state.ts';

export interface HandedOut {
  readonly state: SessionState;
  readonly putBack: PutBack;
  /** What a fork leaves behind. */
  readonly left: RecordedState;
  readonly warnings: readonly string[];
}

/** `unanswered` is a prompt that nothing came back to. */
export function putBack(
  told: JsonObject,
  {
    record,
    present = {},
    unanswered,
  }: {
    readonly record: SessionRecord;
    readonly present: Present | undefined;
    readonly unanswered: string | undefined;
  },
): HandedOut {
  const isFork = record.forkedFrom !== null && record.pending !== null;
  const saved = completed(told, record);
  const { id: session, activeNativeId: nativeId } = record;
  const interruption =
    unanswered === undefined
      ? ({ kind: 'none' } as const)
      : ({ kind: 'interrupted_prompt', prompt: unanswered, messageId: null } as const);
  const restored = restoreState(
    {
      ...mutable(saved),
      conversation: {
        session,
        nativeId,
        path: null,
        messages: [],
        interruption,
        deferredCall: null,
      },
    },
    present,
    { isFork },
  );
  const { conversation: _conversation, ...state } = restored.state;
  const { agent, permissionMode, model, bridge, firstInput, replacements, warnings } = restored;
  return {
    state: { ...saved, ...state },
    putBack: { agent, permissionMode, model, bridge, firstInput, replacements },
    left: isFork ? LEFT_BY_FORK : {},
    warnings,
  };
}

/** What stays in the session that was forked from. */
const LEFT_BY_FORK: RecordedState = {
  workspace: { worktree: null },
  bridge: { session: null, lastSequence: null },
  permission: { isolationLatch: null },
};

/** Each family with all its fields, and what else was put down. */
function completed(told: JsonObject, record: SessionRecord): SessionState {
  const families = Object.entries(EMPTY_ENVELOPE).map(([name, empty]) => {
    const value = told[name];
    return [
      name,
      isJsonObject(value) && isJsonObject(empty) ? { ...empty, ...value } : (value ?? empty),
    ];
  });
  const { model, provider } = record;
  return { model, provider, ...told, ...Object.fromEntries(families) };
}

/** The same value: that nothing in it is changed is promised to those outside. */
function mutable(state: SessionState): Omit<RestoredState['state'], 'conversation'> {
  return state as Omit<RestoredState['state'], 'conversation'>;
}
