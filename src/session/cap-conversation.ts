// The conversation as it is handed on to an agent: the last of it where it has more messages than a model is to be given. What the store
// holds of it is another matter, and all of it.

import { readFileSync } from 'node:fs';
import { capMessages } from '../transcript/cap-messages.ts';
import type { TranscriptReader } from './conversation.ts';
import type { Surroundings } from './surroundings.ts';

/** How many messages a model is given, of how many. */
export interface GivenMessages {
  readonly given: number;
  readonly of: number;
}

export interface HandedConversation {
  readonly bytes: Uint8Array;
  /** Undefined where nothing was left out. */
  readonly capped: GivenMessages | undefined;
  readonly warnings: readonly string[];
}

export function capConversation(
  { settings: { maxMessages } }: Pick<Surroundings, 'settings'>,
  bytes: Uint8Array,
  read: TranscriptReader,
): HandedConversation {
  const capping = capMessages(bytes, maxMessages, read);
  if (capping === 'within') return { bytes, capped: undefined, warnings: [] };
  if (capping === 'impossible') {
    const warning = `The model is given more than ${maxMessages} messages (maxMessages): they cannot be made fewer`;
    return { bytes, capped: undefined, warnings: [warning] };
  }
  const { given, of } = capping;
  const warning = `The model is given the last ${given} of ${of} messages (maxMessages is ${maxMessages}); all are kept`;
  return { bytes: capping.bytes, capped: { given, of }, warnings: [warning] };
}

/** The same of the agent's own file; undefined where that is left to the agent. */
export function capOwnFile(
  surroundings: Pick<Surroundings, 'settings'>,
  path: string,
  read: TranscriptReader,
): HandedConversation | undefined {
  if (!surroundings.settings.capsOwnFiles) return undefined;
  return capConversation(surroundings, readFileSync(path), read);
}
