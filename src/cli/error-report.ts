// Turns whatever was thrown into a message and an exit status. The messages of gsess are shown with their hints and, where a word
// meant several things, with these; anything unexpected is one line, and its origin only with GSESS_DEBUG.

import { GsessError, messageOf as toldOf, withSystemFault } from '../errors.ts';
import { ageText } from '../ui/human-units.ts';
import { safeLines, safeText } from '../ui/safe-text.ts';
import type { Output } from './output.ts';
import { renderTable } from './table.ts';

type Candidate = Readonly<Record<string, unknown>>;

/** Prints the error where it belongs, and returns the exit status. */
export async function reportError(
  thrown: unknown,
  output: Output,
  isDebugging: boolean,
): Promise<number> {
  const error = withSystemFault(thrown);
  output.endProgress();
  if (output.json) await output.result({ error: errorValue(error) }, String);
  else for (const line of errorLines(error, output)) output.note(line);
  if (isDebugging && error instanceof Error) output.note(safeLines(originOf(error)));
  return error instanceof GsessError ? error.exitStatus : 1;
}

/** The error as `--json` shows it. */
export function errorValue(error: unknown): Readonly<Record<string, unknown>> {
  const message = messageOf(error);
  if (!(error instanceof GsessError)) return { code: 'unexpected', message };
  const { code, hint, data } = error;
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

function errorLines(error: unknown, output: Output): string[] {
  return [`gsess: ${safeText(messageOf(error))}`, ...detailLines(error, output.columns)];
}

/** What there is to know beside the message: what a word could mean, and what to do. */
export function detailLines(error: unknown, columns: number | undefined): string[] {
  if (!(error instanceof GsessError)) return [];
  const lines: string[] = [];
  const candidates = error.data['candidates'];
  if (Array.isArray(candidates) && candidates.length > 0) {
    lines.push(candidateTable(candidates as readonly Candidate[], columns));
  }
  if (error.hint !== undefined) lines.push(safeText(error.hint));
  return lines;
}

function candidateTable(candidates: readonly Candidate[], columns: number | undefined): string {
  const keys = [...new Set(candidates.flatMap((candidate) => Object.keys(candidate)))];
  const now = Date.now();
  return renderTable(
    keys.map((key) => ({ heading: headingOf(key), isFlexible: key === 'title' })),
    candidates.map((candidate) => keys.map((key) => cellOf(key, candidate[key], now))),
    columns,
  );
}

function headingOf(key: string): string {
  if (key === 'updatedAt') return 'UPDATED';
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toUpperCase();
}

function cellOf(key: string, value: unknown, now: number): string {
  if (key === 'updatedAt' && typeof value === 'string') return ageText(Date.parse(value), now);
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function messageOf(error: unknown): string {
  return toldOf(error) || 'Failed without a message';
}

function originOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${originOf(error.cause)}` : '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return `${[`${error.name}: ${messageOf(error)}`, ...frames].join('\n')}${cause}`;
}
