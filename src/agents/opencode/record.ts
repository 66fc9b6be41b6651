// One record of an opencode session as it is exported, as far as gsess looks at it: `info` of the session, or `info` and `parts` of a
// message. A field of an unexpected type reads as absent rather than costing the record; what is not named here stays in the bytes.

import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const count = z.number().optional().catch(undefined);
const time = z.object({ created: count, completed: count }).optional().catch(undefined);

const infoSchema = z.object({
  id: text,
  time,
  // Of a session.
  directory: text,
  parentID: text,
  title: text,
  version: text,
  revert: z.object({ messageID: text }).optional().catch(undefined),
  // Of a message.
  role: text,
  sessionID: text,
  modelID: text,
  providerID: text,
  path: z.object({ cwd: text }).optional().catch(undefined),
  summary: z.unknown().optional(),
  error: z
    .object({ name: text, data: z.object({ message: text }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const partSchema = z.object({
  id: text,
  type: text,
  text,
  synthetic: z.boolean().optional().catch(undefined),
  mime: text,
  url: text,
  callID: text,
  tool: text,
  state: z
    .object({
      status: text,
      input: z.unknown().optional(),
      output: text,
      error: text,
      attachments: z
        .array(z.object({ mime: text }))
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const recordSchema = z.object({
  info: infoSchema,
  parts: z.array(partSchema.catch({})).optional().catch(undefined),
});

export type OpencodeRecord = z.infer<typeof recordSchema>;
export type OpencodePart = z.infer<typeof partSchema>;

/** Reads one parsed value as a record; undefined for what has no `info`. */
export function parseRecord(value: unknown): OpencodeRecord | undefined {
  const parsed = recordSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Tells a whole record from an object inside one. */
export function looksLikeRecord(value: object): boolean {
  return 'info' in value && 'parts' in value;
}

export function isMessage({ info, parts }: OpencodeRecord): boolean {
  return parts !== undefined && info.role !== undefined;
}

/** A call that has no result: it was about to run, or running. */
export function isOpen({ type, callID, state }: OpencodePart): boolean {
  return (
    type === 'tool' && callID !== undefined && /^(?:pending|running)$/.test(state?.status ?? '')
  );
}

/** The messages that the user took back are there until the next prompt; gives what is kept. */
export function withoutReverted<T extends { readonly record: OpencodeRecord }>(
  messages: readonly T[],
  header: OpencodeRecord | undefined,
): readonly T[] {
  const from = header?.info.revert?.messageID;
  const at = messages.findIndex(({ record }) => from !== undefined && record.info.id === from);
  return at < 0 ? messages : messages.slice(0, at);
}
