// One line of the result: what was measured of gsess and of its peer, what the two are compared by, and what that must reach.

export type Unit = 'ms' | 's' | 'MB' | 'KB' | '×';

export interface Row {
  /** Such as `warm`. */
  readonly figure: string;
  /** What exactly, such as `1 of 10,000 files changed`. */
  readonly what: string;
  readonly unit: Unit;
  readonly gsess: number;
  /** Left out where gsess is held to a plain number. */
  readonly peer?: number;
  readonly compared: {
    readonly as: 'ratio' | 'difference' | 'value';
    readonly value: number;
    /** The most it may be. */
    readonly reach: number;
  };
}

export type Measured = Pick<Row, 'figure' | 'what' | 'unit' | 'gsess'>;

/** gsess may take `reach` times what the peer takes. */
export function ratioRow(measured: Measured & { peer: number }, reach: number): Row {
  return { ...measured, compared: { as: 'ratio', value: measured.gsess / measured.peer, reach } };
}

/** gsess may take `reach` more than the peer, in the unit of the row. */
export function differenceRow(measured: Measured & { peer: number }, reach: number): Row {
  const value = measured.gsess - measured.peer;
  return { ...measured, compared: { as: 'difference', value, reach } };
}

/** gsess may take `reach`, whatever anybody else takes. */
export function valueRow(measured: Measured, reach: number): Row {
  return { ...measured, compared: { as: 'value', value: measured.gsess, reach } };
}

export function isMet({ compared: { value, reach } }: Row): boolean {
  return value <= reach;
}

const COLUMNS = [8, 46, 14, 14, 16, 14] as const;

export const HEADING = line(['figure', 'what', 'gsess', 'peer', 'ratio', 'must be']);

export function rowText(row: Row): string {
  const { figure, what, unit, gsess, peer, compared } = row;
  const measure = (value: number) => `${digits(value)} ${unit}`;
  const told = {
    ratio: [`${digits(compared.value)} ×`, `≤ ${compared.reach} ×`],
    difference: [`+ ${measure(compared.value)}`, `≤ + ${compared.reach} ${unit}`],
    value: ['', `≤ ${compared.reach} ${unit}`],
  }[compared.as];
  const cells = [figure, what, measure(gsess), peer === undefined ? '' : measure(peer), ...told];
  return `${line(cells)}  ${isMet(row) ? 'met' : 'MISSED'}`;
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) =>
      index < 2 ? cell.padEnd(COLUMNS[index] ?? 0) : cell.padStart(COLUMNS[index] ?? 0),
    )
    .join(' ');
}

/** Three digits that count. */
function digits(value: number): string {
  if (value === 0) return '0';
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 4));
}
