// Reads a session of Nanocoder into the normalised view. Never refuses one: of a document that is cut off the whole messages are read, and
// what is no session is a warning. Its messages have no ids, so their place in the list is their id.

import type { Message, MessageKind, Part, Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { openDocument, type PlacedMessage, type SessionDocument } from './document.ts';
import { callsOf, type NanocoderMessage } from './record.ts';
import { CANCELLED } from './tools.ts';

/** What the program says in the user's name. */
const NOTICES = [
  /^Automatic diagnostics after the recent edits found issues\./,
  /^Context has been compacted\. Please continue with the task\.$/,
  /^Please provide a summary or response based on the tool results above\.$/,
  /^Please continue with the task\.$/,
  /^Your previous response contained a malformed tool call\./,
];
const SHELL_OUTPUT = /^Bash command output:\n```/;

export function readTranscript(content: Uint8Array): Transcript {
  const document = openDocument(content);
  const messages = (document?.messages ?? []).map(messageOf);
  const { header = {}, strangers = [] } = document ?? {};
  return {
    agent: 'nanocoder',
    messages,
    turns: groupTurns(messages, content.length),
    others: strangers.map((source) => ({ type: 'not-a-record', source })),
    warnings: warningsOf(document, content.length),
    bytes: content.length,
    nativeIds: header.id === undefined ? [] : [header.id],
    sidechain: false,
    titles: header.titleManuallySet === true ? { custom: header.title } : {},
    model: header.model,
    models: header.model === undefined ? [] : [header.model],
    provider: header.provider,
    cwd: header.workingDirectory,
    cwds: header.workingDirectory === undefined ? [] : [header.workingDirectory],
    pullRequests: [],
    startedAt: timeOf(header.createdAt),
    endedAt: timeOf(header.lastAccessedAt),
  };
}

function messageOf({ message, id, text, offset }: PlacedMessage): Message {
  return {
    id,
    aliases: [id],
    role: message.role,
    kind: kindOf(message),
    parts: partsOf(message),
    sidechain: false,
    live: true,
    sources: [{ offset, length: text.length }],
  };
}

function kindOf({ role, content }: NanocoderMessage): MessageKind {
  if (role === 'assistant') return 'reply';
  if (role === 'tool') return 'result';
  if (role === 'system') return 'notice';
  const said = textOf(content);
  if (SHELL_OUTPUT.test(said)) return 'command';
  return NOTICES.some((notice) => notice.test(said)) ? 'notice' : 'prompt';
}

function partsOf(message: NanocoderMessage): Part[] {
  const said = textOf(message.content);
  if (message.role === 'tool') {
    const isError = said === CANCELLED || /^Error\b/.test(said);
    return [{ type: 'tool_result', callId: message.tool_call_id ?? '', output: said, isError }];
  }
  return [
    ...(message.reasoning ? [{ type: 'thinking', text: message.reasoning } as const] : []),
    ...(said === '' ? [] : [{ type: 'text', text: said } as const]),
    ...(message.images ?? []).map(() => ({ type: 'image' }) as const),
    ...callsOf(message).map((call) => ({ type: 'tool_call', ...call }) as const),
  ];
}

/** Text, or a list of parts that may hold some. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .flatMap((part: unknown) =>
      typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string'
        ? [part.text]
        : [],
    )
    .join('\n');
}

function warningsOf(document: SessionDocument | undefined, length: number) {
  const source = { offset: 0, length };
  if (document === undefined) {
    if (length === 0) return [];
    return [{ problem: 'not-json', message: 'Passed over what is no session', source }];
  }
  const warnings = document.strangers.map((stranger) => ({
    problem: 'not-a-record',
    message: `Passed over a value that is no message at byte ${stranger.offset}`,
    source: stranger,
  }));
  if (document.isWhole) return warnings;
  return [...warnings, { problem: 'torn', message: 'The session ends too early', source }];
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
