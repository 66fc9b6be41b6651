// Reads the lines of an embedding agent into the normalised view. Never refuses any: what cannot be read becomes a warning with its place.
// A message need not have an id; it is known by its place as well, which never changes, since lines are only added.

import type { Message, MessageKind, Part, Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { lineRecords, type Placed } from '../line-records.ts';
import { distinct } from '../told-facts.ts';
import { CallNumbers } from './call-numbers.ts';
import { isOwnLine, messageDialect, messagesAmong, OWN_KEY, stateOf } from './message-lines.ts';
import {
  isJsonObject,
  type JsonObject,
  readMessage,
  type SeenMessage,
  type SeenPart,
  textOfField,
} from './message-reader.ts';

/** How a message is known by its place in the transcript. */
export function placeId(offset: number): string {
  return `@${offset}`;
}

/** Reads a whole conversation. */
export function readTranscript(content: Uint8Array): Transcript {
  const { records, others, warnings, bytes } = lineRecords(content, messageDialect);
  const own = records.filter(({ record }) => isOwnLine(record));
  const numbers = new CallNumbers();
  const messages = [...messagesAmong(records)].map(({ line, isNotice }) =>
    messageOf(line, { numbers, isNotice }),
  );
  return {
    agent: 'embedded',
    messages,
    turns: groupTurns(messages, bytes),
    others: [...others, ...own.map(({ source }) => ({ type: 'gsess', source }))],
    warnings,
    bytes,
    sidechain: false,
    ...factsOf(
      own.map(({ record }) => record),
      messages,
    ),
  };
}

function messageOf(
  { record, source }: Placed<JsonObject>,
  { numbers, isNotice }: { readonly numbers: CallNumbers; readonly isNotice: boolean },
): Message {
  const seen = readMessage(record);
  const place = placeId(source.offset);
  const id = textOfField(record['id']) ?? place;
  return {
    id,
    aliases: distinct([id, place]),
    parentId: undefined,
    role: seen.role,
    kind: kindOf(seen, isNotice),
    at: undefined,
    model: textOfField(record['model']),
    parts: seen.parts.map((part) => partOf(part, numbers)),
    sidechain: false,
    live: true,
    sources: [source],
  };
}

/** Only what the user says by itself begins a turn, not what comes along with the results of calls. */
export function kindOf({ role, parts }: SeenMessage, isNotice = false): MessageKind {
  if (isNotice && role === 'user') return 'notice';
  if (role === 'assistant') return 'reply';
  if (role === 'system') return 'notice';
  if (role === 'tool') return 'result';
  return parts.some(({ type }) => type === 'tool_result') ? 'steer' : 'prompt';
}

function partOf(part: SeenPart, numbers: CallNumbers): Part {
  if (part.type === 'tool_call') {
    return { type: 'tool_call', id: numbers.begin(part), name: part.name, input: part.input };
  }
  if (part.type === 'tool_result') {
    const { output, isError } = part;
    return { type: 'tool_result', callId: numbers.end(part), output, isError };
  }
  return part;
}

type Facts = Omit<
  Transcript,
  'agent' | 'messages' | 'turns' | 'others' | 'warnings' | 'bytes' | 'sidechain'
>;

function factsOf(own: readonly JsonObject[], messages: readonly Message[]): Facts {
  const state = stateOf(own);
  const begin = own.find((record) => record[OWN_KEY] === 'begin') ?? {};
  const cwds = distinct([textOfField(begin['directory'])]);
  const models = distinct(messages.map(({ model }) => model));
  const at = Date.parse(String(begin['at']));
  return {
    nativeIds: [],
    titles: {
      custom: undefined,
      generated: textOfField(state['title']),
      summary: undefined,
      lastPrompt: undefined,
    },
    model: textOfField(state['model']) ?? models.at(-1),
    models,
    provider: textOfField(state['provider']),
    permissionMode: permissionModeOf(state),
    cwd: cwds[0],
    cwds,
    branch: undefined,
    version: undefined,
    entrypoint: undefined,
    pullRequests: [],
    startedAt: Number.isNaN(at) ? undefined : at,
    endedAt: undefined,
  };
}

/** The mode that an agent put down with its state. */
export function permissionModeOf(state: JsonObject): string | undefined {
  const { permission } = state;
  return isJsonObject(permission) ? textOfField(permission['mode']) : undefined;
}
