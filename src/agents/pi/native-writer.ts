// Writes a pi session that pi takes up: the stored records under a new id, cut where wanted, with nothing torn, no link into nothing, and
// every call answered, wherever it stands. Touches no file; the same input gives the same bytes, and its own output passes through
// unchanged. A record keeps its bytes but for the fields that must change.

import { createHash } from 'node:crypto';
import { GsessError } from '../../errors.ts';
import { decodeTranscript } from '../../transcript/compressed.ts';
import { replaceFields } from '../../transcript/json-values.ts';
import type { NativeCut, NativeRequest, NativeTranscript } from '../agent.ts';
import { jsonBytes, lineEntries } from '../line-records.ts';
import { type DirectoryMove, rebaseDirectory } from '../rebase-directory.ts';
import { type OpenCall, openCalls, withoutOrphans } from './open-calls.ts';
import { isEntry, type PiRecord, parseRecord } from './record.ts';
import { sessionDialect } from './transcript-reader.ts';

/** What pi itself tells the model of a call that it finds without a result. */
export const NO_RESULT = 'No result provided';

/** A record with the link it is to have. */
interface NativeLine {
  readonly offset: number;
  /** Without line ends, one character per byte. */
  readonly text: string;
  readonly record: PiRecord;
  parent: string | null | undefined;
}

/** Makes a new native session out of a stored one. */
export function writeNative(request: NativeRequest): NativeTranscript {
  const { lines, warnings } = collect(request.bytes);
  const kept = withoutOrphans(cutLines(lines, request.cut), warnings);
  const mended = mendLinks(kept);
  if (mended > 0) warnings.push(`Reconnected ${mended} records whose parent is not there`);
  const open = openCalls(kept);
  const last = open.at(-1);
  const answered = withAnswers(kept, request.pending === 'keep' ? open.slice(0, -1) : open);
  const whole = withHeaderFirst(answered, request);
  const change = changeOf(whole, request);
  return {
    bytes: Buffer.from(whole.map((line) => `${change(line)}\n`).join(''), 'latin1'),
    messages: kept.filter(({ record }) => isSpoken(record)).length,
    pending: last && { name: last.name, input: last.input, callId: last.id },
    warnings,
  };
}

function isSpoken({ message }: PiRecord): boolean {
  return message?.role === 'user' || message?.role === 'assistant';
}

function collect(content: Uint8Array): { lines: NativeLine[]; warnings: string[] } {
  const decoded = decodeTranscript(content);
  if (decoded.problem !== undefined) {
    throw new GsessError('transcript-refused', `Transcript ${decoded.problem}`);
  }
  const bytes = Buffer.from(decoded.bytes);
  const lines: NativeLine[] = [];
  const warnings: string[] = [];
  for (const entry of lineEntries(bytes, sessionDialect)) {
    const { offset, length } = entry;
    const record = 'value' in entry ? parseRecord(entry.value) : undefined;
    if (record === undefined) {
      const kind = 'problem' in entry ? entry.problem : 'not-a-record';
      warnings.push(`Left out ${length} bytes at byte ${offset} (${kind})`);
      continue;
    }
    const text = bytes.toString('latin1', offset, offset + length).replace(/[\r\n]+/g, ' ');
    lines.push({ offset, text, record, parent: record.parentId });
  }
  return { lines, warnings };
}

function cutLines(lines: readonly NativeLine[], cut: NativeCut | undefined): readonly NativeLine[] {
  if (cut === undefined) return lines;
  if ('beforeOffset' in cut) return lines.filter(({ offset }) => offset < cut.beforeOffset);
  const wanted = cut.throughMessage;
  const at = lines.findLastIndex(({ record }) => isEntry(record) && record.id === wanted);
  if (at >= 0) return lines.slice(0, at + 1);
  throw new GsessError('not-found', `No message '${wanted}' in the transcript`, {
    data: { message: wanted },
  });
}

/** A link into nothing, or forward, goes to the record before: pi goes on with nothing above it. Gives how many there were. */
function mendLinks(lines: readonly NativeLine[]): number {
  const seen = new Set<string>();
  let previous: string | undefined;
  let mended = 0;
  for (const line of lines) {
    const { id } = line.record;
    if (!isEntry(line.record) || id === undefined) continue;
    if (typeof line.parent === 'string' && !seen.has(line.parent)) {
      line.parent = previous ?? null;
      mended += 1;
    }
    seen.add(id);
    previous = id;
  }
  return mended;
}

/** Puts a result after each open call; what went on from there goes on from the result. */
function withAnswers(lines: readonly NativeLine[], open: readonly OpenCall[]): NativeLine[] {
  const moved = new Map<string, string>();
  return lines.flatMap((line, index) => {
    const instead = moved.get(line.parent ?? '');
    const after = instead === undefined ? line : { ...line, parent: instead };
    const answers: NativeLine[] = [];
    for (const call of open.filter(({ answerAfter }) => answerAfter === index)) {
      answers.push(answerTo(call, { ...line, parent: (answers.at(-1) ?? line).record.id }));
    }
    const last = answers.at(-1)?.record.id;
    if (last !== undefined && line.record.id !== undefined) moved.set(line.record.id, last);
    return [after, ...answers];
  });
}

/** The record that pi would have written, had the call failed. The same call gets the same id each time; the first version had none. */
function answerTo(call: OpenCall, before: NativeLine): NativeLine {
  const { record, offset, parent } = before;
  const { id, name, replyId } = call;
  const hash = createHash('sha256').update(`gsess tool result ${replyId} ${id}`).digest('hex');
  const answer = {
    type: 'message',
    ...(parent === undefined ? {} : { id: hash.slice(0, 16), parentId: parent }),
    timestamp: record.timestamp,
    message: {
      role: 'toolResult',
      toolCallId: id,
      toolName: name,
      content: [{ type: 'text', text: NO_RESULT }],
      isError: true,
      timestamp: record.message?.timestamp,
    },
  };
  return { offset, parent, text: jsonBytes(answer), record: parseRecord(answer) ?? record };
}

/** pi takes a file for empty, and writes over it, unless its first record is the header. */
function withHeaderFirst(
  lines: readonly NativeLine[],
  { nativeId, cwd }: Pick<NativeRequest, 'nativeId' | 'cwd'>,
): readonly NativeLine[] {
  const [first] = lines;
  const header = lines.find(({ record }) => !isEntry(record));
  if (first === undefined || header === first) return lines;
  if (header !== undefined) return [header, ...lines.filter((line) => line !== header)];
  const version = first.record.id === undefined ? {} : { version: 3 };
  const { timestamp } = first.record;
  const made = { type: 'session', ...version, id: nativeId, timestamp, cwd };
  const record = parseRecord(made) ?? first.record;
  return [{ offset: 0, parent: undefined, text: jsonBytes(made), record }, ...lines];
}

/** What changes in a line: its link where that was mended, and in the header the session's id, and the directory if it moves. */
function changeOf(
  [header]: readonly NativeLine[],
  { nativeId, cwd }: Pick<NativeRequest, 'nativeId' | 'cwd'>,
): (line: NativeLine) => string {
  const from = header?.record.cwd;
  const move: DirectoryMove | undefined =
    cwd === undefined || from === undefined || cwd === from ? undefined : { from, to: cwd };
  const change = (key: string, value: string, { record, parent }: NativeLine) => {
    if (isEntry(record)) {
      const isMoved = key === 'parentId' && parent !== record.parentId;
      return isMoved ? jsonBytes(parent ?? null) : undefined;
    }
    if (key === 'id' && record.id === header?.record.id && value.startsWith('"')) {
      return jsonBytes(nativeId);
    }
    if (key !== 'cwd' || move === undefined || record.cwd === undefined) return undefined;
    return jsonBytes(rebaseDirectory(record.cwd, move));
  };
  return (line) => replaceFields(line.text, (key, value) => change(key, value, line));
}
