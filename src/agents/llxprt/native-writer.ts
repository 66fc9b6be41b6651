// Writes an LLxprt Code recording that `llxprt --continue` takes up: the stored records under a new id, cut where wanted, with nothing
// torn, and with an answer to every call of the history. Touches no file; the same input gives the same bytes, and its own output passes
// through unchanged. A record keeps its bytes but for the fields that must change; where an answer is put in, or the numbers of the
// records did not rise, they are numbered anew.

import { replaceFields } from '../../transcript/json-values.ts';
import type { Part } from '../../transcript/transcript.ts';
import type { NativeRequest, NativeTranscript } from '../agent.ts';
import { jsonBytes, type LineText, lineTexts } from '../line-records.ts';
import { cutLines, withoutOrphans } from '../native-lines.ts';
import { INTERRUPTED, partsOf } from './blocks.ts';
import { playBack } from './history.ts';
import { projectHash } from './locate.ts';
import { type LlxprtRecord, parseRecord } from './record.ts';
import { recordingDialect } from './transcript-reader.ts';

type Line = LineText<LlxprtRecord>;
type Call = Extract<Part, { type: 'tool_call' }>;

interface OpenCall extends Call {
  /** Where the record stands after which its answer belongs: that of its reply, or of the last answer the reply did get. */
  readonly answerAfter: number;
}

/** Makes a new recording out of a stored one. */
export function writeNative(request: NativeRequest): NativeTranscript {
  const { lines: all, warnings } = lineTexts(request.bytes, recordingDialect);
  const lines = cutLines(all, request.cut, ({ seq }) => String(seq));
  const calls = new Set(lines.flatMap(({ record }) => callsOf(record)).map(({ id }) => id));
  const kept = withoutOrphans({ lines, warnings }, calls, answersOf);
  const open = openCalls(kept);
  const last = open.at(-1);
  const answered = request.pending === 'keep' ? open.slice(0, -1) : open;
  const whole = kept.flatMap((line) => [
    line,
    ...answered
      .filter(({ answerAfter }) => answerAfter === line.source.offset)
      .map((call) => answerTo(call, line)),
  ]);
  const isRising = whole.every(
    ({ record }, index) => record.seq > (whole[index - 1]?.record.seq ?? -1),
  );
  const rendered = whole.map((line, index) =>
    render(line, { request, seq: isRising ? undefined : index + 1 }),
  );
  return {
    bytes: Buffer.from(rendered.map((text) => `${text}\n`).join(''), 'latin1'),
    messages: playBack(kept).filter(({ held }) => held).length,
    pending: last && { name: last.name, input: last.input, callId: last.id },
    warnings,
  };
}

/** The calls of the history that nobody answered, wherever they stand. */
function openCalls(lines: readonly Line[]): OpenCall[] {
  const history = playBack(lines).filter(({ held }) => held);
  const answered = new Map<string, number>();
  for (const { record, source } of history) {
    for (const id of answersOf(record)) answered.set(id, source.offset);
  }
  return history.flatMap(({ record, source }) => {
    const calls = callsOf(record);
    const places = calls.map(({ id }) => answered.get(id) ?? source.offset);
    const answerAfter = Math.max(source.offset, ...places);
    return calls.filter(({ id }) => !answered.has(id)).map((call) => ({ ...call, answerAfter }));
  });
}

function callsOf({ payload }: LlxprtRecord): Call[] {
  if (payload.content?.speaker !== 'ai') return [];
  return partsOf(payload.content.blocks).filter((part) => part.type === 'tool_call');
}

function answersOf({ payload }: LlxprtRecord): string[] {
  if (payload.content?.speaker !== 'tool') return [];
  return partsOf(payload.content.blocks).flatMap((part) =>
    part.type === 'tool_result' ? [part.callId] : [],
  );
}

/** The answer that LLxprt itself puts in before it asks a model. */
function answerTo({ id, name }: Call, { record, source }: Line): Line {
  const block = {
    type: 'tool_response',
    callId: id,
    toolName: name,
    result: null,
    error: INTERRUPTED,
    isComplete: true,
  };
  const answer = {
    v: record.v,
    seq: record.seq,
    ts: record.ts,
    type: 'content',
    payload: {
      content: {
        speaker: 'tool',
        blocks: [block],
        metadata: { synthetic: true, reason: 'orphaned_tool_call' },
      },
    },
  };
  const { offset } = source;
  return { offset, source, text: jsonBytes(answer), record: parseRecord(answer) ?? record };
}

function render(
  { text, record }: Line,
  { request, seq }: { readonly request: NativeRequest; readonly seq: number | undefined },
): string {
  const { nativeId, cwd } = request;
  return replaceFields(text, (key, value) => {
    if (key === 'seq' && seq !== undefined) return String(seq);
    if (key !== 'payload' || record.type !== 'session_start') return undefined;
    return replaceFields(value, (name) => {
      if (name === 'sessionId') return jsonBytes(nativeId);
      if (cwd === undefined || cwd === record.payload.cwd) return undefined;
      if (name === 'projectHash') return jsonBytes(projectHash(cwd));
      if (name === 'workspaceDirs') return jsonBytes([cwd]);
      return name === 'cwd' ? jsonBytes(cwd) : undefined;
    });
  });
}
