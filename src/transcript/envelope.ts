// What an agent wrote of a session beside what was said: the state that its own resume puts back. Seven families, of which the conversation
// itself is the transcript. What is opaque is kept as it stands, for whoever understands it; nothing here is interpreted.

import { z } from 'zod';

const opaque = z.unknown();
const text = z.string().nullable();

export const envelopeSchema = z.object({
  /** What the agent keeps of files it changed: its own backups, who wrote what, contents that stand in for others. */
  files: z.object({
    history: z.array(opaque),
    attributions: z.array(opaque),
    replacements: z.array(opaque),
  }),
  /** Parts of the conversation that were folded away. */
  collapse: z.object({ commits: z.array(opaque), snapshot: opaque }),
  identity: z.object({
    agentName: text,
    agentColor: text,
    /** The definition that the main conversation runs under. */
    agentSetting: text,
    customTitle: text,
    aiTitle: text,
    tag: text,
    mode: text,
  }),
  permission: z.object({ mode: text, isolationLatch: text }),
  workspace: z.object({
    worktree: opaque,
    pullRequest: z.object({ number: z.number(), url: text, repository: text }).nullable(),
  }),
  /** The remote end that the session was shown on. */
  bridge: z.object({ session: text, lastSequence: z.number().nullable() }),
  /** What is to be reached before the agent stops. */
  goal: text,
});

export type Envelope = z.infer<typeof envelopeSchema>;
