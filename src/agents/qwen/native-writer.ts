// Writes a Qwen Code session that `qwen --resume` takes up: the stored records under a new id, cut where wanted, with nothing torn, no
// link into nothing, and every call answered, wherever it stands. Touches no file; the same input gives the same bytes, and its own
// output passes through unchanged. A record keeps its bytes but for the fields that must change.

import { createHash } from 'node:crypto';
import { GsessError } from '../../errors.ts';
import { decodeTranscript } from '../../transcript/compressed.ts';
import { replaceFields } from '../../transcript/json-values.ts';
import type { NativeCut, NativeRequest, NativeTranscript } from '../agent.ts';
import { jsonBytes, lineEntries } from '../line-records.ts';
import { type DirectoryMove, rebaseDirectory } from '../rebase-directory.ts';
import { type OpenCall, openCalls, withoutOrphans } from './open-calls.ts';
import { isSpoken, parseRecord, type QwenRecord } from './record.ts';
import { sessionDialect } from './transcript-reader.ts';

/** What Qwen itself says of a call that it finds without a result. */
export const NO_RESULT = [
  'Tool execution result was not recorded \u2014 likely interrupted by network failure, abort, or process exit.',
  'Treat as failure and retry if needed.',
].join(' ');

/** A record with the link it is to have. */
interface NativeLine {
  readonly offset: number;
  /** Without line ends, one character per byte. */
  readonly text: string;
  readonly record: QwenRecord;
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
  const whole = withAnswers(kept, request.pending === 'keep' ? open.slice(0, -1) : open);
  const change = changeOf(lines, request);
  return {
    bytes: Buffer.from(whole.map((line) => `${change(line)}\n`).join(''), 'latin1'),
    messages: kept.filter(({ record }) => isSpoken(record)).length,
    pending: last && { name: last.name, input: last.input, callId: last.id },
    warnings,
  };
}

/** Gives a subagent's session, but for what is torn in it, the id of the new session it works for; all other files go over as they are. */
export function writeNativeSideFile(
  name: string,
  request: Pick<NativeRequest, 'bytes' | 'nativeId' | 'cwd'>,
): Buffer {
  if (!name.endsWith('.jsonl')) return Buffer.from(request.bytes);
  const { lines } = collect(request.bytes);
  const change = changeOf(lines, request);
  return Buffer.from(lines.map((line) => `${change(line)}\n`).join(''), 'latin1');
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
    // Qwen takes no record without an id; such a file is of another kind, as its log of prompts.
    if (record?.uuid === undefined) {
      const kind = 'problem' in entry ? entry.problem : 'not-a-record';
      warnings.push(`Left out ${length} bytes at byte ${offset} (${kind})`);
      continue;
    }
    const text = bytes.toString('latin1', offset, offset + length).replace(/[\r\n]+/g, ' ');
    lines.push({ offset, text, record, parent: record.parentUuid });
  }
  return { lines, warnings };
}

function cutLines(lines: readonly NativeLine[], cut: NativeCut | undefined): readonly NativeLine[] {
  if (cut === undefined) return lines;
  if ('beforeOffset' in cut) return lines.filter(({ offset }) => offset < cut.beforeOffset);
  const wanted = cut.throughMessage;
  const at = lines.findLastIndex(({ record }) => record.uuid === wanted);
  if (at >= 0) return lines.slice(0, at + 1);
  throw new GsessError('not-found', `No message '${wanted}' in the transcript`, {
    data: { message: wanted },
  });
}

/** A link into nothing, or forward, goes to the record before: Qwen goes on with nothing above it. Gives how many there were. */
function mendLinks(lines: readonly NativeLine[]): number {
  const seen = new Set<string>();
  let previous: string | undefined;
  let mended = 0;
  for (const line of lines) {
    const { uuid = '' } = line.record;
    const isAgain = seen.has(uuid);
    if (typeof line.parent === 'string' && !isAgain && !seen.has(line.parent)) {
      line.parent = previous ?? null;
      mended += 1;
    }
    seen.add(uuid);
    previous = uuid;
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
      const parent = answers.at(-1)?.record.uuid ?? line.record.uuid ?? '';
      answers.push(answerTo(call, { ...line, parent }));
    }
    const last = answers.at(-1)?.record.uuid;
    if (last !== undefined) moved.set(line.record.uuid ?? '', last);
    return [after, ...answers];
  });
}

/** The record that Qwen would have written, had the call failed. The same call gets the same id each time. */
function answerTo(call: OpenCall, before: NativeLine): NativeLine {
  const { record, offset, parent } = before;
  const { id, name } = call;
  const answer = {
    uuid: uuidOf(`gsess tool result ${call.replyId} ${id}`),
    parentUuid: parent,
    sessionId: record.sessionId,
    timestamp: record.timestamp,
    type: 'tool_result',
    cwd: record.cwd,
    version: record.version,
    gitBranch: record.gitBranch,
    message: {
      role: 'user',
      parts: [{ functionResponse: { id, name, response: { error: NO_RESULT } } }],
    },
    toolCallResult: { callId: id, status: 'error', resultDisplay: NO_RESULT },
  };
  return { offset, parent, text: jsonBytes(answer), record: parseRecord(answer) ?? record };
}

function uuidOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}

/** What changes in a line: its link where that was mended, the session's id, and the directory if the session moves. */
function changeOf(
  lines: readonly NativeLine[],
  { nativeId, cwd }: Pick<NativeRequest, 'nativeId' | 'cwd'>,
): (line: NativeLine) => string {
  const from = lines.find(({ record }) => record.cwd !== undefined)?.record.cwd;
  const move: DirectoryMove | undefined =
    cwd === undefined || from === undefined || cwd === from ? undefined : { from, to: cwd };
  return ({ text, record, parent }) =>
    replaceFields(text, (key, value) => {
      if (key === 'parentUuid' && parent !== record.parentUuid) return jsonBytes(parent ?? null);
      if (!value.startsWith('"')) return undefined;
      if (key === 'sessionId') return jsonBytes(nativeId);
      if (key !== 'cwd' || move === undefined || record.cwd === undefined) return undefined;
      return jsonBytes(rebaseDirectory(record.cwd, move));
    });
}
