// A line that is being typed: its text and where in it the next character goes, by characters as people count them.

import type { KeyPress } from './key-press.ts';

export interface TypedLine {
  readonly before: string;
  /** Behind the cursor. */
  readonly after: string;
}

export const EMPTY_LINE: TypedLine = { before: '', after: '' };

/** Nobody types more; it is what was pasted by mistake. */
const LENGTH_MAX = 2000;

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function typedText({ before, after }: TypedLine): string {
  return before + after;
}

/** A line with this text, to be gone on with at its end. */
export function lineOf(text: string): TypedLine {
  return { before: text, after: '' };
}

/** The line after a key; the very same line if the key does nothing to it. */
export function typeInto(line: TypedLine, { name, text }: KeyPress): TypedLine {
  const { before, after } = line;
  switch (name) {
    case 'backspace':
      return before === '' ? line : { before: withoutLast(before), after };
    case 'ctrl+u':
      return { before: '', after };
    case 'ctrl+w':
      return { before: before.replace(/\S*\s*$/, ''), after };
    case 'left':
      return before === '' ? line : { before: withoutLast(before), after: last(before) + after };
    case 'right':
      return after === '' ? line : moveRight(line);
    case 'home':
      return { before: '', after: before + after };
    case 'end':
      return { before: before + after, after: '' };
    default:
      if (text === '' || before.length + after.length + text.length > LENGTH_MAX) return line;
      return { before: before + text, after };
  }
}

function moveRight({ before, after }: TypedLine): TypedLine {
  const [first] = characters.segment(after);
  const moved = first?.segment ?? '';
  return { before: before + moved, after: after.slice(moved.length) };
}

function last(text: string): string {
  return [...characters.segment(text)].at(-1)?.segment ?? '';
}

function withoutLast(text: string): string {
  return text.slice(0, text.length - last(text).length);
}
