// Sizes and ages as people read them.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const AGES: readonly (readonly [number, number, string])[] = [
  [90 * SECOND, SECOND, 'second'],
  [90 * MINUTE, MINUTE, 'minute'],
  [36 * HOUR, HOUR, 'hour'],
  [60 * DAY, DAY, 'day'],
  [2 * YEAR, 30 * DAY, 'month'],
  [Number.POSITIVE_INFINITY, YEAR, 'year'],
];

/** How long ago, in one unit: `3 days ago`. */
export function ageText(atMs: number, nowMs: number): string {
  const age = nowMs - atMs;
  if (Number.isNaN(age)) return 'at an unknown time';
  if (age < SECOND) return 'now';
  const [, unit, name] = AGES.find(([below]) => age < below) ?? [0, YEAR, 'year'];
  const count = Math.max(1, Math.floor(age / unit));
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
}

const SHORT: Readonly<Record<string, string>> = { month: 'mo' };

/** The same in three or four characters, for a column: `3d`. */
export function shortAgeText(atMs: number, nowMs: number): string {
  const [count, unit] = ageText(atMs, nowMs).split(' ');
  if (unit === undefined) return count ?? '';
  const word = unit.replace(/s$/, '');
  return /^\d+$/.test(count ?? '') ? `${count}${SHORT[word] ?? word[0]}` : '?';
}

/** A size in decimal units with one digit after the point: `1.5 MB`. */
export function bytesText(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB'];
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  let unit = '';
  for (const next of units) {
    if (value < 999.95) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}

/** A number of things: `1 object`, `3 objects`. */
export function countText(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
