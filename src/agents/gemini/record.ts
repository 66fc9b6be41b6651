// One record of a Gemini CLI session, as far as gsess looks at it: header, message, change of what went before, or a step back. The
// older forms are told apart by their fields too: one document with all messages, a conversation saved with /chat, the log of prompts. A
// field of an unexpected type reads as absent rather than costing the record.

import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const values = z.array(z.unknown()).optional().catch(undefined);

const toolCallSchema = z.object({
  id: text,
  name: z.string(),
  args: z.unknown().optional(),
  status: text,
  result: z.unknown().optional(),
});

const facts = {
  sessionId: text,
  projectHash: text,
  startTime: text,
  lastUpdated: text,
  kind: text,
  summary: text,
  directories: z.array(z.string()).optional().catch(undefined),
  messages: values,
};

const recordSchema = z.object({
  ...facts,
  id: text,
  timestamp: text,
  type: text,
  model: text,
  content: z.unknown().optional(),
  thoughts: z
    .array(z.object({ subject: text, description: text }))
    .optional()
    .catch(undefined),
  toolCalls: values,
  $set: z.object(facts).optional().catch(undefined),
  $rewindTo: text,
  /** Of a saved conversation. */
  role: text,
  parts: values,
  history: values,
  /** Of the log of prompts. */
  messageId: z.number().optional().catch(undefined),
  message: text,
});

export type GeminiRecord = z.infer<typeof recordSchema>;
export type GeminiFacts = NonNullable<GeminiRecord['$set']>;
export type GeminiToolCall = z.infer<typeof toolCallSchema>;
export type GeminiKind = 'rewind' | 'message' | 'change' | 'header' | 'saved' | 'logged' | 'other';

/** Reads one parsed value as a record; undefined for what is no object. */
export function parseRecord(value: unknown): GeminiRecord | undefined {
  const parsed = recordSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Tells what a record is, in the order in which Gemini itself looks. */
export function kindOf(record: GeminiRecord): GeminiKind {
  if (record.$rewindTo !== undefined) return 'rewind';
  if (record.id !== undefined) return 'message';
  if (record.$set !== undefined) return 'change';
  if (record.sessionId !== undefined && record.messageId !== undefined) return 'logged';
  if (record.sessionId !== undefined) return 'header';
  return record.role !== undefined && record.parts !== undefined ? 'saved' : 'other';
}

/** The tool calls of a reply; what is none is left out. */
export function toolCallsOf(record: GeminiRecord): GeminiToolCall[] {
  return (record.toolCalls ?? []).flatMap((value) => {
    const parsed = toolCallSchema.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Tells a whole record from an object inside one. */
export function looksLikeRecord(value: object): boolean {
  return 'sessionId' in value || ('id' in value && 'timestamp' in value) || '$set' in value;
}

/** Reads a recorded time as milliseconds; undefined if it is none. */
export function timeOf(at: string | undefined): number | undefined {
  const time = Date.parse(at ?? '');
  return Number.isNaN(time) ? undefined : time;
}
