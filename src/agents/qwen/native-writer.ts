// Writes a Qwen Code session that `qwen --resume` takes up: the stored records under a new id, cut where wanted, with nothing torn, no
// link into nothing, and every call answered, wherever it stands. Touches no file; the same input gives the same bytes, and its own
// output passes through unchanged. A record keeps its bytes but for the fields that must change.

import { replaceFields } from '../../transcript/json-values.ts';
import type { NativeRequest, NativeTranscript } from '../agent.ts';
import { derivedUuid } from '../derived-id.ts';
import { jsonBytes, type LineText, lineTexts } from '../line-records.ts';
import { cutLines, withoutOrphans } from '../native-lines.ts';
import { type DirectoryMove, rebaseDirectory } from '../rebase-directory.ts';
import { answersOf, callsOf, type OpenCall, openCalls } from './open-calls.ts';
import { isSpoken, looksLikeRecord, parseRecord, type QwenRecord } from './record.ts';

/** What Qwen itself says of a call that it finds without a result. */
export const NO_RESULT = [
  'Tool execution result was not recorded \u2014 likely interrupted by network failure, abort, or process exit.',
  'Treat as failure and retry if needed.',
].join(' ');

/** A record with the link it is to have. */
interface Line extends LineText<QwenRecord> {
  parent: string | null | undefined;
}

/** Makes a new native session out of a stored one. */
export function writeNative(request: NativeRequest): NativeTranscript {
  const { lines: all, warnings } = collect(request.bytes);
  const lines = cutLines(all, request.cut, ({ uuid }) => uuid);
  const calls = new Set(lines.flatMap(({ record }) => callsOf(record)).map(({ id }) => id));
  const kept = withoutOrphans({ lines, warnings }, calls, answersOf);
  const mended = mendLinks(kept);
  if (mended > 0) warnings.push(`Reconnected ${mended} records whose parent is not there`);
  const open = openCalls(kept);
  const last = open.at(-1);
  const whole = withAnswers(kept, request.pending === 'keep' ? open.slice(0, -1) : open);
  const change = changeOf(all, request);
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

/** Qwen takes no record without an id; a file of such is of another kind, as its log of prompts. */
const dialect = {
  looksLikeRecord,
  parse: (value: unknown) => {
    const record = parseRecord(value);
    return record?.uuid === undefined ? undefined : record;
  },
};

function collect(content: Uint8Array): { lines: Line[]; warnings: string[] } {
  const { lines, warnings } = lineTexts(content, dialect);
  return { lines: lines.map((line) => ({ ...line, parent: line.record.parentUuid })), warnings };
}

/** A link into nothing, or forward, goes to the record before: Qwen goes on with nothing above it. Gives how many there were. */
function mendLinks(lines: readonly Line[]): number {
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
function withAnswers(lines: readonly Line[], open: readonly OpenCall[]): Line[] {
  const moved = new Map<string, string>();
  return lines.flatMap((line, index) => {
    const instead = moved.get(line.parent ?? '');
    const after = instead === undefined ? line : { ...line, parent: instead };
    const answers: Line[] = [];
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
function answerTo(call: OpenCall, before: Line): Line {
  const { record, source, parent } = before;
  const { id, name } = call;
  const answer = {
    uuid: derivedUuid(`gsess tool result ${call.replyId} ${id}`),
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
  const made = parseRecord(answer) ?? record;
  return { offset: source.offset, source, parent, text: jsonBytes(answer), record: made };
}

/** What changes in a line: its link where that was mended, the session's id, and the directory if the session moves. */
function changeOf(
  lines: readonly Line[],
  { nativeId, cwd }: Pick<NativeRequest, 'nativeId' | 'cwd'>,
): (line: Line) => string {
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
