// How opencode is asked for the sessions in its database: words of its own command line, and what its answers mean. An answer becomes a
// copy in the form that the plugin writes, so that a session can go on to be captured in the same file. Starts nothing.

import { z } from 'zod';
import type { ExportedSession, SessionExport, ToldSession } from '../session-export.ts';
import { isNativeId } from './locate.ts';

/** The plugins of a project are not run by being asked what it holds. */
const ALONE = '--pure';

const projectsSchema = z.array(z.object({ worktree: z.string() }));
const sessionsSchema = z.array(
  z.object({ id: z.string().refine(isNativeId), directory: z.string(), updated: z.number() }),
);
const exportSchema = z.object({
  info: z.looseObject({ id: z.string(), time: z.looseObject({ created: z.number() }) }),
  messages: z.array(z.looseObject({})),
});

/** What changes with every message and says nothing of the conversation. */
const CHANGING = new Set(['cost', 'tokens', 'summary', 'share']);

export const opencodeExport: SessionExport = {
  listProjects: ['debug', 'scrap', ALONE],
  // It tells the newest hundred unless it is told otherwise.
  listSessions: ['session', 'list', '--format', 'json', '--max-count', '1000000', ALONE],
  exportOf: (nativeId) => ['export', nativeId, ALONE],
  readProjects: (answer) =>
    projectsSchema.safeParse(parsed(answer)).data?.map(({ worktree }) => worktree),
  readSessions,
  readExport,
};

/** It prints nothing at all where there are none. */
function readSessions(answer: string): readonly ToldSession[] | undefined {
  if (answer.trim() === '') return [];
  const sessions = sessionsSchema.safeParse(parsed(answer)).data;
  return sessions?.map(({ id, directory, updated }) => ({
    nativeId: id,
    directory,
    updatedAt: updated,
  }));
}

function readExport(answer: string, nativeId: string): ExportedSession | undefined {
  const value = exportSchema.safeParse(parsed(answer)).data;
  if (value === undefined || value.info.id !== nativeId) return undefined;
  const { created } = value.info.time;
  const kept = Object.entries(value.info).filter(([key]) => !CHANGING.has(key));
  const info = { ...Object.fromEntries(kept), time: { ...value.info.time, updated: created } };
  const lines = value.messages.map((message) => JSON.stringify(message)).join(',\n');
  const copy = Buffer.from(`{"info":${JSON.stringify(info)},"messages":[\n${lines}\n]}\n`);
  return { copy, subagents: value.messages.flatMap(subagentsOf) };
}

const partsSchema = z.object({
  parts: z.array(
    z.object({
      state: z
        .object({ metadata: z.object({ sessionId: z.string().refine(isNativeId) }).optional() })
        .optional()
        .catch(undefined),
    }),
  ),
});

/** A call that was given to a subagent names its session. */
function subagentsOf(message: object): string[] {
  const parts = partsSchema.safeParse(message).data?.parts ?? [];
  return parts.flatMap(({ state }) => state?.metadata?.sessionId ?? []);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
