// One row of a session of IaC Code, as far as gsess looks at it: a message, or a note without a role. A field of an unexpected type reads
// as absent rather than costing the row.

import { z } from 'zod';
import { type LineDialect, lineEntries } from '../line-records.ts';

const text = z.string().optional().catch(undefined);

const recordSchema = z.object({
  role: z.enum(['user', 'assistant']).optional().catch(undefined),
  type: text,
  content: z.unknown().optional(),
  last_prompt: text,
  session_id: text,
  cwd: text,
  git_branch: text,
  version: text,
});

const blockSchema = z.object({
  type: z.string(),
  text,
  thinking: text,
  id: text,
  name: text,
  input: z.unknown().optional(),
  tool_use_id: text,
  content: z.unknown().optional(),
  is_error: z.boolean().optional().catch(undefined),
});

export type IacRecord = z.infer<typeof recordSchema>;
export type IacBlock = z.infer<typeof blockSchema>;

export const dialect: LineDialect<IacRecord> = {
  parse: (value) => {
    const result = recordSchema.safeParse(value);
    const isRow = result.success && (result.data.role ?? result.data.type) !== undefined;
    return isRow ? result.data : undefined;
  },
  looksLikeRecord: (value) => 'session_id' in value,
  // Rows have no ids: what stands there twice was said twice.
  idOf: () => undefined,
};

/** A text is one block of it. */
export function blocksOf({ content }: Pick<IacRecord, 'content'>): IacBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((value) => {
    const result = blockSchema.safeParse(value);
    return result.success ? [result.data] : [];
  });
}

/** The directory that the first row with one tells. */
export function firstDirectory(content: Uint8Array): string | undefined {
  for (const entry of lineEntries(content, dialect)) {
    const record = 'value' in entry ? dialect.parse(entry.value) : undefined;
    if (record?.cwd !== undefined && record.role !== undefined) return record.cwd;
  }
  return undefined;
}
