// Rows of a given width: cells beside each other, each as wide as it has to be. Widths are counted before colours are put on.

import type { Paint } from './paint.ts';
import { padText, textWidth, truncateText } from './text-width.ts';

export interface Cell {
  /** Safe to show. */
  readonly text: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
  /** Takes the text that was fitted. */
  readonly paint?: ((text: string) => string) | undefined;
}

const GAP = ' ';

/** The cells as one line, a space between them; what is too wide is cut. */
export function lineOfCells(cells: readonly Cell[]): string {
  return cells
    .filter(({ width }) => width > 0)
    .map(({ text, width, align, paint = String }) => {
      const fitted = truncateText(text, width);
      const space = padText('', width - textWidth(fitted));
      return align === 'right' ? space + paint(fitted) : paint(fitted) + space;
    })
    .join(GAP);
}

/** Two texts at both ends of a line; the left one is cut where there is no room. */
export function lineOfEnds(
  columns: number,
  [left, right]: readonly [string, string],
  paint: Pick<Paint, 'strong' | 'faint'>,
): string {
  const shown = textWidth(right) + 2 > columns / 2 ? '' : right;
  const room = columns - (shown === '' ? 0 : textWidth(shown) + 1);
  const fitted = truncateText(left, room);
  const space = padText('', columns - textWidth(fitted) - textWidth(shown));
  return shown === '' ? paint.strong(fitted) : paint.strong(fitted) + space + paint.faint(shown);
}

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text with the characters at these places painted, whole characters always. */
export function highlight(
  text: string,
  places: readonly number[],
  paint: (text: string) => string,
): string {
  if (places.length === 0) return text;
  const wanted = new Set(places);
  let [shown, run] = ['', ''];
  for (const { segment, index } of characters.segment(text)) {
    const isFound = Array.from(segment, (_, unit) => index + unit).some((at) => wanted.has(at));
    if (isFound) {
      run += segment;
      continue;
    }
    shown += (run === '' ? '' : paint(run)) + segment;
    run = '';
  }
  return shown + (run === '' ? '' : paint(run));
}
