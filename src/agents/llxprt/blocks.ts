// The blocks of what was said in an LLxprt recording, as parts.

import { z } from 'zod';
import type { Part } from '../../transcript/transcript.ts';
import { outcomeOf } from '../genai-parts.ts';

const blockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thought: z.string() }),
  z.object({ type: z.literal('code'), code: z.string() }),
  z.object({
    type: z.literal('tool_call'),
    id: z.string(),
    name: z.string(),
    parameters: z.unknown().optional(),
  }),
  z.object({
    type: z.literal('tool_response'),
    callId: z.string().catch(''),
    result: z.unknown().optional(),
    error: z.string().nullish().catch(undefined),
  }),
  z.object({ type: z.literal('media'), mimeType: z.string().optional().catch(undefined) }),
]);

/** What LLxprt itself says of a call that was broken off, or whose result it does not find. */
export const INTERRUPTED = 'Tool call interrupted or cancelled';

/** Reads the blocks; one of unknown shape is kept as it is. */
export function partsOf(blocks: readonly unknown[] | undefined): Part[] {
  return (blocks ?? []).map(partOf);
}

/** Whether one of the results tells that the user broke its call off. */
export function isInterrupted(parts: readonly Part[]): boolean {
  return parts.some(
    (part) => part.type === 'tool_result' && part.isError && part.output === INTERRUPTED,
  );
}

function partOf(block: unknown): Part {
  const parsed = blockSchema.safeParse(block);
  if (!parsed.success) return { type: 'other', value: block };
  const known = parsed.data;
  switch (known.type) {
    case 'text':
      return { type: 'text', text: known.text };
    case 'code':
      return { type: 'text', text: known.code };
    case 'thinking':
      return { type: 'thinking', text: known.thought };
    case 'tool_call':
      return { type: 'tool_call', id: known.id, name: known.name, input: known.parameters };
    case 'tool_response': {
      const { callId, result, error } = known;
      const outcome = error ? { output: error, isError: true } : outcomeOf(result);
      return { type: 'tool_result', callId, ...outcome };
    }
    case 'media':
      return { type: 'image', mediaType: known.mimeType };
  }
}
