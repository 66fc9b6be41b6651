// The one line that stands for a session or a turn wherever sessions are listed: its name, else its last prompt, else its first.

import type { SessionRecord } from './session-record.ts';

const TITLE_LENGTH_MAX = 100;
/** Enough of a prompt to tell it from others; the whole of it stands in the transcript. */
const PROMPT_LENGTH_MAX = 400;
/** Of a checkpoint's subject. */
export const SUBJECT_LENGTH_MAX = 80;
const PLAIN = /^[ -~]*$/;
const NO_TITLE = '(no prompt yet)';

export function titleOf(
  record: Pick<SessionRecord, 'name' | 'firstPrompt' | 'lastPrompt' | 'title'>,
): string {
  const text = record.name ?? record.lastPrompt ?? record.firstPrompt ?? record.title ?? '';
  return oneLine(text, TITLE_LENGTH_MAX) || NO_TITLE;
}

/** A prompt as `session.json` keeps it: one line, not endless. */
export function promptLine(prompt: string): string {
  return oneLine(prompt, PROMPT_LENGTH_MAX);
}

/** The subject of a checkpoint by what was said; `otherwise` where that is nothing. */
export function subjectLine(text: string, otherwise: string): string {
  return oneLine(text, SUBJECT_LENGTH_MAX) || otherwise;
}

/** Folds any text to one line of at most `lengthMax` code points; the rest is shown as `…`. */
export function oneLine(text: string, lengthMax: number): string {
  // A multi-megabyte paste is cut before it is folded.
  const start = text.slice(0, lengthMax * 8);
  // The set of all that is folded takes time to make, which a hook can nearly always do without.
  const folded = (
    PLAIN.test(start) ? start.replace(/ +/g, ' ') : start.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
  ).trim();
  const points = [...folded];
  return points.length <= lengthMax ? folded : `${points.slice(0, lengthMax - 1).join('')}…`;
}
