// Writes a native Claude Code transcript that `claude --resume` takes up: the stored records under a new id, cut where wanted,
// with nothing torn, no link into nothing, and no tool call left open (unless it is to be offered again). Works on bytes and
// touches no file; the same input gives the same bytes, and its own output passes through unchanged.

import { GsessError } from '../../errors.ts';
import { isDeferred } from '../../transcript/interruption.ts';
import type { AgentToolCall, NativeCut, NativeRequest, NativeTranscript } from '../agent.ts';
import { derivedUuid } from '../derived-id.ts';
import { jsonBytes, lineTexts } from '../line-records.ts';
import { partsOf } from './content.ts';
import { type NativeRecord, nativeRecord, renderRecord } from './native-records.ts';
import { chainNode, type OpenCall, openCalls, unansweredCalls } from './open-calls.ts';
import { mendParentLinks } from './parent-links.ts';
import type { ClaudeRecord } from './record.ts';
import { isHeadless } from './session-facts.ts';
import { claudeDialect, readEntries } from './transcript-reader.ts';

export const NO_RESULT =
  'No result was recorded for this tool call: it was interrupted and may not have run.';

/** Makes a new native transcript out of a stored one. */
export function writeNative(request: NativeRequest): NativeTranscript {
  const { lines: records, warnings } = lineTexts(request.bytes, claudeDialect);
  const own = request.isFork === true ? records.filter(goesIntoFork) : records;
  const kept = withoutOrphans(cutRecords(own, request.cut), warnings);
  const mended = mendParentLinks(kept);
  if (mended > 0) warnings.push(`Reconnected ${mended} records whose parent is not there`);
  const open = openCalls(kept.map((native) => native.record));
  const left = new Set(callsToLeave(kept, open, request).map(({ callId }) => callId));
  const answered = withAnswers(kept, left);
  const changes = { nativeId: request.nativeId, cwd: moveOf(records, request.cwd) };
  const written = answered.map((native) => renderRecord(native, changes));
  return {
    bytes: Buffer.from(written.join(''), 'latin1'),
    messages: kept.filter(({ record }) => record.type === 'user' || record.type === 'assistant')
      .length,
    pending: lastCall(open),
    warnings,
  };
}

/**
 * Gives a file that stands beside a transcript its new id. Subagent transcripts carry the parent's; all other files go over
 * byte for byte, as do lines that cannot be read.
 */
export function writeNativeSideFile(
  name: string,
  request: Pick<NativeRequest, 'bytes' | 'nativeId' | 'cwd'>,
): Buffer {
  const bytes = Buffer.from(request.bytes);
  if (!/^subagents\/.*\.jsonl$/.test(name)) return bytes;
  const pieces: string[] = [];
  let copied = 0;
  let move: ReturnType<typeof moveOf>;
  for (const entry of readEntries(bytes)) {
    const native = nativeRecord(bytes, entry);
    if (!native) continue;
    move ??= moveOf([native], request.cwd);
    const line = renderRecord(native, { nativeId: request.nativeId, cwd: move });
    pieces.push(bytes.toString('latin1', copied, entry.offset), line.slice(0, -1));
    copied = entry.offset + entry.length;
  }
  pieces.push(bytes.toString('latin1', copied));
  return Buffer.from(pieces.join(''), 'latin1');
}

/** The worktree, the remote end and the isolation of a session are its own. */
function goesIntoFork({ record }: NativeRecord): boolean {
  return !/^(worktree-state|bridge-session|atis-latch)$/.test(record.type ?? '');
}

function callsToLeave(
  records: readonly NativeRecord[],
  open: readonly OpenCall[],
  { pending }: NativeRequest,
): readonly OpenCall[] {
  if (pending === 'keep') return open;
  const [call] = open;
  if (pending !== 'keep-deferred' || call === undefined) return [];
  const { record: reply } = call;
  const calls = records
    .filter(({ record }) => record.type === 'assistant' && isOneReply(record, reply))
    .flatMap(({ record }) => partsOf(record.message?.content))
    .filter((part) => part.type === 'tool_call');
  return isDeferred({ headless: isHeadless(reply), calls, open }) ? open : [];
}

function isOneReply(one: ClaudeRecord, other: ClaudeRecord): boolean {
  return one === other || (one.message?.id !== undefined && one.message.id === other.message?.id);
}

function cutRecords(records: readonly NativeRecord[], cut: NativeCut | undefined): NativeRecord[] {
  if (!cut) return [...records];
  if ('beforeOffset' in cut) return records.filter((native) => native.offset < cut.beforeOffset);
  const wanted = cut.throughMessage;
  const named = records.findLast(
    ({ record }) => record.uuid === wanted || record.message?.id === wanted,
  );
  if (!named) {
    throw new GsessError('not-found', `No message '${wanted}' in the transcript`, {
      data: { message: wanted },
    });
  }
  // A reply is several records, one per block; it goes over whole.
  const replyId = named.record.type === 'assistant' ? named.record.message?.id : undefined;
  const end = records.findLastIndex(
    (native) =>
      native === named || (replyId !== undefined && native.record.message?.id === replyId),
  );
  return records.slice(0, end + 1);
}

/** Leaves out results whose call is not there (it was torn): a model refuses a conversation that holds one. */
function withoutOrphans(records: readonly NativeRecord[], warnings: string[]): NativeRecord[] {
  const nodes = records.map(({ record }) => chainNode(record, true));
  const calls = new Set(nodes.flatMap((node) => node.callIds));
  return records.filter((native, index) => {
    const answers = nodes[index]?.answers ?? [];
    const isOrphan = answers.length > 0 && answers.every((id) => id !== '' && !calls.has(id));
    if (isOrphan)
      warnings.push(`Left out a result at byte ${native.offset} whose call is not there`);
    return !isOrphan;
  });
}

function moveOf(
  records: readonly NativeRecord[],
  cwd: string | undefined,
): { from: string; to: string } | undefined {
  const from = records.find(({ record }) => record.cwd !== undefined)?.record.cwd;
  return cwd === undefined || from === undefined ? undefined : { from, to: cwd };
}

/** Puts results after the replies whose calls have none, but for those to be left; what went on from there goes on from the result. */
function withAnswers(
  records: readonly NativeRecord[],
  left: ReadonlySet<string>,
): readonly NativeRecord[] {
  const open = unansweredCalls(records.map(({ record }) => record));
  const places = new Map<number, OpenCall[]>();
  for (const call of open) {
    if (left.has(call.callId)) continue;
    places.set(call.answerAfter, [...(places.get(call.answerAfter) ?? []), call]);
  }
  const moved = new Map<string, string>();
  return records.flatMap((native, index) => {
    const parent = native.parent === undefined ? native.record.parentUuid : native.parent;
    const instead = typeof parent === 'string' ? moved.get(parent) : undefined;
    if (instead !== undefined) native.parent = instead;
    const calls = places.get(index) ?? [];
    const last = calls.at(-1);
    const { uuid } = native.record;
    if (last !== undefined && uuid !== undefined) moved.set(uuid, resultUuid(last));
    return [native, ...resultsFor(calls)];
  });
}

function resultsFor(calls: readonly OpenCall[]): NativeRecord[] {
  return calls.map((call, index) => {
    const before = calls[index - 1];
    // Two calls in one record would fork the chain there, and Claude follows one branch only.
    const forks = before !== undefined && before.record === call.record;
    return resultFor(call, forks ? resultUuid(before) : call.record.uuid);
  });
}

/** The record Claude itself would have written, had the call failed. */
function resultFor(call: OpenCall, parent: string | undefined): NativeRecord {
  const { record } = call;
  const result = {
    parentUuid: parent ?? null,
    isSidechain: record.isSidechain === true,
    userType: 'external',
    cwd: record.cwd,
    sessionId: record.sessionId,
    version: record.version,
    gitBranch: record.gitBranch,
    type: 'user',
    message: {
      role: 'user',
      content: [
        { type: 'tool_result', content: NO_RESULT, is_error: true, tool_use_id: call.callId },
      ],
    },
    uuid: resultUuid(call),
    timestamp: record.timestamp,
    toolUseResult: `Error: ${NO_RESULT}`,
    sourceToolAssistantUUID: record.uuid,
  };
  return { offset: 0, text: jsonBytes(result), record };
}

/** The same call gets the same id each time, so that writing twice gives the same file. */
function resultUuid(call: OpenCall): string {
  return derivedUuid(`gsess tool result ${call.record.uuid} ${call.callId}`);
}

function lastCall(open: readonly OpenCall[]): AgentToolCall | undefined {
  const call = open.at(-1);
  return call && { name: call.name, input: call.input, callId: call.callId };
}
