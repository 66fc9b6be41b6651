// What a checkpoint left out of its files and why, as `skipped.json` tells. It is for people: what cannot be read of it is passed over.

import type { JsonPath } from '../git/raw-path.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Store } from './store.ts';

export interface SkippedFile {
  /** '' is the root itself: no files were captured at all, and the reason says why. */
  readonly path: JsonPath;
  readonly reason: string;
  readonly size?: number;
}

export interface SkippedFiles {
  /** How many are listed for each reason. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly listed: readonly SkippedFile[];
  /** How many were left out besides those listed. */
  readonly more: number;
}

export function skippedOf(store: Store, checkpoint: Pick<Checkpoint, 'tree'>): SkippedFiles {
  const entry = store.entry(checkpoint, 'skipped.json');
  const text = entry === undefined ? '[]' : store.objects.read(entry.id).content.toString('utf8');
  const list = parseList(text);
  const listed = list.filter(isSkippedFile);
  const reasons: Record<string, number> = {};
  for (const { reason } of listed) reasons[reason] = (reasons[reason] ?? 0) + 1;
  const more = list.reduce((sum: number, item) => sum + moreOf(item), 0);
  return { reasons, listed, more };
}

function parseList(text: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isSkippedFile(item: unknown): item is SkippedFile {
  if (typeof item !== 'object' || item === null) return false;
  const { path, reason } = item as Record<string, unknown>;
  const isBytes =
    typeof path === 'object' &&
    path !== null &&
    typeof (path as { base64?: unknown }).base64 === 'string';
  return (typeof path === 'string' || isBytes) && typeof reason === 'string';
}

function moreOf(item: unknown): number {
  const more = (item as { more?: unknown } | null)?.more;
  return typeof more === 'number' && Number.isSafeInteger(more) ? more : 0;
}
