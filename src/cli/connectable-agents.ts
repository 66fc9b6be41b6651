// The agents that gsess can be connected to, and where each keeps the settings that its hooks stand in.

import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { configDirectory } from '../agents/claude/locate.ts';
import { isReadByClaude } from '../agents/claude/settings.ts';
import { GsessError } from '../errors.ts';
import { locateProject } from '../session/project.ts';
import type { SettingsPlace } from './connected-settings.ts';
import type { Context } from './context.ts';
import { placesOf } from './workspace.ts';

export const CONNECTABLE = ['claude'] as const;

const PRIVATE_MODE = 0o600;
/** A project's settings are shared with those who work on it. */
const SHARED_MODE = 0o644;
const CLAUDE_KEEPS_DAYS = 30;

/** The agents that were named, else those found here; throws `agent-unavailable` if there are none. */
export function agentsToConnect(context: Context, named: readonly string[]): readonly string[] {
  if (named.length > 0) return [...new Set(named)];
  if (isClaudeHere(context)) return ['claude'];
  throw new GsessError('agent-unavailable', 'No agent that gsess knows is installed here', {
    hint: `Name it to connect it all the same: 'gsess connect claude'.`,
  });
}

export function settingsPlace(
  context: Context,
  { isProject }: { readonly isProject: boolean },
): SettingsPlace {
  const { directories, cwd, surroundings } = context;
  const keptDirectory = join(directories.data, 'connect');
  if (isProject) {
    const { root } = locateProject(cwd, surroundings);
    return { path: join(root, '.claude', 'settings.json'), mode: SHARED_MODE, keptDirectory };
  }
  const path = join(configDirectory(placesOf(context)), 'settings.json');
  return { path, mode: PRIVATE_MODE, keptDirectory };
}

/** What a person should know about the settings. */
export function settingsWarnings(path: string, text: string | undefined): string[] {
  if (text === undefined || isReadByClaude(text)) return [];
  return [`Claude Code ignores '${path}' as it is: it takes no comments and no trailing commas`];
}

export function retentionNote(text: string | undefined): string {
  const days = /"cleanupPeriodDays"\s*:\s*(\d+)/.exec(text ?? '')?.[1] ?? CLAUDE_KEEPS_DAYS;
  return `Claude Code deletes its transcripts after ${days} days (cleanupPeriodDays); gsess keeps its own copies.`;
}

function isClaudeHere(context: Context): boolean {
  if (existsSync(configDirectory(placesOf(context)))) return true;
  const path = context.inherited['PATH'] ?? '';
  return path.split(delimiter).some((directory) => isProgram(join(directory, 'claude')));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
