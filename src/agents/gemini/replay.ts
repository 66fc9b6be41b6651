// Plays the records of a Gemini session back as Gemini does when it loads one: a message that is written again replaces itself, a step
// back takes away, a change of `messages` puts other ones in the place of all. What was taken away is still there, marked.

import type { Source } from '../../transcript/transcript.ts';
import type { Placed } from '../line-records.ts';
import { type GeminiFacts, type GeminiRecord, kindOf, parseRecord } from './record.ts';

/** One message with everything that was written of it. */
export interface Said {
  readonly id: string;
  /** In file order; a version that a change brought in has no place of its own, unless it is the first. */
  readonly versions: Version[];
  /** Written by itself, brought in by a change of all messages, or by one that left out what was said before. */
  readonly origin: 'record' | 'change' | 'compaction';
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
  const known = new Map<string, Said>();
  const say = (id: string, version: Version, origin: Said['origin'] = 'record'): Said => {
    const earlier = known.get(id);
    if (earlier?.live) {
      earlier.versions.push(origin === 'record' ? version : { record: version.record });
      earlier.held = true;
      held.set(id, earlier);
      return earlier;
    }
    const message = { id, versions: [version], origin, live: true, held: true };
    said.push(message);
    known.set(id, message);
    held.set(id, message);
    return message;
  };
  for (const { record, source } of records) {
    const kind = kindOf(record);
    if (kind === 'message') {
      say(record.id ?? '', { record, source });
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
      const list = record.$set?.messages;
      if (list === undefined) continue;
      const origin = originOf(list, held);
      for (const message of held.values()) message.held = false;
      held = new Map();
      for (const value of list) {
        const message = parseRecord(value);
        if (message?.id !== undefined) say(message.id, { record: message, source }, origin);
      }
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

/** Gemini drops notices of its own too, and user messages that it took for commands; what drops a reply is a compaction. */
function originOf(list: readonly unknown[], held: ReadonlyMap<string, Said>): Said['origin'] {
  const ids = new Set(list.map((value) => parseRecord(value)?.id));
  const isDropped = ({ id, versions }: Said) =>
    versions.at(-1)?.record.type === 'gemini' && !ids.has(id);
  return [...held.values()].some(isDropped) ? 'compaction' : 'change';
}
