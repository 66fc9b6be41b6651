// Makes a transcript of one agent out of a conversation of another. Bytes only: where it goes, and the session it becomes, is for others.

import { GsessError } from '../errors.ts';
import type { Agent } from './agent.ts';
import { carriedConversation, type LeftBehind, type Origin } from './carried-conversation.ts';

export interface CarriedTranscript {
  readonly bytes: Buffer;
  readonly left: readonly LeftBehind[];
}

export interface CarryRequest {
  readonly from: Agent;
  readonly to: Agent;
  /** Where it comes from, as the other agent is told. */
  readonly origin: Omit<Origin, 'agent'>;
  readonly nativeId: string;
  readonly cwd: string;
  readonly at: number;
  /** How many files stand beside the transcript it comes from. */
  readonly sideFiles: number;
}

/**
 * The conversation in the other agent's own records, with no call left open. Throws `agent-unavailable` where that one cannot take it,
 * `not-found` where nothing was said.
 */
export function carryOver(bytes: Uint8Array, request: CarryRequest): CarriedTranscript {
  const { from, to, nativeId, cwd, at, sideFiles } = request;
  const { takeOver, write } = to.format;
  if (takeOver.way === 'none') {
    throw new GsessError(
      'agent-unavailable',
      `${to.title} cannot be given a conversation of another agent`,
      { hint: `'gsess connect --check' says what each agent can do.` },
    );
  }
  const origin = { ...request.origin, agent: from.title };
  const { modelTools } = from.format;
  const options = { at, sideFiles, modelTools };
  const { said, left } = carriedConversation(from.format.read(bytes), origin, options);
  if (said.length === 1) {
    throw new GsessError('not-found', `Nothing was said in it that ${to.title} could go on with`);
  }
  const written = takeOver.write({ said, nativeId, cwd, at });
  return { bytes: write({ bytes: written, nativeId, cwd, pending: 'repair' }).bytes, left };
}
