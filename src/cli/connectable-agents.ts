// The agents that are installed here, and where each is told to start gsess.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent, ConnectedByFile } from '../agents/agent.ts';
import { type CommandFile, commandFiles } from '../agents/command-text.ts';
import { AGENTS, type AgentEntry, agentEntry } from '../agents/registry.ts';
import { GsessError } from '../errors.ts';
import { locateProject } from '../session/project.ts';
import { placesOf } from './agent-places.ts';
import type { Command } from './command.ts';
import type { CommandPlace } from './command-directory.ts';
import type { SettingsPlace } from './connected-settings.ts';
import type { Context } from './context.ts';
import { findProgram } from './find-program.ts';
import { positionalEntries } from './help.ts';
import { SLASH_COMMAND } from './hook-command.ts';
import { slashCommands } from './slash-line.ts';
import { BEHIND_LINE } from './slash-prompt.ts';

const PRIVATE_MODE = 0o600;
/** A project's settings are shared with those who work on it. */
const SHARED_MODE = 0o644;

/** What shows that an agent is installed. */
export interface AgentTrace {
  readonly program: string | undefined;
  /** Where it keeps its state, if it was ever used. */
  readonly directory: string | undefined;
}

/** The agents that were named, else those found here; throws `agent-unavailable` if there are none. */
export async function agentsToConnect(
  context: Context,
  named: readonly string[],
): Promise<readonly Agent[]> {
  const entries =
    named.length > 0
      ? [...new Set(named)].map(agentEntry)
      : agentsHere(context).map(([one]) => one);
  if (entries.length > 0) return await Promise.all(entries.map((entry) => entry.load()));
  throw new GsessError('agent-unavailable', 'No agent that gsess knows is installed here', {
    hint: `Name it to connect it all the same: 'gsess connect claude'.`,
  });
}

export function agentsHere(context: Context): readonly (readonly [AgentEntry, AgentTrace])[] {
  return AGENTS.flatMap((entry) => {
    const trace = traceOf(context, entry);
    const isHere = trace.program !== undefined || trace.directory !== undefined;
    return isHere ? [[entry, trace] as const] : [];
  });
}

function traceOf(context: Context, { name, program, directory }: AgentEntry): AgentTrace {
  const { root } = locateProject(context.cwd, context.surroundings);
  const place = directory(placesOf(context, name));
  return {
    program: findProgram(program, context.inherited['PATH'], root),
    directory: existsSync(place) ? place : undefined,
  };
}

/** The file of the user, or of the project; undefined where the agent has no file of projects. */
export function settingsPlace(
  context: Context,
  {
    agent,
    isProject,
  }: {
    readonly agent: Agent & { readonly connection: ConnectedByFile };
    readonly isProject: boolean;
  },
): SettingsPlace | undefined {
  const { cwd, surroundings } = context;
  const { root } = locateProject(cwd, surroundings);
  const wanted = isProject ? 'project' : 'user';
  const files = agent.connection.files(placesOf(context, agent.name), root);
  const file = files.find(({ scope }) => scope === wanted);
  if (file === undefined) return undefined;
  const mode = isProject ? SHARED_MODE : PRIVATE_MODE;
  return { path: file.path, mode, keptDirectory: settingsKeptIn(context) };
}

/** The directory of the slash commands, of the user or the project; undefined where the agent has none. */
export function commandPlace(
  context: Context,
  { agent, isProject }: { readonly agent: Agent; readonly isProject: boolean },
): CommandPlace | undefined {
  const { root } = locateProject(context.cwd, context.surroundings);
  const wanted = isProject ? 'project' : 'user';
  const places = placesOf(context, agent.name);
  const found = agent.commandFiles?.directories(places, root).find(({ scope }) => scope === wanted);
  if (found === undefined) return undefined;
  const mode = isProject ? SHARED_MODE : PRIVATE_MODE;
  return { directory: found.path, mode, keptDirectory: settingsKeptIn(context) };
}

/** The files that offer the slash commands in an agent; none where it takes no files. */
export function commandFilesOf(
  { commandFiles: files }: Agent,
  commands: readonly Command[],
): readonly CommandFile[] {
  if (files === null) return [];
  const offered = slashCommands(commands, { snapshots: true }).flatMap(({ names, command }) =>
    names.map((name) => ({
      name,
      summary: command.summary,
      words: positionalEntries(command)
        .map(({ term }) => term)
        .join(' '),
    })),
  );
  const by = { files, slashCommand: SLASH_COMMAND, behindLine: BEHIND_LINE };
  return commandFiles(offered, by);
}

/** Where the files are kept as they were before. */
export function settingsKeptIn({ directories }: Context): string {
  return join(directories.data, 'connect');
}

/** What a person should know about the file. */
export function settingsWarnings(agent: Agent, path: string, text: string | undefined): string[] {
  const { connection, title } = agent;
  if (connection.way === 'none' || text === undefined || connection.isRead(text)) return [];
  return [`${title} ignores '${path}' as it is: it takes no comments and no trailing commas`];
}
