// One record of a pi session, as far as gsess looks at it. A field of an unexpected type reads as absent rather than costing the record;
// fields and types not named here stay in the bytes. The first version had neither `id` nor `parentId`.

import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const messageSchema = z.object({
  role: text,
  content: z.unknown().optional(),
  /** Milliseconds, when it was said; the record's own time is when it was written. */
  timestamp: z.number().optional().catch(undefined),
  // Of a reply.
  provider: text,
  model: text,
  stopReason: text,
  errorMessage: text,
  // Of a result.
  toolCallId: text,
  toolName: text,
  isError: flag,
  // Of a command that the user ran.
  command: text,
  output: text,
  // Of what stands for a part of the conversation.
  summary: text,
});

const recordSchema = z.object({
  type: text,
  id: text,
  parentId: z.string().nullable().optional().catch(undefined),
  timestamp: text,
  message: messageSchema.optional().catch(undefined),
  // Of the header.
  cwd: text,
  version: z.number().optional().catch(undefined),
  // Of a header of the first version, and of a change of model.
  provider: text,
  modelId: text,
  // Of other entries.
  name: text,
  summary: text,
  content: z.unknown().optional(),
});

export type PiRecord = z.infer<typeof recordSchema>;
export type PiMessage = z.infer<typeof messageSchema>;

/** Reads one parsed value as a record; undefined for what is no object with a type. */
export function parseRecord(value: unknown): PiRecord | undefined {
  const parsed = recordSchema.safeParse(value);
  return parsed.success && parsed.data.type !== undefined ? parsed.data : undefined;
}

/** Tells a whole record from an object inside one. */
export function looksLikeRecord(value: object): boolean {
  return 'type' in value && 'timestamp' in value && ('id' in value || 'message' in value);
}

/** Whether the record is a link of the tree that a session is. */
export function isEntry({ type }: PiRecord): boolean {
  return type !== 'session';
}

/** Reads a recorded time as milliseconds; undefined if it is none. */
export function timeOf({ timestamp }: PiRecord): number | undefined {
  const at = Date.parse(timestamp ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** A reply that was broken off or failed; pi never sends it again, nor runs its calls. */
export function isDropped({ message }: PiRecord): boolean {
  const stop = message?.stopReason;
  return message?.role === 'assistant' && (stop === 'aborted' || stop === 'error');
}
