// The parts of a message as Google's models take them (`text`, `functionCall`, `functionResponse`, `inlineData`, …) and as the agents
// built on their library write them down: one string, one part, or a list of both.

import { z } from 'zod';
import type { Part } from '../transcript/transcript.ts';

const text = z.string().optional().catch(undefined);
const media = z.object({ mimeType: text, data: text }).optional().catch(undefined);

const partSchema = z.object({
  text,
  thought: z.unknown().optional(),
  functionCall: z
    .object({ id: text, name: z.string(), args: z.unknown().optional() })
    .optional()
    .catch(undefined),
  functionResponse: z
    .object({ id: text, name: text, response: z.unknown().optional() })
    .optional()
    .catch(undefined),
  inlineData: media,
  fileData: media,
});

/** Gives calls and results that carry no id one each, so that they can be paired: by name, in the order they were made. */
export class CallIds {
  readonly #waiting = new Map<string, string[]>();
  #count = 0;

  ofCall(name: string, id: string | undefined): string {
    if (id) return id;
    this.#count += 1;
    const made = `${name}#${this.#count}`;
    this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), made]);
    return made;
  }

  ofResult(name: string | undefined, id: string | undefined): string {
    return id || (this.#waiting.get(name ?? '')?.shift() ?? '');
  }
}

/** Reads the content of a message; a part of unknown shape is kept as it is. */
export function partsOf(content: unknown, ids = new CallIds()): Part[] {
  if (content === undefined || content === null) return [];
  const values: readonly unknown[] = Array.isArray(content) ? content : [content];
  return values.map((value) => partOf(value, ids));
}

function partOf(value: unknown, ids: CallIds): Part {
  if (typeof value === 'string') return { type: 'text', text: value };
  const parsed = partSchema.safeParse(value);
  if (!parsed.success) return { type: 'other', value };
  const { functionCall, functionResponse, inlineData, fileData, thought } = parsed.data;
  if (functionCall !== undefined) {
    const { id, name, args } = functionCall;
    return { type: 'tool_call', id: ids.ofCall(name, id), name, input: args };
  }
  if (functionResponse !== undefined) {
    const { id, name, response } = functionResponse;
    return { type: 'tool_result', callId: ids.ofResult(name, id), ...outcomeOf(response) };
  }
  if (parsed.data.text !== undefined) {
    return { type: thought ? 'thinking' : 'text', text: parsed.data.text };
  }
  const media = inlineData ?? fileData;
  return media === undefined
    ? { type: 'other', value }
    : { type: 'image', mediaType: media.mimeType, data: media.data };
}

/** What a tool gave back: its `output`, its `error`, or whatever else it holds. */
export function outcomeOf(response: unknown): { output: string; isError: boolean } {
  if (typeof response === 'string') return { output: response, isError: false };
  if (typeof response !== 'object' || response === null) return { output: '', isError: false };
  const { output, error } = response as { output?: unknown; error?: unknown };
  const isError = error !== undefined && error !== null;
  const said = isError ? error : output;
  if (typeof said === 'string') return { output: said, isError };
  return { output: JSON.stringify(said ?? response), isError };
}
