// The normalised view of a conversation: what every agent's transcript is read into, and what list, show, export and the
// browser work from. It is a view only: the agent's own bytes stay the truth, and every message and record here says where in
// them it stands (`sources`, `source`), so nothing that the view leaves out is lost.

import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';

const optionalText = z.string().optional();

/** A run of bytes in the transcript as read (after decompression, if it was compressed). */
export const sourceSchema = z.object({
  offset: z.number().int().nonnegative(),
  length: z.number().int().nonnegative(),
});

export const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), text: z.string() }),
  z.object({
    type: z.literal('tool_call'),
    id: z.string(),
    name: z.string(),
    input: z.unknown().optional(),
  }),
  z.object({
    type: z.literal('tool_result'),
    callId: z.string(),
    output: z.string(),
    isError: z.boolean(),
  }),
  /** `data` is the image itself in base64, where the transcript holds it. */
  z.object({ type: z.literal('image'), mediaType: optionalText, data: optionalText }),
  z.object({ type: z.literal('other'), value: z.unknown().optional() }),
]);

/**
 * Why a message is there. Only `prompt` begins a turn. `steer` is user text given while the agent works, `command` a local
 * command or its output, `summary` the text a compaction left, `notice` what the agent's program injected.
 */
export const messageKindSchema = z.enum([
  'prompt',
  'reply',
  'result',
  'steer',
  'interrupt',
  'command',
  'summary',
  'notice',
  'error',
]);

export const messageSchema = z.object({
  /** The agent's id of the message's first record. */
  id: optionalText,
  /** The ids of all its records, and the provider's id of the reply. */
  aliases: z.array(z.string()),
  parentId: optionalText,
  role: z.enum(['user', 'assistant', 'system', 'tool']),
  kind: messageKindSchema,
  /** Milliseconds since 1970, as recorded; order is file order, never this. */
  at: z.number().optional(),
  model: optionalText,
  parts: z.array(partSchema),
  /** Said inside a subagent, in a file that is not the subagent's own. */
  sidechain: z.boolean(),
  /** On the chain the agent would continue from; false for what a rewind left behind. */
  live: z.boolean(),
  sources: z.array(sourceSchema),
});

export const turnSchema = z.object({
  number: z.number().int().positive(),
  prompt: z.string(),
  promptId: optionalText,
  at: z.number().optional(),
  /** Half-open range in `messages`. */
  messages: z.object({ from: z.number().int(), to: z.number().int() }),
  /** Where its first record begins, and where the next turn's does (or the transcript ends). */
  offset: z.number().int(),
  end: z.number().int(),
  toolCalls: z.array(z.object({ id: z.string(), name: z.string() })),
  interrupted: z.boolean(),
  live: z.boolean(),
});

export const warningSchema = z.object({
  problem: z.string(),
  message: z.string(),
  source: sourceSchema.optional(),
});

export const transcriptSchema = z.object({
  agent: z.string(),
  messages: z.array(messageSchema),
  turns: z.array(turnSchema),
  /** Records that are no message: bookkeeping, unknown types, exact repeats. */
  others: z.array(z.object({ type: z.string(), source: sourceSchema })),
  warnings: z.array(warningSchema),
  /** Bytes read, after decompression. */
  bytes: z.number().int(),
  /** Every native id found inside, in order of appearance. */
  nativeIds: z.array(z.string()),
  /** The whole file is a subagent's. */
  sidechain: z.boolean(),
  titles: z.object({
    custom: optionalText,
    generated: optionalText,
    summary: optionalText,
    lastPrompt: optionalText,
  }),
  model: optionalText,
  models: z.array(z.string()),
  provider: optionalText,
  permissionMode: optionalText,
  /** First and all recorded working directories. */
  cwd: optionalText,
  cwds: z.array(z.string()),
  branch: optionalText,
  version: optionalText,
  /** How the agent was started, in its own word (`cli`, `sdk-cli`, …). */
  entrypoint: optionalText,
  /** Run by a program or a script, with nobody to talk to, as far as the agent tells. */
  headless: z.boolean().optional(),
  pullRequests: z.array(z.object({ number: z.number(), url: optionalText })),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** What the agent wrote of the session beside it, where it writes such. */
  envelope: envelopeSchema.optional(),
});

export type Source = z.infer<typeof sourceSchema>;
export type Part = z.infer<typeof partSchema>;
export type ToolCallPart = Extract<Part, { type: 'tool_call' }>;
export type MessageKind = z.infer<typeof messageKindSchema>;
export type Message = z.infer<typeof messageSchema>;
export type Turn = z.infer<typeof turnSchema>;
export type TranscriptWarning = z.infer<typeof warningSchema>;
export type Transcript = z.infer<typeof transcriptSchema>;
