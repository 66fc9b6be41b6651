// Whether the hooks of gsess stand in the settings of the agents found here, for `gsess status`. Only looks; what cannot be read is told.

import { readFileSync } from 'node:fs';
import type { Agent, ConnectedByFile, ConnectScope } from '../agents/agent.ts';
import { GsessError, isSystemError } from '../errors.ts';
import { placesOf } from './agent-places.ts';
import { agentsHere } from './connectable-agents.ts';
import type { Context } from './context.ts';
import { decodeSettings } from './decode-settings.ts';

export interface HookState {
  readonly agent: string;
  readonly scope: ConnectScope;
  readonly path: string;
  /** `partial`: some events are missing. `unreadable`: the agent cannot read the file either, or we may not. */
  readonly state: 'installed' | 'partial' | 'absent' | 'unreadable';
  readonly commands: readonly string[];
}

/** The files that connect the agents found here, for a root, whether they are there or not. */
export async function hookStates(context: Context, root: string): Promise<readonly HookState[]> {
  const states: HookState[] = [];
  for (const [entry] of agentsHere(context)) {
    const { name, connection } = await entry.load();
    if (connection.way === 'none') continue;
    for (const file of connection.files(placesOf(context, name), root)) {
      states.push({ agent: name, ...file, ...stateOf(file.path, connection) });
    }
  }
  return states;
}

/** Whether any hook of ours holds for the agent in a root. */
export function isConnected(
  context: Context,
  { name, connection }: Pick<Agent, 'name' | 'connection'>,
  root: string,
): boolean {
  if (connection.way === 'none') return false;
  const files = connection.files(placesOf(context, name), root);
  return files.some(({ path }) =>
    ['installed', 'partial'].includes(stateOf(path, connection).state),
  );
}

function stateOf(path: string, connection: ConnectedByFile): Pick<HookState, 'state' | 'commands'> {
  const text = readSettings(path, connection);
  if (text === undefined) return { state: 'absent', commands: [] };
  if (text === 'unreadable') return { state: 'unreadable', commands: [] };
  const hooks = connection.find(text);
  const commands = [...new Set(hooks.map(({ command }) => command))];
  const events = new Set(hooks.map(({ event }) => event));
  if (events.size === 0) return { state: 'absent', commands };
  const isWhole = connection.events.every((event) => events.has(event));
  return { state: isWhole ? 'installed' : 'partial', commands };
}

function readSettings(
  path: string,
  connection: ConnectedByFile,
): string | 'unreadable' | undefined {
  try {
    const text = decodeSettings(readFileSync(path));
    return text.trim() === '' || connection.isRead(text) ? text : 'unreadable';
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    const isUnreadable =
      error instanceof GsessError || isSystemError(error, 'EACCES', 'EPERM', 'EISDIR', 'ELOOP');
    if (isUnreadable) return 'unreadable';
    throw error;
  }
}
