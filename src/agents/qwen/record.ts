// One record of a Qwen Code session, as far as gsess looks at it. A field of an unexpected type reads as absent rather than costing the
// record; fields and types not named here stay in the bytes.

import { z } from 'zod';

const text = z.string().optional().catch(undefined);

const recordSchema = z.object({
  type: text,
  subtype: text,
  uuid: text,
  parentUuid: z.string().nullable().optional().catch(undefined),
  sessionId: text,
  timestamp: text,
  cwd: text,
  version: text,
  gitBranch: text,
  model: text,
  provenance: text,
  isSidechain: z.boolean().optional().catch(undefined),
  /** A string in the log of prompts. */
  message: z
    .preprocess(
      (value) => (typeof value === 'string' ? { parts: value } : value),
      z.object({ role: text, parts: z.unknown().optional() }).optional(),
    )
    .catch(undefined),
  toolCallResult: z.object({ callId: text, status: text }).optional().catch(undefined),
  systemPayload: z
    .object({
      displayText: text,
      rawCommand: text,
      phase: text,
      customTitle: text,
      titleSource: text,
      compressedHistory: z
        .array(z.object({ role: text, parts: z.unknown().optional() }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export type QwenRecord = z.infer<typeof recordSchema>;

/** What Qwen keeps in a session without its being a part of the conversation. */
const BESIDE = new Set([
  'managed_session_commit_v1',
  'managed_session_event_v1',
  'managed_session_header_v1',
  'session_artifact_event',
  'session_artifact_snapshot',
  'session_sources_snapshot',
]);

/** Reads one parsed value as a record; undefined for what is no object. */
export function parseRecord(value: unknown): QwenRecord | undefined {
  const parsed = recordSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Tells a whole record from an object inside one. */
export function looksLikeRecord(value: object): boolean {
  return 'type' in value && ('uuid' in value || 'sessionId' in value);
}

/** Whether the record is a link of the chain that a conversation is. */
export function isLink({ uuid, type, subtype }: QwenRecord): boolean {
  return uuid !== undefined && !(type === 'system' && BESIDE.has(subtype ?? ''));
}

/** A record that somebody said, or that holds the result of a call. */
export function isSpoken({ type, message }: QwenRecord): boolean {
  return message !== undefined && ['user', 'assistant', 'tool_result'].includes(type ?? '');
}

/** Reads a recorded time as milliseconds; undefined if it is none. */
export function timeOf({ timestamp }: QwenRecord): number | undefined {
  const at = Date.parse(timestamp ?? '');
  return Number.isNaN(at) ? undefined : at;
}
