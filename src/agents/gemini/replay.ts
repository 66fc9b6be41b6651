// Plays the records of a Gemini session back as Gemini does when it loads one: a message that is written again replaces itself, a step back
// takes away, a change of `messages` puts other ones in the place of all. What was taken away is still there, marked.

import type { Source } from '../../transcript/transcript.ts';
import type { Placed } from '../line-records.ts';
import { type GeminiFacts, type GeminiRecord, kindOf, parseRecord } from './record.ts';

/** One message with everything that was written of it. */
export interface Said {
  readonly id: string;
  /** In file order; a version that a change brought in has no place of its own, unless it is the first. */
  readonly versions: Version[];
  /** Put in the place of what was said before, by a compaction. */
  readonly isSummary: boolean;
  /** False once the user stepped back before it. */
  live: boolean;
  /** False once it no longer is among the messages Gemini would go on with. */
  held: boolean;
}

export interface Version {
  readonly record: GeminiRecord;
  readonly source?: Source;
}

export interface Replay {
  /** In the order in which they were first said. */
  readonly said: readonly Said[];
  /** What the headers and changes tell of the session, the last word first. */
  readonly facts: readonly GeminiFacts[];
  readonly others: { type: string; source: Source }[];
}

export function replay(records: readonly Placed<GeminiRecord>[]): Replay {
  const said: Said[] = [];
  const facts: GeminiFacts[] = [];
  const others: Replay['others'] = [];
  let held = new Map<string, Said>();
  const say = (id: string, version: Version, isSummary = false): Said => {
    const message = { id, versions: [version], isSummary, live: true, held: true };
    said.push(message);
    held.set(id, message);
    return message;
  };
  for (const { record, source } of records) {
    const kind = kindOf(record);
    if (kind === 'message') {
      const known = held.get(record.id ?? '');
      if (known === undefined) say(record.id ?? '', { record, source });
      else known.versions.push({ record, source });
      continue;
    }
    if (kind === 'saved') say(`#${source.offset}`, { record, source });
    else if (kind === 'logged') {
      say(`${record.sessionId} ${record.messageId}`, { record, source });
      facts.unshift({ sessionId: record.sessionId });
    } else others.push({ type: kind === 'change' ? '$set' : kind, source });
    if (kind === 'rewind') stepBack(held, record.$rewindTo ?? '');
    if (kind === 'header') facts.unshift(record);
    if (kind === 'change') {
      facts.unshift(record.$set ?? {});
      if (record.$set?.messages) held = replaced(held, { list: record.$set.messages, source, say });
    }
  }
  return { said, facts, others };
}

/** Takes away the message and all after it; Gemini takes away everything where it knows no such message. */
function stepBack(held: Map<string, Said>, id: string): void {
  let isAfter = !held.has(id);
  for (const message of held.values()) {
    isAfter ||= message.id === id;
    if (!isAfter) continue;
    message.live = false;
    message.held = false;
    held.delete(message.id);
  }
}

function replaced(
  before: ReadonlyMap<string, Said>,
  change: {
    readonly list: readonly unknown[];
    readonly source: Source;
    readonly say: (id: string, version: Version, isSummary: boolean) => Said;
  },
): Map<string, Said> {
  const after = new Map<string, Said>();
  const ids = new Set(change.list.map((value) => parseRecord(value)?.id));
  const isCompaction = [...before.values()].some(
    (message) => isReply(message) && !ids.has(message.id),
  );
  for (const message of before.values()) message.held = false;
  for (const value of change.list) {
    const record = parseRecord(value);
    const id = record?.id;
    if (record === undefined || id === undefined) continue;
    const known = before.get(id) ?? after.get(id);
    if (known === undefined)
      after.set(id, change.say(id, { record, source: change.source }, isCompaction));
    else {
      known.versions.push({ record });
      known.held = true;
      after.set(id, known);
    }
  }
  return after;
}

/** Gemini drops notices of its own too, and user messages that it took for commands. */
function isReply({ versions }: Said): boolean {
  return versions.at(-1)?.record.type === 'gemini';
}
