// Makes any text fit to be shown on a terminal. Titles, paths, branch names and error texts come from agents, projects and other
// machines; on a terminal they could move the cursor, set the clipboard, turn the reading order round or hide. What is not known
// to be a visible character is shown as an escape such as \x1b or \u202e. It is one-way: for showing, not for storing.

import { ESCAPE } from './paint.ts';

const PLAIN = /^[ -~]*$/;
const LINE_BREAKS = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;

/** The text on one line, safe to show: line breaks and tabs become spaces. */
export function safeText(text: string): string {
  if (PLAIN.test(text)) return text;
  return escapeUnsafe(text.replace(LINE_BREAKS, ' '));
}

/** The text with its lines and tabs, safe to show. */
export function safeLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .split(/([\n\t])/)
    .map((part, index) => (index % 2 === 1 || PLAIN.test(part) ? part : escapeUnsafe(part)))
    .join('');
}

const OUR_COLOURS = new RegExp(`(${ESCAPE}\\[(?:1|2|7|22|27|31|32|33|36|39)m)`);

/** The last check before a terminal: as `safeLines`, but our own colours stay. */
export function safeColouredLines(text: string): string {
  if (!text.includes(ESCAPE)) return safeLines(text);
  return text
    .split(OUR_COLOURS)
    .map((part, index) => (index % 2 === 1 ? part : safeLines(part)))
    .join('');
}

/** JSON text in which no character does anything to a terminal; it parses to the same value. */
export function safeJson(value: unknown, indent = 2): string {
  // Outside strings JSON is ASCII, so an escape is always inside one.
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u2028\u2029]|(?![\ufe0e\ufe0f])[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu,
    (character) =>
      [...character.split('')]
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join(''),
  );
}

function escapeUnsafe(text: string): string {
  // Made only here, for a set of characters takes as long to put together as a dozen system calls, and a hook shows nothing.
  // Visible are letters, marks, numbers, punctuation, symbols and spaces, less those among them that show nothing. The two
  // variation selectors choose between the text and the picture form of a sign.
  const unsafe =
    /[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]|(?![\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/gu;
  // A heap of combining marks grows over the lines above and below.
  const tooManyMarks = /(?<=\p{M}{4})\p{M}/gu;
  return text.replace(unsafe, escapeOf).replace(tooManyMarks, escapeOf);
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`;
}
