// Whether two files of one session tell the same story, one of them further than the other. Where each record has a line, the bytes say
// so, and nobody has to ask here. A document that holds all records in a list is written anew as it grows: its header changes, fields are
// added to records that stand, and the last record is filled in while it is being answered. There it is the same story if every record
// of the one says in the other what it said, in the same order from the first; only its last may say more. Reads two views, and decides.

import { isDeepStrictEqual } from 'node:util';
import type { Message, Part, Transcript } from './transcript.ts';

/** A file as it is, and as it reads. */
export interface ReadStory {
  readonly bytes: Uint8Array;
  readonly transcript: Pick<Transcript, 'messages' | 'warnings' | 'bytes'>;
}

/** What the later one is to the earlier; `same` where both say the same and differ in what says nothing. */
export type Relation = 'same' | 'grown' | 'older' | 'another';

/** Compares two documents. What is none, or cannot be read whole, is another story. */
export function relationOf(earlier: ReadStory, later: ReadStory): Relation {
  if (!isWholeDocument(earlier) || !isWholeDocument(later)) return 'another';
  const before = recordsOf(earlier.transcript.messages);
  const after = recordsOf(later.transcript.messages);
  if (isBeginning(before, after)) return isBeginning(after, before) ? 'same' : 'grown';
  return isBeginning(after, before) ? 'older' : 'another';
}

/** Behind a record of a list stands what divides it from the next, or ends the list. */
const BEHIND_IN_LIST = /^\s*[,\]]/;
const BEHIND_BYTES = 256;

function isWholeDocument({ bytes, transcript }: ReadStory): boolean {
  // A compressed file holds other bytes than were read.
  if (transcript.warnings.length > 0 || transcript.bytes !== bytes.length) return false;
  const last = transcript.messages.at(-1)?.sources.at(-1);
  if (last === undefined) return false;
  const end = last.offset + last.length;
  const behind = Buffer.from(bytes.subarray(end, end + BEHIND_BYTES)).toString('latin1');
  return BEHIND_IN_LIST.test(behind);
}

/** The messages of each record; an agent may keep a reply and its results in one. */
function recordsOf(messages: readonly Message[]): readonly (readonly Message[])[] {
  const records: Message[][] = [];
  let offset: number | undefined;
  for (const message of messages) {
    const at = message.sources[0]?.offset;
    if (at === undefined || at !== offset) records.push([message]);
    else records.at(-1)?.push(message);
    offset = at;
  }
  return records;
}

type Records = ReturnType<typeof recordsOf>;

function isBeginning(shorter: Records, longer: Records): boolean {
  const last = shorter.length - 1;
  return shorter.every((record, index) => {
    const other = longer[index];
    if (other === undefined) return false;
    return (
      isDeepStrictEqual(saidIn(record), saidIn(other)) ||
      (index === last && isFilledIn(record, other))
    );
  });
}

function saidIn(record: readonly Message[]) {
  return record.map(({ id, role, kind, parts }) => ({ id, role, kind, parts }));
}

/** Whether the other is the same record later: nothing is missing of what it said, and what it was saying may go on. */
function isFilledIn([first, ...results]: readonly Message[], other: readonly Message[]): boolean {
  const [filled] = other;
  if (first === undefined || first.id === undefined) return false;
  if (first.id !== filled?.id || first.role !== filled.role) return false;
  const there = other.flatMap(({ parts }) => parts);
  let from = 0;
  return [first, ...results]
    .flatMap(({ parts }) => parts)
    .every((part) => {
      const at = there.findIndex((one, index) => index >= from && isLater(part, one));
      from = at + 1;
      return at >= 0;
    });
}

/** A call is told before its input is whole. */
function isLater(part: Part, other: Part): boolean {
  if (part.type === 'text' || part.type === 'thinking') {
    return other.type === part.type && other.text.startsWith(part.text);
  }
  if (part.type === 'tool_call') {
    return other.type === 'tool_call' && other.id === part.id && other.name === part.name;
  }
  return isDeepStrictEqual(part, other);
}
