// What connecting is about to do, what it did and what is to know about it, in words and as JSON.

import type { Agent } from '../agents/agent.ts';
import { agentEntry } from '../agents/registry.ts';
import { safeText } from '../ui/safe-text.ts';
import { capabilityLines } from './capability-lines.ts';
import type { CommandChange } from './command-directory.ts';
import { settingsWarnings } from './connectable-agents.ts';
import type { SettingsChange } from './connected-settings.ts';
import type { Context } from './context.ts';

export interface Connected {
  readonly agent: Agent;
  /** Undefined for an agent that nothing can be told to. */
  readonly change: SettingsChange | undefined;
  /** Undefined for an agent that takes no slash commands of others. */
  readonly commands: CommandChange | undefined;
}

export interface Asked {
  readonly check: boolean;
  readonly remove: boolean;
}

export function isChange({ change, commands }: Connected): boolean {
  return [change, commands].some((one) => one !== undefined && one.status !== 'unchanged');
}

/** What is to be done, for whoever is asked. */
export function plannedTexts({ agent, change, commands }: Connected): readonly string[] {
  const planned = [
    ...(change === undefined ? [] : [settingsFact(change)]),
    ...(commands === undefined ? [] : [commandsFact(commands)]),
  ];
  return planned
    .filter(({ status }) => status !== 'unchanged')
    .map(({ status, what, path }) => {
      const verb = { added: 'put', updated: 'renew', removed: 'take' }[status as Done];
      return `${agent.title}: ${verb} ${what} ${WAYS[status as Done]} ${path}`;
    });
}

export function connectJson({ agent, change, commands }: Connected) {
  const { name, connection, capabilities } = agent;
  return {
    agent: name,
    way: connection.way,
    settings: change?.place.path ?? null,
    status: change?.status ?? 'unchanged',
    events: change?.events ?? [],
    commands: commands === undefined ? null : commandsJson(commands),
    capabilities,
  };
}

export function connectText({ agent, change, commands }: Connected, asked: Asked): string {
  const { name, title, connection } = agent;
  const silent =
    connection.way === 'none'
      ? `${title} tells nothing of itself: 'gsess watch', or 'gsess run -- ${agentEntry(name).program}', follows its files`
      : 'has no settings of a project';
  const lines = [
    change === undefined ? `${name}: ${silent}` : changeText(name, change, asked),
    ...(commands === undefined ? [] : [factText(name, commandsFact(commands), asked)]),
    ...(asked.check ? capabilityLines(agent).map((line) => `  ${line}`) : []),
  ];
  return lines.join('\n');
}

export async function adviseOn(
  { output }: Context,
  { agent, change, commands }: Connected,
  { check, remove }: Asked,
): Promise<void> {
  for (const name of commands?.left ?? []) {
    const directory = commands?.place.directory;
    output.warn(`'${name}' in '${directory}' is not as gsess made it, and is left as it is`);
  }
  if (change === undefined || agent.connection.way === 'none') return;
  const { place, status, before, after } = change;
  for (const warning of settingsWarnings(agent, place.path, after)) output.warn(warning);
  if (check || remove) return;
  const advice = status === 'added' ? agent.connection.advice(before) : [];
  for (const one of advice) output.note(one);
  const { slashPrefix } = (await agentEntry(agent.name).loadHook()).replies;
  if (commands?.status === 'added' && slashPrefix !== null) {
    output.note(`In ${agent.title}, ${slashPrefix}help lists the slash commands of gsess.`);
  }
}

type Done = 'added' | 'updated' | 'removed';

const WAYS = { added: 'into', updated: 'in', removed: 'out of' } as const;

interface Fact {
  readonly status: SettingsChange['status'];
  /** `9 hooks`. */
  readonly what: string;
  readonly path: string;
}

function settingsFact({ status, events, place }: SettingsChange): Fact {
  return { status, what: `${events.length} hooks`, path: safeText(place.path) };
}

function commandsFact({ status, place }: CommandChange): Fact {
  return { status, what: 'slash commands', path: safeText(place.directory) };
}

function commandsJson({ place, status, write, remove, left }: CommandChange) {
  const written = write.map(({ name }) => name);
  return { directory: place.directory, status, written, removed: remove, left };
}

function changeText(name: string, change: SettingsChange, asked: Asked): string {
  const text = factText(name, settingsFact(change), asked);
  const isDone = change.status !== 'unchanged' && !asked.check;
  return isDone ? `${text} (${change.events.join(', ')})` : text;
}

function factText(name: string, { status, what, path }: Fact, { check, remove }: Asked): string {
  if (status === 'unchanged') {
    return remove
      ? `${name}: no ${what.replace(/^\d+ /, '')} of gsess in ${path}`
      : `${name}: connected, ${what} in ${path}`;
  }
  if (check) {
    const is = status === 'added' ? 'not connected' : 'connected to another gsess or in part';
    return `${name}: ${is}; 'gsess connect' would put ${what} into ${path}`;
  }
  const done = { added: 'put', updated: 'renewed', removed: 'took' }[status];
  return `${name}: ${done} ${what} ${WAYS[status]} ${path}`;
}
