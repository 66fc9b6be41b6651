// The content of a pi message, text or blocks, as parts.

import { z } from 'zod';
import type { Part } from '../../transcript/transcript.ts';
import type { PiMessage } from './record.ts';

const text = z.string().optional().catch(undefined);

const blockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({ type: z.literal('image'), mimeType: text, data: text }),
  z.object({
    type: z.literal('toolCall'),
    id: z.string(),
    name: z.string(),
    arguments: z.unknown().optional(),
  }),
]);

/** Reads the content of a message; a block of unknown shape is kept as it is. */
export function partsOf(content: unknown): Part[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return textParts(content);
  if (!Array.isArray(content)) return [{ type: 'other', value: content }];
  return content.map((block: unknown) => partOf(block));
}

/** No part for no text. */
export function textParts(...texts: readonly (string | undefined)[]): Part[] {
  return texts.flatMap((text) => (text ? [{ type: 'text', text } as const] : []));
}

/** The result of a call: its text as one, and the images in it. */
export function resultParts({ toolCallId = '', content, isError }: PiMessage): Part[] {
  const parts = partsOf(content);
  const output = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  const result: Part = {
    type: 'tool_result',
    callId: toolCallId,
    output,
    isError: isError === true,
  };
  return [result, ...parts.filter(({ type }) => type === 'image')];
}

function partOf(value: unknown): Part {
  const parsed = blockSchema.safeParse(value);
  if (!parsed.success) return { type: 'other', value };
  const block = parsed.data;
  switch (block.type) {
    case 'text':
      return block;
    case 'thinking':
      return { type: 'thinking', text: block.thinking };
    case 'image':
      return { type: 'image', mediaType: block.mimeType, data: block.data };
    case 'toolCall':
      return { type: 'tool_call', id: block.id, name: block.name, input: block.arguments };
  }
}
