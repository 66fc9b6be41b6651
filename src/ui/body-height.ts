// How many rows each part of the browser has for what it lists, which both the keys and the layout need to know.

import type { BrowserState, Layer } from './browser-state.ts';

/** Above the body the heading, below it the notice and the keys. */
const AROUND = 3;
/** The filter and the headings of the columns. */
const ABOVE_SESSIONS = 2;
const ABOVE_MOMENTS = 1;
/** What can be answered. */
const BELOW_PLAN = 1;

export function bodyHeight({ rows }: Pick<BrowserState, 'rows'>, kind: Layer['kind'] | 'sessions') {
  const extra = {
    sessions: ABOVE_SESSIONS,
    moments: ABOVE_MOMENTS,
    pager: 0,
    plan: BELOW_PLAN,
  }[kind];
  return Math.max(1, rows - AROUND - extra);
}
