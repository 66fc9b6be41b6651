// Writes a session that `iac-code --resume` takes up: the stored rows under a new id, cut where wanted, with nothing torn and an answer
// to every call, wherever it stands. Touches no file; the same input gives the same bytes, and its own output passes through unchanged.

import { replaceFields } from '../../transcript/json-values.ts';
import type { AgentToolCall, NativeRequest, NativeTranscript } from '../agent.ts';
import { jsonBytes, type LineText, lineTexts } from '../line-records.ts';
import { cutLines, withoutOrphans } from '../native-lines.ts';
import { rebaseDirectory } from '../rebase-directory.ts';
import { blocksOf, dialect, type IacRecord } from './record.ts';
import { messageId } from './transcript-reader.ts';

/** In the words that IaC Code itself puts in. */
export const INTERRUPTED = 'Session interrupted before tool execution completed.';

type Line = LineText<IacRecord>;

interface OpenCall extends AgentToolCall {
  readonly callId: string;
  /** Where the row stands behind which its answer belongs: that of its reply, or of the last answer the reply did get. */
  readonly answerAfter: number;
}

export function writeNative(request: NativeRequest): NativeTranscript {
  const { lines: all, warnings } = lineTexts(request.bytes, dialect);
  const ids = new Map(
    all
      .filter(({ record }) => record.role !== undefined)
      .map(({ record }, index) => [record, messageId(index + 1)]),
  );
  const lines = cutLines(all, request.cut, (record) => ids.get(record));
  const calls = new Set(lines.flatMap(({ record }) => callsOf(record)).map(({ callId }) => callId));
  const kept = withoutOrphans({ lines, warnings }, calls, answersOf);
  const open = openCalls(kept);
  const last = open.at(-1);
  const answered = request.pending === 'keep' ? open.slice(0, -1) : open;
  const messages = kept.filter(({ record }) => record.role !== undefined).length;
  const from = kept.find(({ record }) => record.cwd !== undefined)?.record.cwd;
  const texts = kept.flatMap((line) => {
    const own = answered.filter(({ answerAfter }) => answerAfter === line.offset);
    return own.length === 0 ? [line.text] : [line.text, answerTo(own, line)];
  });
  const written = messages === 0 ? [] : texts;
  return {
    bytes: Buffer.from(
      written.map((text) => `${renamed(text, request, from)}\n`).join(''),
      'latin1',
    ),
    messages,
    pending: last && { name: last.name, input: last.input, callId: last.callId },
    warnings,
  };
}

/** `metadata.json` names the session too. */
export function writeSideFile(
  name: string,
  { bytes, nativeId, cwd }: Pick<NativeRequest, 'bytes' | 'nativeId' | 'cwd'>,
): Buffer {
  const text = Buffer.from(bytes).toString('latin1');
  if (name !== 'metadata.json' || !isObject(text)) return Buffer.from(bytes);
  return Buffer.from(renamed(text, { nativeId, ...(cwd && { cwd }) }, undefined), 'latin1');
}

function openCalls(lines: readonly Line[]): OpenCall[] {
  const answered = new Map<string, number>();
  for (const { record, offset } of lines) {
    for (const id of answersOf(record)) answered.set(id, offset);
  }
  return lines.flatMap(({ record, offset }) => {
    const calls = callsOf(record);
    const places = calls.map(({ callId }) => answered.get(callId) ?? offset);
    const answerAfter = Math.max(offset, ...places);
    return calls
      .filter(({ callId }) => !answered.has(callId))
      .map((call) => ({ ...call, answerAfter }));
  });
}

function callsOf(record: IacRecord): (AgentToolCall & { readonly callId: string })[] {
  if (record.role !== 'assistant') return [];
  return blocksOf(record).flatMap(({ type, id: callId, name = '', input }) =>
    type === 'tool_use' && callId !== undefined ? [{ name, input, callId }] : [],
  );
}

function answersOf(record: IacRecord): string[] {
  if (record.role !== 'user') return [];
  return blocksOf(record).flatMap((block) =>
    block.type === 'tool_result' ? [block.tool_use_id ?? ''] : [],
  );
}

/** One row for all calls of a reply, as IaC Code makes it. */
function answerTo(calls: readonly OpenCall[], { record }: Line): string {
  const { session_id, cwd, git_branch, version } = record;
  const content = calls.map(({ callId }) => ({
    type: 'tool_result',
    tool_use_id: callId,
    content: INTERRUPTED,
    is_error: true,
    metadata: {},
  }));
  return jsonBytes({ role: 'user', content, session_id, cwd, git_branch, version });
}

function renamed(
  text: string,
  { nativeId, cwd }: Pick<NativeRequest, 'nativeId' | 'cwd'>,
  from: string | undefined,
): string {
  return replaceFields(text, (key, value) => {
    if (key === 'session_id') return jsonBytes(nativeId);
    if (key !== 'cwd' || cwd === undefined) return undefined;
    const present: unknown = JSON.parse(Buffer.from(value, 'latin1').toString('utf8'));
    if (typeof present !== 'string') return undefined;
    return jsonBytes(rebaseDirectory(present, { from: from ?? present, to: cwd }));
  });
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
