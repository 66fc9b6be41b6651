// Plays an LLxprt recording back: which of the things that were said it would go on with. A rewind takes the last ones away, a
// compression puts a summary in the place of all. What was taken away is still there, marked.

import type { Placed } from '../line-records.ts';
import type { LlxprtRecord } from './record.ts';

/** A record that said something. */
export interface Item extends Placed<LlxprtRecord> {
  /** False once the user stepped back before it. */
  live: boolean;
  /** False once it is no longer in the history. */
  held: boolean;
}

/** The items in file order. */
export function playBack(records: readonly Placed<LlxprtRecord>[]): Item[] {
  const items: Item[] = [];
  let held: Item[] = [];
  for (const { record, source } of records) {
    const { type, payload } = record;
    if (type === 'rewind') {
      for (const item of held.splice(Math.max(0, held.length - (payload.itemsRemoved ?? 0)))) {
        item.live = false;
        item.held = false;
      }
      continue;
    }
    const isItem = type === 'content' ? payload.content : payload.summary;
    if ((type !== 'content' && type !== 'compressed') || isItem === undefined) continue;
    if (type === 'compressed') {
      for (const item of held) item.held = false;
      held = [];
    }
    const item = { record, source, live: true, held: true };
    items.push(item);
    held.push(item);
  }
  return items;
}
