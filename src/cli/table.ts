// Rows in columns. Every cell is made safe here, so a command may hand over titles, names and paths as they came.

import { safeText } from '../ui/safe-text.ts';
import { padText, textWidth, truncateText } from '../ui/text-width.ts';

export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
  /** Cut where the row would be wider than the screen; at most one column. */
  readonly isFlexible?: boolean;
  readonly paint?: (text: string) => string;
}

const GAP = '  ';
const FLEXIBLE_WIDTH_MIN = 12;

/** The heading and the rows as lines; without `columnsMax` nothing is cut. Columns that are empty in all rows are left out. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  columnsMax?: number,
): string {
  const cells = rows.map((row) => columns.map((_, index) => safeText(row[index] ?? '')));
  const shown = columns
    .map((column, index) => ({ column, texts: cells.map((row) => row[index] ?? '') }))
    .filter(({ texts }) => texts.some((text) => text !== ''));
  const widths = shown.map(({ column, texts }) =>
    texts.reduce((width, text) => Math.max(width, textWidth(text)), textWidth(column.heading)),
  );
  const flexible = shown.findIndex(({ column }) => column.isFlexible);
  const total = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  if (columnsMax !== undefined && flexible >= 0 && total > columnsMax) {
    const wanted = (widths[flexible] ?? 0) - (total - columnsMax);
    widths[flexible] = Math.max(FLEXIBLE_WIDTH_MIN, wanted);
  }
  const line = (textOf: (index: number) => string, isHeading: boolean) =>
    shown
      .map(({ column }, index) => {
        const width = widths[index] ?? 0;
        const text = truncateText(textOf(index), width);
        const isLast = index === shown.length - 1 && column.align !== 'right';
        const cell = isLast ? text : padText(text, width, column.align);
        return isHeading ? cell : (column.paint ?? String)(cell);
      })
      .join(GAP)
      .trimEnd();
  const body = rows.map((_, row) => line((index) => shown[index]?.texts[row] ?? '', false));
  return [line((index) => shown[index]?.column.heading ?? '', true), ...body].join('\n');
}

/** Names and values, one pair a line; pairs without a value are left out. */
export function renderPairs(pairs: readonly (readonly [string, string])[]): string {
  const shown = pairs.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => textWidth(name)));
  return shown
    .map(([name, value]) => `${padText(safeText(name), width)}${GAP}${safeText(value)}`)
    .join('\n');
}
