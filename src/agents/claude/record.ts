// One record of a Claude Code transcript, as far as gsess looks at it. A field of an unexpected type reads as absent rather than
// costing the record; fields and types not named here stay in the bytes.

import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const number = z.number().optional().catch(undefined);

const recordSchema = z.object({
  type: text,
  subtype: text,
  uuid: text,
  parentUuid: z.string().nullable().optional().catch(undefined),
  logicalParentUuid: text,
  leafUuid: text,
  sessionId: text,
  timestamp: text,
  cwd: text,
  version: text,
  gitBranch: text,
  entrypoint: text,
  sessionKind: text,
  permissionMode: text,
  requestId: text,
  promptId: text,
  agentId: text,
  isMeta: flag,
  isSidechain: flag,
  isCompactSummary: flag,
  isApiErrorMessage: flag,
  toolUseResult: z.unknown().optional(),
  origin: z.object({ kind: z.string() }).optional().catch(undefined),
  message: z
    .object({ id: text, model: text, content: z.unknown().optional() })
    .optional()
    .catch(undefined),
  attachment: z
    .object({ type: text, commandMode: text, prompt: z.unknown().optional(), met: flag })
    .optional()
    .catch(undefined),
  content: z.unknown().optional(),
  customTitle: text,
  agentName: text,
  aiTitle: text,
  summary: text,
  lastPrompt: text,
  prNumber: number,
  prUrl: text,
});

export type ClaudeRecord = z.infer<typeof recordSchema> & {
  /** All of it, of a record that tells of the session and not of what was said. */
  readonly whole?: Readonly<Record<string, unknown>>;
};

/** By what their types begin with. */
const OF_THE_SESSION = new RegExp(
  [
    ...['^file-history-', '^attribution-', '^content-replacement', '^context-collapse'],
    ...['^worktree-state$', '^bridge-session$', '^atis-latch$', '^pr-link$'],
    ...['^agent-', '^custom-title$', '^ai-title$', '^tag$', '^mode$'],
  ].join('|'),
);

/** Reads one parsed value as a record; undefined for what is no object. */
export function parseRecord(value: unknown): ClaudeRecord | undefined {
  const parsed = recordSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  if (!OF_THE_SESSION.test(data.type ?? '')) return data;
  return { ...data, whole: value as Readonly<Record<string, unknown>> };
}

/** Tells a whole record from an object inside one, such as a content block. */
export function looksLikeRecord(value: object): boolean {
  return (
    'type' in value && ['uuid', 'sessionId', 'leafUuid', 'messageId'].some((key) => key in value)
  );
}

/** Reads a recorded time as milliseconds; undefined if it is none. */
export function timeOf(record: ClaudeRecord): number | undefined {
  const at = Date.parse(record.timestamp ?? '');
  return Number.isNaN(at) ? undefined : at;
}
