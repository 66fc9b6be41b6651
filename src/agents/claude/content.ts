// The content of a Claude message, string or blocks, as parts; and why a user record was written, which decides where turns begin.
// Claude writes many user records nobody typed: tool results, notices, command output, summaries.

import { z } from 'zod';
import type { MessageKind, Part } from '../../transcript/transcript.ts';
import { withoutWrappers } from '../../transcript/turns.ts';
import type { ClaudeRecord } from './record.ts';

const blockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({ type: z.literal('redacted_thinking') }),
  z.object({
    type: z.literal('tool_use'),
    id: z.string(),
    name: z.string(),
    input: z.unknown().optional(),
  }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string().catch(''),
    content: z.unknown().optional(),
    is_error: z.boolean().nullish().catch(undefined),
  }),
  z.object({
    type: z.literal('image'),
    source: z
      .object({ media_type: z.string(), data: z.string().optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
]);

/** Reads the content of a message; a block of unknown shape is kept as it is. */
export function partsOf(content: unknown): Part[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [{ type: 'other', value: content }];
  return content.map((block: unknown) => partOf(block));
}

/** Tells why a user record was written. */
export function userKind(record: ClaudeRecord, parts: readonly Part[]): MessageKind {
  if (record.toolUseResult !== undefined || parts.some((part) => part.type === 'tool_result')) {
    return 'result';
  }
  if (record.isCompactSummary) return 'summary';
  const text = parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trimStart();
  if (text.startsWith('[Request interrupted by user')) return 'interrupt';
  if (record.isMeta) return 'notice';
  if (/^<(?:command-name|local-command-|bash-(?:input|stdout|stderr))/.test(text)) return 'command';
  if (record.origin && record.origin.kind !== 'human') return 'notice';
  if (text.startsWith('<task-notification>')) return 'notice';
  if (commandPrompt(text) !== undefined) return 'prompt';
  const said = withoutWrappers(text).trim() !== '' || /\[Image #\d+\]/.test(text);
  return said || parts.some((part) => part.type === 'image') ? 'prompt' : 'notice';
}

/**
 * Gives what the user typed where a slash command became a prompt. Claude writes such a command with its message first; one that
 * it ran itself has its name first.
 */
export function commandPrompt(text: string): string | undefined {
  if (!text.trimStart().startsWith('<command-message>')) return undefined;
  const name = /<command-name>([^<]*)<\/command-name>/.exec(text)?.[1];
  if (name === undefined) return undefined;
  const args = /<command-args>([\s\S]*?)<\/command-args>/.exec(text)?.[1];
  return [name.trim(), args?.trim()].filter(Boolean).join(' ');
}

function partOf(block: unknown): Part {
  if (typeof block === 'string') return { type: 'text', text: block };
  const parsed = blockSchema.safeParse(block);
  if (!parsed.success) return { type: 'other', value: block };
  const known = parsed.data;
  switch (known.type) {
    case 'text':
      return { type: 'text', text: known.text };
    case 'thinking':
      return { type: 'thinking', text: known.thinking };
    case 'redacted_thinking':
      return { type: 'thinking', text: '' };
    case 'tool_use':
      return { type: 'tool_call', id: known.id, name: known.name, input: known.input };
    case 'tool_result':
      return {
        type: 'tool_result',
        callId: known.tool_use_id,
        output: outputText(known.content),
        isError: known.is_error === true,
      };
    case 'image':
      return { type: 'image', mediaType: known.source?.media_type, data: known.source?.data };
  }
}

function outputText(content: unknown): string {
  return partsOf(content)
    .flatMap((part) => {
      if (part.type === 'text') return [part.text];
      return part.type === 'image' ? ['[image]'] : [];
    })
    .join('\n');
}
