// Finds in the records of a Qwen session the calls that nobody answered, wherever they stand.

import type { Part } from '../../transcript/transcript.ts';
import { partsOf } from '../genai-parts.ts';
import type { Placed } from '../line-records.ts';
import type { QwenRecord } from './record.ts';

export interface OpenCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Of the record that holds it. */
  readonly replyId: string;
  /** Index of the record after which its result belongs: the last of the reply and of the results it did get. */
  readonly answerAfter: number;
}

type Line = Pick<Placed<QwenRecord>, 'record'>;

/** Lists the open calls in file order. */
export function openCalls(lines: readonly Line[]): OpenCall[] {
  const answered = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    for (const id of answersOf(line.record)) answered.set(id, index);
  }
  const places = new Map<string, number>();
  const calls = lines.flatMap((line, index) => {
    const replyId = line.record.uuid ?? '';
    const own = callsOf(line.record);
    for (const place of [index, ...own.map(({ id }) => answered.get(id) ?? index)]) {
      if (own.length > 0) places.set(replyId, Math.max(places.get(replyId) ?? 0, place));
    }
    return own.map((call) => ({ ...call, replyId }));
  });
  return calls
    .filter(({ id }) => id !== '' && !answered.has(id))
    .map(({ id, name, input, replyId }) => ({
      id,
      name,
      input,
      replyId,
      answerAfter: places.get(replyId) ?? 0,
    }));
}

/** The calls of a reply. */
export function callsOf(record: QwenRecord): Extract<Part, { type: 'tool_call' }>[] {
  if (record.type !== 'assistant') return [];
  return partsOf(record.message?.parts).filter((part) => part.type === 'tool_call');
}

/** The ids of the calls that a record answers. */
export function answersOf(record: QwenRecord): string[] {
  if (record.type !== 'tool_result') return [];
  return partsOf(record.message?.parts).flatMap((part) =>
    part.type === 'tool_result' ? [part.callId] : [],
  );
}
