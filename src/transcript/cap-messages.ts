// Shortens what a model is given of a long conversation: the first whole turns are left out until few enough messages are left, so that no
// result loses its call. What a compaction wrote in place of all before it stays. Bytes to bytes, whatever agent wrote them: records that
// are no messages stay where they are. What comes out is read again, and taken only if it says exactly what was meant to be left.

import { decodeTranscript } from './compressed.ts';
import type { Message, MessageKind, Source, Transcript } from './transcript.ts';

export interface CappedTranscript {
  readonly bytes: Uint8Array;
  /** How many messages are left, of how many. */
  readonly given: number;
  readonly of: number;
}

/** `within`: there are not more. `impossible`: there are, and they cannot be made fewer. */
export type Capping = CappedTranscript | 'within' | 'impossible';

const GIVEN: readonly MessageKind[] = ['prompt', 'reply', 'result', 'steer', 'summary'];

/** The last turn is given whole, however long it is. What stands before the first prompt, such as instructions, stays. */
export function capMessages(
  content: Uint8Array,
  messagesMax: number,
  read: (bytes: Uint8Array) => Transcript,
): Capping {
  const { bytes, problem } = decodeTranscript(content);
  if (problem !== undefined) return 'impossible';
  const transcript = read(bytes);
  const { messages } = transcript;
  const given = givenMessages(messages);
  if (given.length <= messagesMax) return 'within';
  const gap = gapIn(transcript, given, messagesMax);
  if (gap === undefined) return 'impossible';
  const dropped = messages.slice(gap.from, gap.to).filter((one) => one !== summaryOf(given));
  const gone = new Set(dropped);
  const left = given.filter((message) => !gone.has(message));
  const shorter = withoutRecords(
    bytes,
    dropped.flatMap(({ sources }) => sources),
  );
  if (!says(read(shorter), left, transcript.warnings.length)) return 'impossible';
  return { bytes: shorter, given: left.length, of: given.length };
}

/** What the agent would send: the live conversation since its last compaction. */
function givenMessages(messages: readonly Message[]): Message[] {
  const live = messages.filter(
    (message) => message.live && !message.sidechain && GIVEN.includes(message.kind),
  );
  const compacted = live.findLastIndex(({ kind }) => kind === 'summary');
  return live.slice(Math.max(0, compacted));
}

function summaryOf(given: readonly Message[]): Message | undefined {
  return given[0]?.kind === 'summary' ? given[0] : undefined;
}

/** The messages to leave out: from the first prompt to the turn from which on few enough are left, else to the last turn. */
function gapIn(
  { messages, turns }: Transcript,
  given: readonly Message[],
  messagesMax: number,
): { readonly from: number; readonly to: number } | undefined {
  const live = turns.filter((turn) => turn.live).map((turn) => turn.messages.from);
  const isGiven = new Set(given);
  const places = messages.flatMap((message, index) => (isGiven.has(message) ? [index] : []));
  const kept = summaryOf(given) === undefined ? 0 : 1;
  let next = places.length;
  let to = live.at(-1) ?? 0;
  for (const from of live.toReversed()) {
    while (next > 0 && (places[next - 1] ?? 0) >= from) next -= 1;
    if (places.length - next + kept > messagesMax) break;
    to = from;
  }
  const [first = 0] = live;
  return to > first ? { from: first, to } : undefined;
}

/** Takes the records out, with the comma or the line end behind each. */
function withoutRecords(bytes: Uint8Array, sources: readonly Source[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (const { offset, length } of sources.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < kept) continue;
    pieces.push(bytes.subarray(kept, offset));
    kept = behind(bytes, offset + length);
  }
  pieces.push(bytes.subarray(kept));
  return Buffer.concat(pieces);
}

const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const BLANKS: readonly (number | undefined)[] = [0x20, 0x09, 0x0d];

function behind(bytes: Uint8Array, end: number): number {
  let at = end;
  while (BLANKS.includes(bytes[at])) at += 1;
  if (bytes[at] === COMMA) at += 1;
  while (BLANKS.includes(bytes[at])) at += 1;
  return bytes[at] === LINE_FEED ? at + 1 : at;
}

/** Whether these messages and no others are said, and each result has its call. */
function says(transcript: Transcript, wanted: readonly Message[], warningsMax: number): boolean {
  const given = givenMessages(transcript.messages);
  const parts = given.flatMap((message) => message.parts);
  const calls = new Set(parts.flatMap((part) => (part.type === 'tool_call' ? [part.id] : [])));
  return (
    transcript.warnings.length <= warningsMax &&
    given.length === wanted.length &&
    given.every((message, index) => wordsOf(message) === wordsOf(wanted[index])) &&
    parts.every((part) => part.type !== 'tool_result' || calls.has(part.callId))
  );
}

/** What was said, without the ids of calls, which some agents tell by their place alone. */
function wordsOf(message: Message | undefined): string {
  const parts = message?.parts.map((part) => ({ ...part, id: '', callId: '' }));
  return JSON.stringify([message?.kind, parts]);
}
