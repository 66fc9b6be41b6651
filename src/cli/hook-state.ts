// Whether the hooks of gsess stand in the settings of an agent, for `gsess status`. Only looks; what cannot be read is told.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configDirectory } from '../agents/claude/locate.ts';
import {
  decodeSettings,
  findHooks,
  HOOK_EVENTS,
  isReadByClaude,
} from '../agents/claude/settings.ts';
import { GsessError, isSystemError } from '../errors.ts';
import type { Context } from './context.ts';
import { placesOf } from './workspace.ts';

export interface HookState {
  readonly agent: string;
  readonly scope: 'user' | 'project' | 'local';
  readonly path: string;
  /** `partial`: some events are missing. `unreadable`: the agent cannot read the file either, or we may not. */
  readonly state: 'installed' | 'partial' | 'absent' | 'unreadable';
  readonly commands: readonly string[];
}

/** The settings that hold for a root, whether they are there or not. */
export function hookStates(context: Context, root: string): readonly HookState[] {
  const files = [
    { scope: 'user', path: join(configDirectory(placesOf(context)), 'settings.json') },
    { scope: 'project', path: join(root, '.claude', 'settings.json') },
    { scope: 'local', path: join(root, '.claude', 'settings.local.json') },
  ] as const;
  return files.map((file) => ({ agent: 'claude', ...file, ...stateOf(file.path) }));
}

function stateOf(path: string): Pick<HookState, 'state' | 'commands'> {
  const text = readSettings(path);
  if (text === undefined) return { state: 'absent', commands: [] };
  if (text === 'unreadable') return { state: 'unreadable', commands: [] };
  const hooks = findHooks(text);
  const commands = [...new Set(hooks.map(({ command }) => command))];
  const events = new Set(hooks.map(({ event }) => event));
  if (events.size === 0) return { state: 'absent', commands };
  const isWhole = HOOK_EVENTS.every((event) => events.has(event));
  return { state: isWhole ? 'installed' : 'partial', commands };
}

function readSettings(path: string): string | 'unreadable' | undefined {
  try {
    const text = decodeSettings(readFileSync(path));
    return text.trim() === '' || isReadByClaude(text) ? text : 'unreadable';
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    const isUnreadable =
      error instanceof GsessError || isSystemError(error, 'EACCES', 'EPERM', 'EISDIR', 'ELOOP');
    if (isUnreadable) return 'unreadable';
    throw error;
  }
}
