// One record of a Codex rollout, as far as gsess looks at it. A field of an unexpected type reads as absent rather than costing the
// record; fields and types not named here stay in the bytes. Rollouts of the first versions hold bare items without the
// envelope, and begin with a bare header.

import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const texts = z.array(z.unknown()).optional().catch(undefined);
const count = z.number().int().nonnegative().optional().catch(undefined);

const passthroughSchema = z
  .object({ turn_id: text, content_item_kinds: texts })
  .optional()
  .catch(undefined);

const payloadSchema = z.object({
  type: text,
  id: text,
  role: text,
  content: z.unknown().optional(),
  name: text,
  namespace: text,
  arguments: z.unknown().optional(),
  input: z.unknown().optional(),
  action: z.unknown().optional(),
  call_id: text,
  execution: text,
  output: z.unknown().optional(),
  tools: z.unknown().optional(),
  summary: z.unknown().optional(),
  message: text,
  reason: text,
  num_turns: count,
  turn_id: text,
  thread_id: text,
  thread_name: text,
  author: text,
  internal_chat_message_metadata_passthrough: passthroughSchema,
  // Of the session, and of a turn.
  session_id: text,
  timestamp: text,
  cwd: text,
  originator: text,
  cli_version: text,
  source: z.unknown().optional(),
  thread_source: text,
  parent_thread_id: text,
  forked_from_id: text,
  model: text,
  model_provider: text,
  approval_policy: text,
  sandbox_policy: z.object({ type: text, mode: text }).optional().catch(undefined),
  git: z.object({ branch: text }).optional().catch(undefined),
  history_base: z
    .object({ thread_id: z.string(), end_byte_offset: count })
    .optional()
    .catch(undefined),
});

const recordSchema = z.object({
  timestamp: text,
  type: text,
  payload: payloadSchema.optional().catch(undefined),
});

export type CodexPayload = z.infer<typeof payloadSchema>;

export interface CodexRecord {
  readonly timestamp: string | undefined;
  /** `session_meta`, `turn_context`, `response_item`, `event_msg`, `compacted`, … */
  readonly type: string;
  readonly payload: CodexPayload;
}

const BARE_ITEM = /^(?:message|reasoning|(?:custom_tool|function|local_shell)_call(?:_output)?)$/;

/** Reads one parsed value as a record; undefined for what is no object. */
export function parseRecord(value: unknown): CodexRecord | undefined {
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { timestamp, type, payload } = parsed.data;
  if (payload !== undefined) return { timestamp, type: type ?? 'unknown', payload };
  const bare = payloadSchema.parse(value);
  if (bare.type !== undefined && BARE_ITEM.test(bare.type)) {
    return { timestamp, type: 'response_item', payload: bare };
  }
  const isHeader = type === undefined && bare.id !== undefined && bare.timestamp !== undefined;
  return { timestamp, type: isHeader ? 'session_meta' : (type ?? 'unknown'), payload: bare };
}

/** Tells a whole record from an object inside one. */
export function looksLikeRecord(value: object): boolean {
  return 'payload' in value && 'type' in value && 'timestamp' in value;
}

/** Reads a recorded time as milliseconds; undefined if it is none. */
export function timeOf(record: CodexRecord): number | undefined {
  const at = Date.parse(record.timestamp ?? record.payload.timestamp ?? '');
  return Number.isNaN(at) ? undefined : at;
}

export function turnIdOf({ payload }: CodexRecord): string | undefined {
  return payload.turn_id ?? payload.internal_chat_message_metadata_passthrough?.turn_id;
}
