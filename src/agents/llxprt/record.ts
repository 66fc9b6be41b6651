// One record of an LLxprt Code recording, as far as gsess looks at it. A field of an unexpected type reads as absent rather than costing
// the record; fields and types not named here stay in the bytes.

import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const values = z.array(z.unknown()).optional().catch(undefined);
const count = z.number().int().nonnegative().optional().catch(undefined);

const contentSchema = z.object({ speaker: text, blocks: values }).optional().catch(undefined);

const recordSchema = z.object({
  v: z.number(),
  seq: z.number().int(),
  ts: text,
  type: z.string(),
  payload: z
    .object({
      sessionId: text,
      cwd: text,
      workspaceDirs: z.array(z.string()).optional().catch(undefined),
      provider: text,
      model: text,
      content: contentSchema,
      summary: contentSchema,
      itemsRemoved: count,
      severity: text,
      message: text,
      title: z.string().nullable().optional().catch(undefined),
      name: z.string().nullable().optional().catch(undefined),
    })
    .catch({}),
});

export type LlxprtRecord = z.infer<typeof recordSchema>;

/** Reads one parsed value as a record; undefined for what is none. */
export function parseRecord(value: unknown): LlxprtRecord | undefined {
  const parsed = recordSchema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Tells a whole record from an object inside one. */
export function looksLikeRecord(value: object): boolean {
  return 'seq' in value && 'type' in value;
}

/** Reads a recorded time as milliseconds; undefined if it is none. */
export function timeOf({ ts }: LlxprtRecord): number | undefined {
  const at = Date.parse(ts ?? '');
  return Number.isNaN(at) ? undefined : at;
}
