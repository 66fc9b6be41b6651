// A conversation as people read it: what was asked and answered in full, each tool call in one line. What agents note for themselves
// (results, notices, thinking) is left out; `gsess export` has all of it. Everything is made safe here, before colours are added.

import type { Message, Part, Transcript } from '../transcript/transcript.ts';
import { textOf, withoutWrappers } from '../transcript/turns.ts';
import type { Paint } from '../ui/paint.ts';
import { safeLines, safeText } from '../ui/safe-text.ts';
import { truncateText } from '../ui/text-width.ts';

const CALL_WIDTH_MAX = 100;
/** What tells one call of a tool from another, most telling first. */
const TELLING_FIELDS = [
  'file_path',
  'notebook_path',
  'path',
  'command',
  'pattern',
  'url',
  'query',
  'description',
  'prompt',
];

/** The conversation as text; '' where nothing was said. */
export function conversationText({ messages }: Transcript, paint: Paint): string {
  const blocks = messages
    .filter((message) => message.live && !message.sidechain)
    .map((message) => messageText(message, paint))
    .filter((text) => text !== '');
  return blocks.join('\n\n');
}

function messageText(message: Message, paint: Paint): string {
  switch (message.kind) {
    case 'prompt':
    case 'steer': {
      const said = safeLines(withoutWrappers(textOf(message)).trim()) || imageText(message);
      return said === '' ? '' : paint.strong(quoted(said));
    }
    case 'reply':
      return message.parts
        .map((part) => replyPart(part, paint))
        .filter((text) => text !== '')
        .join('\n');
    case 'interrupt':
      return paint.warning('(interrupted)');
    case 'error':
      return paint.bad(safeLines(textOf(message).trim()));
    case 'summary':
      return paint.faint('(the conversation was compacted here)');
    default:
      return '';
  }
}

function replyPart(part: Part, paint: Paint): string {
  if (part.type === 'text') return safeLines(part.text.trim());
  if (part.type !== 'tool_call') return '';
  return paint.accent(`  ${callText(part)}`);
}

/** A call in one line: the tool, and what it was about. */
export function callText({ name, input }: { readonly name: string; readonly input?: unknown }) {
  const fields =
    typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const telling = TELLING_FIELDS.map((field) => fields[field]).find(
    (value) => typeof value === 'string' && value !== '',
  );
  const text = telling === undefined ? name : `${name} ${telling}`;
  return truncateText(safeText(text.slice(0, CALL_WIDTH_MAX * 4)), CALL_WIDTH_MAX);
}

function imageText({ parts }: Message): string {
  return parts.some((part) => part.type === 'image') ? '(an image)' : '';
}

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}
