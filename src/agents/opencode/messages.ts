// What was said in an opencode session as messages of the normalised view. opencode keeps a call and its result as one part of a reply;
// here the results are a message of their own, after the reply, read from the same bytes.

import type { Message, Part } from '../../transcript/transcript.ts';
import { inDataUrl } from '../data-url.ts';
import type { Placed } from '../line-records.ts';
import { isOpen, type OpencodePart, type OpencodeRecord } from './record.ts';

type Said = Pick<Message, 'role' | 'kind' | 'parts'>;

/** The messages of one record. */
export function messagesOf(
  { record, source }: Placed<OpencodeRecord>,
  live: boolean,
): readonly Message[] {
  const { info } = record;
  const common = {
    parentId: info.parentID,
    at: info.time?.created,
    model: info.modelID,
    sidechain: false,
    live,
  };
  const said = info.role === 'user' ? promptOf(record) : replyOf(record);
  const results = (record.parts ?? []).flatMap(resultParts);
  const aliases = info.id === undefined ? [] : [info.id];
  const message: Message = { id: info.id, aliases, ...common, ...said, sources: [source] };
  if (results.length === 0) return [message];
  const at = info.time?.completed ?? common.at;
  const answer: Message = {
    ...common,
    id: undefined,
    aliases: [],
    at,
    role: 'tool',
    kind: (record.parts ?? []).some(isAborted) ? 'interrupt' : 'result',
    parts: results,
    sources: [source],
  };
  return [message, answer];
}

/** What opencode adds to a prompt, or says in the user's name, is marked as made by it. */
function promptOf({ parts = [] }: OpencodeRecord): Said {
  const typed = parts.filter(({ synthetic }) => synthetic !== true).flatMap(contentPart);
  const isTyped = typed.some(({ type }) => type === 'text' || type === 'image');
  if (isTyped) return { role: 'user', kind: 'prompt', parts: typed };
  return { role: 'user', kind: 'notice', parts: parts.flatMap(contentPart) };
}

function replyOf({ info, parts = [] }: OpencodeRecord): Said {
  const { error, summary } = info;
  const said = parts.flatMap(contentPart);
  if (error === undefined) {
    return { role: 'assistant', kind: summary === true ? 'summary' : 'reply', parts: said };
  }
  const isBrokenOff = error.name === 'MessageAbortedError';
  const told = error.data?.message;
  const notice: Part[] = isBrokenOff || told === undefined ? [] : [{ type: 'text', text: told }];
  const kind = isBrokenOff ? 'interrupt' : 'error';
  return { role: 'assistant', kind, parts: [...said, ...notice] };
}

/** What opencode notes of its steps, and of the files as they were, is nothing that was said. */
const BESIDE = new Set(['step-start', 'step-finish', 'snapshot', 'patch', 'retry']);

function contentPart(part: OpencodePart): Part[] {
  const { type = '', text = '', mime, url, callID = '', tool = '', state } = part;
  if (BESIDE.has(type)) return [];
  switch (type) {
    case 'text':
      return [{ type: 'text', text }];
    case 'reasoning':
      return [{ type: 'thinking', text }];
    case 'tool':
      return [{ type: 'tool_call', id: callID, name: tool, input: state?.input }];
    case 'file':
      return mime?.startsWith('image/')
        ? [{ type: 'image', mediaType: mime, data: inDataUrl(url).data }]
        : [{ type: 'other', value: part }];
    default:
      return [{ type: 'other', value: part }];
  }
}

/** What opencode notes of a call that the user broke off. */
function isAborted({ state }: OpencodePart): boolean {
  return state?.status === 'error' && state.error === 'Tool execution aborted';
}

function resultParts(part: OpencodePart): Part[] {
  const { type, callID = '', state } = part;
  if (type !== 'tool' || state === undefined || isOpen(part)) return [];
  const isError = state.status === 'error';
  const output = (isError ? state.error : state.output) ?? '';
  const images = (state.attachments ?? []).filter(({ mime }) => mime?.startsWith('image/'));
  return [
    { type: 'tool_result', callId: callID, output, isError },
    ...images.map(({ mime }) => ({ type: 'image', mediaType: mime }) as const),
  ];
}
