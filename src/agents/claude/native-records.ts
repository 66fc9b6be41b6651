// The records of a Claude transcript as they go into a new one: each keeps its bytes but for the few fields that must change,
// so unknown fields, number forms and key order survive. Text is held one character per byte.

import { replaceFields } from '../../transcript/json-values.ts';
import type { JsonEntry } from '../../transcript/jsonl.ts';
import { jsonBytes, lineText } from '../line-records.ts';
import { type DirectoryMove, rebaseDirectory } from '../rebase-directory.ts';
import { type ClaudeRecord, parseRecord } from './record.ts';

export interface NativeRecord {
  readonly offset: number;
  readonly text: string;
  readonly record: ClaudeRecord;
  /** The parent to write in place of the recorded one; null for none, undefined to leave it. */
  parent?: string | null;
}

/** Takes one entry of a transcript; undefined for what is no record. */
export function nativeRecord(bytes: Buffer, entry: JsonEntry): NativeRecord | undefined {
  const record = 'value' in entry ? parseRecord(entry.value) : undefined;
  if (!record) return undefined;
  const text = lineText(bytes, entry);
  return { offset: entry.offset, text, record };
}

export interface FieldChanges {
  readonly nativeId: string;
  readonly cwd?: DirectoryMove | undefined;
}

/** Gives the record's line, with the fields that change replaced in place and everything else as it was. */
export function renderRecord(native: NativeRecord, changes: FieldChanges): string {
  const line = replaceFields(native.text, (key, value) =>
    replacementFor(key, value, { native, changes }),
  );
  return `${line}\n`;
}

function replacementFor(
  key: string,
  value: string,
  context: { readonly native: NativeRecord; readonly changes: FieldChanges },
): string | undefined {
  const { native, changes } = context;
  if (key === 'parentUuid' && native.parent !== undefined) return jsonBytes(native.parent);
  if (!value.startsWith('"')) return undefined;
  if (key === 'sessionId') return jsonBytes(changes.nativeId);
  if (key !== 'cwd' || !changes.cwd || native.record.cwd === undefined) return undefined;
  const moved = rebaseDirectory(native.record.cwd, changes.cwd);
  return moved === native.record.cwd ? undefined : jsonBytes(moved);
}
