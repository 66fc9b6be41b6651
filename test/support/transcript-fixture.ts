// Transcripts under fixtures/, and records made for one test.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reads a fixture; tests run from build/test, the fixtures stand beside build. */
export function transcriptFixture(name: string): Buffer {
  return readFileSync(
    fileURLToPath(new URL(`../../../fixtures/transcripts/${name}`, import.meta.url)),
  );
}

/** Makes transcript bytes of records, or of lines as they are. */
export function lines(...records: (object | string)[]): Buffer {
  const text = records.map((record) =>
    typeof record === 'string' ? record : JSON.stringify(record),
  );
  return Buffer.from(text.map((line) => `${line}\n`).join(''));
}

export interface ParsedRecord {
  [field: string]: unknown;
  readonly type: string;
  readonly uuid?: string;
  readonly parentUuid?: string | null;
  readonly sessionId?: string;
  readonly cwd?: string;
}

/** Parses transcript bytes strictly: every line one record, a line end after each. */
export function parseLines(bytes: Uint8Array): ParsedRecord[] {
  const text = Buffer.from(bytes).toString('utf8');
  if (text !== '' && !text.endsWith('\n')) throw new Error('no line end at the end');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ParsedRecord);
}
