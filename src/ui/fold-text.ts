// Breaks lines that are wider than the screen, so that what can be scrolled to can be seen whole. Colours go on in the next line.

import { ESCAPE } from './paint.ts';
import { safeColouredLines } from './safe-text.ts';
import { padText, textWidth, wrapText } from './text-width.ts';

const PLAIN = /^[ -~]*$/;
const COLOUR = new RegExp(`(${ESCAPE}\\[\\d+m)`);
const TAB_COLUMNS = 8;
/** What turns a colour off, by what turns it on. */
const OFF: Readonly<Record<string, string>> = {
  '1': '22',
  '2': '22',
  '31': '39',
  '32': '39',
  '33': '39',
  '36': '39',
};

/** The text in lines, safe to show, as they came. */
export function linesOf(text: string): string[] {
  const lines = safeColouredLines(text).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.includes('\t') ? withoutTabs(line) : line));
}

/** The lines, each in as many as it takes. */
export function foldLines(lines: readonly string[], columns: number): string[] {
  return lines.flatMap((line) =>
    PLAIN.test(line) && line.length <= columns ? [line] : foldLine(line, columns),
  );
}

/** Words on as many lines as they take, without colours. */
export function foldWords(text: string, columns: number): string[] {
  const lines = wrapText(text, columns).flatMap((line) => foldLines([line], columns));
  return lines.length === 0 ? [''] : lines;
}

function foldLine(line: string, columns: number): string[] {
  const folded: string[] = [];
  let [row, width, on] = ['', 0, ''];
  const off = () => (on === '' ? '' : `${ESCAPE}[${OFF[on] ?? '0'}m`);
  for (const [index, part] of line.split(COLOUR).entries()) {
    if (index % 2 === 1) {
      const code = part.slice(2, -1);
      on = code in OFF ? code : '';
      row += part;
      continue;
    }
    for (const character of part) {
      const wide = textWidth(character);
      if (width + wide > columns && width > 0) {
        folded.push(row + off());
        row = on === '' ? '' : `${ESCAPE}[${on}m`;
        width = 0;
      }
      row += character;
      width += wide;
    }
  }
  return [...folded, row];
}

function withoutTabs(line: string): string {
  let text = '';
  let width = 0;
  for (const [index, part] of line.split(COLOUR).entries()) {
    if (index % 2 === 1) {
      text += part;
      continue;
    }
    for (const [place, words] of part.split('\t').entries()) {
      if (place > 0) {
        const to = (Math.floor(width / TAB_COLUMNS) + 1) * TAB_COLUMNS;
        text += padText('', to - width);
        width = to;
      }
      text += words;
      width += textWidth(words);
    }
  }
  return text;
}
