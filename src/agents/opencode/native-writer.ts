// Writes an opencode session that `opencode import` takes: the stored records under new ids, cut where wanted, with nothing torn and every
// call answered. Touches no file; the same input gives the same bytes, and its own output passes through unchanged. A message keeps
// its bytes but for its ids, and for the calls in it that were open.

import { createHash } from 'node:crypto';
import { GsessError } from '../../errors.ts';
import { decodeTranscript } from '../../transcript/compressed.ts';
import type { AgentToolCall, NativeCut, NativeRequest, NativeTranscript } from '../agent.ts';
import { documentEntries } from '../document-entries.ts';
import { jsonBytes } from '../line-records.ts';
import { isMessage, isOpen, type OpencodeRecord, parseRecord, withoutReverted } from './record.ts';
import { exportDialect } from './transcript-reader.ts';

/** What opencode itself tells the model of a call that it finds without a result. */
export const NO_RESULT = '[Tool execution was interrupted]';

interface NativeMessage {
  readonly offset: number;
  /** One character per byte. */
  readonly text: string;
  readonly record: OpencodeRecord;
}

interface Collected {
  /** What is told of the session, as it is written. */
  readonly info: Readonly<Record<string, unknown>> | undefined;
  readonly header: OpencodeRecord | undefined;
  readonly messages: readonly NativeMessage[];
  readonly warnings: readonly string[];
}

/** Makes a new native session out of a stored one. */
export function writeNative(request: NativeRequest): NativeTranscript {
  const { info, header, messages, warnings } = collect(request.bytes);
  const kept = withoutReverted(cutMessages(messages, request.cut), header);
  const open = kept.flatMap(({ record }) => (record.parts ?? []).filter(isOpen));
  const last = open.at(-1);
  const spared = request.pending === 'keep' ? last?.callID : undefined;
  const session = sessionInfo(info, { ...request, messages: kept });
  if (session === undefined) {
    return { bytes: Buffer.alloc(0), messages: 0, pending: undefined, warnings };
  }
  const rename = renaming(
    header?.info.id ?? kept[0]?.record.info.sessionID,
    kept,
    request.nativeId,
  );
  const written = kept.map((message) => rename(answered(message, spared)));
  const text = `{"info":${jsonBytes(session)},"messages":[\n${written.join(',\n')}\n]}\n`;
  const pending: AgentToolCall | undefined = last && {
    name: last.tool ?? '',
    input: last.state?.input,
    ...(last.callID === undefined ? {} : { callId: last.callID }),
  };
  return { bytes: Buffer.from(text, 'latin1'), messages: kept.length, pending, warnings };
}

function collect(content: Uint8Array): Collected {
  const decoded = decodeTranscript(content);
  if (decoded.problem !== undefined) {
    throw new GsessError('transcript-refused', `Transcript ${decoded.problem}`);
  }
  const bytes = Buffer.from(decoded.bytes);
  const messages: NativeMessage[] = [];
  const warnings: string[] = [];
  let found: Pick<Collected, 'info' | 'header'> = { info: undefined, header: undefined };
  for (const entry of documentEntries(bytes, exportDialect)) {
    const { offset, length } = entry;
    const record = 'value' in entry ? parseRecord(entry.value) : undefined;
    if (record === undefined || !('value' in entry)) {
      const kind = 'problem' in entry ? entry.problem : 'not-a-record';
      warnings.push(`Left out ${length} bytes at byte ${offset} (${kind})`);
    } else if (isMessage(record)) {
      messages.push({ offset, text: bytes.toString('latin1', offset, offset + length), record });
    } else if (found.header === undefined) {
      const { info } = entry.value as { info: Readonly<Record<string, unknown>> };
      found = { info, header: record };
    }
  }
  return { ...found, messages, warnings };
}

function cutMessages(
  messages: readonly NativeMessage[],
  cut: NativeCut | undefined,
): readonly NativeMessage[] {
  if (cut === undefined) return messages;
  if ('beforeOffset' in cut) return messages.filter(({ offset }) => offset < cut.beforeOffset);
  const wanted = cut.throughMessage;
  const at = messages.findLastIndex(({ record }) => record.info.id === wanted);
  if (at >= 0) return messages.slice(0, at + 1);
  throw new GsessError('not-found', `No message '${wanted}' in the transcript`, {
    data: { message: wanted },
  });
}

/** Nothing is taken back in the new session, for what was is left out; undefined where there is nothing at all. */
function sessionInfo(
  info: Collected['info'],
  {
    nativeId,
    cwd,
    messages,
  }: Pick<NativeRequest, 'nativeId' | 'cwd'> & { readonly messages: readonly NativeMessage[] },
): object | undefined {
  if (info !== undefined) {
    const { revert: _, ...kept } = info;
    return { ...kept, id: nativeId, ...(cwd === undefined ? {} : { directory: cwd }) };
  }
  const [first] = messages;
  if (first === undefined) return undefined;
  const created = first.record.info.time?.created ?? 0;
  const found = messages.find(({ record }) => record.info.path?.cwd !== undefined);
  return {
    id: nativeId,
    slug: 'gsess',
    projectID: 'global',
    directory: cwd ?? found?.record.info.path?.cwd ?? '',
    title: 'Without a title',
    version: '0.0.0',
    time: { created, updated: created },
  };
}

/** Gives the session, its messages and their parts other ids, where they are ids: opencode takes none that it has already. */
function renaming(
  from: string | undefined,
  messages: readonly NativeMessage[],
  nativeId: string,
): (text: string) => string {
  if (from === undefined || from === nativeId) return (text) => text;
  const own = new Set(messages.map(({ record }) => record.info.id));
  return (text) =>
    text.replace(/"((?:ses|msg|prt)_[0-9A-Za-z]+)"/g, (quoted, id: string) => {
      if (id === from) return `"${nativeId}"`;
      if (id.startsWith('ses_') || (id.startsWith('msg_') && !own.has(id))) return quoted;
      return `"${renamed(id, nativeId)}"`;
    });
}

/** The first half of an id is a time, by which opencode orders; it stays. */
function renamed(id: string, nativeId: string): string {
  const hash = createHash('sha256').update(`${nativeId} ${id}`).digest('hex');
  return id.slice(0, 16) + hash.slice(0, 14);
}

/** The message with its open calls answered, as opencode would have noted it, had they failed. */
function answered({ text, record }: NativeMessage, spared: string | undefined): string {
  const isToAnswer = (index: number) => {
    const part = record.parts?.[index];
    return part !== undefined && isOpen(part) && part.callID !== spared;
  };
  if (!(record.parts ?? []).some((_, index) => isToAnswer(index))) return text;
  const value = JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as {
    parts: { state: { input?: unknown; time?: { start?: number } } }[];
  };
  const parts = value.parts.map((part, index) => {
    if (!isToAnswer(index)) return part;
    const start = part.state.time?.start ?? record.info.time?.created ?? 0;
    const { input = {} } = part.state;
    const time = { start, end: start };
    return { ...part, state: { status: 'error', input, error: NO_RESULT, time } };
  });
  return jsonBytes({ ...value, parts });
}
