// The state that a session is taken up with, as far as the command line can know and carry it: what the agent puts back by itself is left
// to it, what it never puts back is told, and what was asked for comes before what was saved.

import type { Agent } from '../agents/agent.ts';
import type { ResumeExtras } from '../agents/resume-words.ts';
import { type RestoredState, restoreState } from '../session/restore-state.ts';
import type { SessionId } from '../session/session-id.ts';
import { isUnspokenFork } from '../session/session-record.ts';
import {
  conversationBytes,
  readSessionState,
  type SessionState,
} from '../session/session-state.ts';
import type { Context } from './context.ts';
import type { Workspace } from './workspace.ts';

export interface StateWish extends ResumeExtras {
  readonly session: SessionId;
  /** A prompt that nothing came back to is said again. */
  readonly repeatsPrompt?: boolean | undefined;
}

/** Nobody shall wait for what would be good to know. */
const READ_BYTES_MAX = 64 * 1024 * 1024;

/** Undefined where nothing is kept of it, or so much that reading it would take long, which is told. */
export function restoredState(
  { environment, output }: Context,
  { store, readerOf }: Workspace,
  { agent, wish }: { readonly agent: Agent; readonly wish: StateWish },
): RestoredState | undefined {
  if (conversationBytes(store, wish.session) > READ_BYTES_MAX) {
    output.warn('The conversation is so long that how it was left is not looked at');
    return undefined;
  }
  const saved = readSessionState(store, wish.session, readerOf);
  if (saved === null) return undefined;
  const { onResume } = agent.capabilities;
  const isAsked = /^(?!0$|false$)./i.test(environment.CLAUDE_CODE_RESUME_INTERRUPTED_TURN ?? '');
  const isFork = isUnspokenFork(store.record(store.tipOf(wish.session)));
  return restoreState(
    saved,
    {
      permissionMode: wish.permissionMode,
      droppedModes: onResume?.droppedModes,
      model: wish.model,
      prompt: wish.prompt,
      // Said twice it would be asked for twice.
      resumesInterrupted:
        wish.repeatsPrompt === true || (isAsked && onResume?.repeatsPrompts !== true),
    },
    { isFork },
  );
}

/** Without what was said and what is opaque, of which there may be much. */
export function stateJson({ state, firstInput, permissionMode, model, bridge }: RestoredState) {
  const { conversation, files, collapse, identity, permission, workspace, goal } = state;
  const { interruption, deferredCall, messages, path } = conversation;
  return {
    conversation: {
      messages: messages.length,
      interruption: interruption.kind,
      deferredCall,
      path,
    },
    files: countsOf(files),
    collapse: { commits: collapse.commits.length, snapshot: collapse.snapshot !== null },
    identity,
    permission: { ...permission, restored: permissionMode },
    workspace,
    bridge,
    goal,
    model,
    firstInput,
  };
}

function countsOf({ history, attributions, replacements }: SessionState['files']) {
  return {
    history: history.length,
    attributions: attributions.length,
    replacements: replacements.length,
  };
}
