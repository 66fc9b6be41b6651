// All that a session is beside its files, in one value: what was said and how it was left, and the state that its agent put down with it.
// For whoever takes a session up: the command line, and agents that have gsess as their session layer. Only read here; what a fork may
// not take along, and what the present does not allow, is decided in restore-state.ts.

import { EMPTY_ENVELOPE } from '../transcript/empty-envelope.ts';
import type { Envelope } from '../transcript/envelope.ts';
import { type Interruption, interruptionOf } from '../transcript/interruption.ts';
import type { Message, Transcript } from '../transcript/transcript.ts';
import { heldAtTip, readConversation, type TranscriptReader } from './conversation.ts';
import type { SessionId } from './session-id.ts';
import { type SessionRecord, transcriptOf } from './session-record.ts';
import type { Store } from './store.ts';

export interface SessionState extends Envelope {
  readonly conversation: {
    readonly session: SessionId;
    readonly nativeId: string | null;
    /** The agent's own file of it, where it has one. */
    readonly path: string | null;
    readonly messages: readonly Message[];
    readonly interruption: Interruption;
    /** A call that the agent put off until it is resumed, and will then run. */
    readonly deferredCall: {
      readonly callId: string;
      readonly name: string;
      readonly input: unknown;
    } | null;
  };
  readonly model: string | null;
  readonly provider: string | null;
}

/** The bytes of the conversation at the tip of a session, for whoever has no time to read a very long one. */
export function conversationBytes(store: Store, session: SessionId): number {
  return heldAtTip(store, store.tipOf(session))?.bytes ?? 0;
}

/** The state at the tip of a session; null where there is no such session. Throws where it cannot be read. */
export function readSessionState(
  store: Store,
  session: SessionId,
  readerOf: (agent: string) => TranscriptReader | undefined,
): SessionState | null {
  const id = store.tip(session);
  if (id === undefined) return null;
  const tip = store.checkpoint(id);
  const record = store.record(tip);
  const held = heldAtTip(store, tip);
  const transcript = held && readerOf(record.agent)?.(readConversation(store, held));
  const messages = transcript?.messages ?? [];
  const interruption = interruptionOf({ messages, headless: transcript?.headless });
  const envelope = transcript?.envelope ?? EMPTY_ENVELOPE;
  return {
    ...envelope,
    conversation: {
      session,
      nativeId: record.pending?.nativeId ?? record.activeNativeId,
      path: transcriptOf(record, held?.nativeId)?.source ?? null,
      messages,
      interruption,
      deferredCall:
        interruption.kind === 'deferred'
          ? {
              callId: interruption.call.id,
              name: interruption.call.name,
              input: interruption.call.input,
            }
          : null,
    },
    ...toldBeside(record, envelope, transcript),
  };
}

/** What events and other agents' transcripts tell of the same, where the envelope does not. */
function toldBeside(
  record: SessionRecord,
  { identity, permission, workspace }: Envelope,
  transcript: Transcript | undefined,
) {
  const { name, model, provider, permissionMode } = record;
  const pullRequest = transcript?.pullRequests.at(-1);
  const told = pullRequest && {
    number: pullRequest.number,
    url: pullRequest.url ?? null,
    repository: null,
  };
  return {
    identity: { ...identity, customTitle: name ?? identity.customTitle },
    permission: { ...permission, mode: permissionMode ?? permission.mode },
    workspace: { ...workspace, pullRequest: workspace.pullRequest ?? told ?? null },
    model: model ?? transcript?.model ?? null,
    provider: provider ?? transcript?.provider ?? null,
  };
}
