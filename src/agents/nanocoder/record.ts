// What gsess looks at in a session of Nanocoder. A field of an unexpected type reads as absent rather than costing the message.

import { z } from 'zod';
import { callArguments } from '../call-arguments.ts';

const text = z.string().optional().catch(undefined);

const headerSchema = z.object({
  id: text,
  title: text,
  titleManuallySet: z.boolean().optional().catch(undefined),
  createdAt: text,
  lastAccessedAt: text,
  provider: text,
  model: text,
  workingDirectory: text,
});

const callSchema = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.unknown().optional() }),
});

const messageSchema = z.object({
  role: z.enum(['user', 'assistant', 'tool', 'system']),
  content: z.unknown().optional(),
  reasoning: text,
  tool_calls: z.array(z.unknown()).optional().catch(undefined),
  tool_call_id: text,
  name: text,
  images: z.array(z.unknown()).optional().catch(undefined),
});

export type SessionHeader = z.infer<typeof headerSchema>;
export type NanocoderMessage = z.infer<typeof messageSchema>;

export interface NanocoderCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export function parseHeader(value: unknown): SessionHeader | undefined {
  const result = headerSchema.safeParse(value);
  return result.success ? result.data : undefined;
}

export function parseMessage(value: unknown): NanocoderMessage | undefined {
  const result = messageSchema.safeParse(value);
  return result.success ? result.data : undefined;
}

/** The calls of a message that can be answered; arguments may be written as text. */
export function callsOf({ tool_calls: calls = [] }: NanocoderMessage): NanocoderCall[] {
  return calls.flatMap((value) => {
    const result = callSchema.safeParse(value);
    if (!result.success) return [];
    const { id, function: called } = result.data;
    return [{ id, name: called.name, input: callArguments(called.arguments) }];
  });
}
