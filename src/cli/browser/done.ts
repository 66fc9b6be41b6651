// The answer to something that was changed: what was done, and how to take it back.

import type { Answer } from '../../ui/browser-effect.ts';

export function done(text: string): Answer {
  return { type: 'done', notice: { tone: 'good', text } };
}
