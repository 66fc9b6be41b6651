// Which transcripts an import takes, and into which project each goes: the files that were named, into this one; else what the agents keep
// themselves, of this project or of all; an agent that keeps no files is asked for copies first. What a session says of its directory
// decides, and one that tells none is left to be named.

import type { Agent } from '../agents/agent.ts';
import { agentEntry } from '../agents/registry.ts';
import { GsessError } from '../errors.ts';
import { locateProject, type Project } from '../session/project.ts';
import { placesOf } from './agent-places.ts';
import { agentsHere } from './connectable-agents.ts';
import type { Context } from './context.ts';
import { type CopyWish, copyExported, exportingProgram } from './copy-exported.ts';
import type { ImportSource } from './import-file.ts';
import { isOfProject, projectFinder } from './session-projects.ts';

export interface ImportFile {
  /** As it was given, or where the agent keeps it. */
  readonly path: string;
  readonly source: ImportSource;
}

export interface ProjectImport {
  readonly project: Project;
  readonly files: readonly ImportFile[];
}

export interface ImportSources {
  readonly projects: readonly ProjectImport[];
  /** Sessions that tell no directory, so that nobody knows whose they are. */
  readonly homeless: number;
  /** What an agent that was asked for its sessions did not give, each a sentence. */
  readonly problems: readonly string[];
}

/** What is asked for; `agent` undefined for all that are here, no `files` for what the agents keep. */
export interface ImportWish {
  readonly agent: string | undefined;
  readonly files: readonly string[];
  readonly all: boolean;
}

export async function importSources(context: Context, wish: ImportWish): Promise<ImportSources> {
  const here = locateProject(context.cwd, context.surroundings);
  const entries =
    wish.agent === undefined
      ? agentsHere(context).map(([entry]) => entry)
      : [agentEntry(wish.agent)];
  const grouped = new Map<string, { project: Project; files: ImportFile[] }>();
  const put = (project: Project, file: ImportFile) => {
    const key = `${project.storeDirectory}\0${project.root}`;
    const group = grouped.get(key) ?? { project, files: [] };
    group.files.push(file);
    grouped.set(key, group);
  };
  let homeless = 0;
  const problems: string[] = [];
  for (const entry of entries) {
    const agent = await entry.load();
    if (wish.files.length === 0) {
      const asked = { here, all: wish.all, name: entry.program, isNamed: wish.agent !== undefined };
      problems.push(...askForSessions(context, agent, asked));
    }
    const source = await sourceOf(context, agent);
    if (wish.files.length > 0) {
      for (const path of wish.files) put(here, { path, source });
      continue;
    }
    const find = projectFinder(context);
    for (const path of source.ownPaths) {
      const project = find(source.agent.sessions.directoryOf(path));
      if (project === undefined) homeless += 1;
      else if (wish.all) put(project, { path, source });
      else if (isOfProject(here, project)) put(here, { path, source });
    }
  }
  return { projects: [...grouped.values()], homeless, problems };
}

/** Whatever it answers, the copies that are here already are taken in. */
function askForSessions(
  context: Context,
  agent: Agent,
  { here, all, name, isNamed }: Pick<CopyWish, 'here' | 'all'> & { name: string; isNamed: boolean },
): string[] {
  const { sessionExport } = agent;
  if (sessionExport === null) return [];
  const program = exportingProgram(context, here, name);
  if (program === undefined) {
    const text = `${agent.title} is not installed here, so it cannot be asked for sessions that it was not connected in.`;
    if (isNamed) return [text];
    context.output.note(text);
    return [];
  }
  try {
    return copyExported(context, { ...agent, sessionExport }, { here, all, program });
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    return [`${agent.title} does not tell its sessions: ${error.message}`];
  }
}

export async function sourceOf(context: Context, agent: Agent): Promise<ImportSource> {
  const places = placesOf(context, agent.name);
  const own = await agent.sessions.list(places);
  return { agent, places, ownPaths: new Set(own.map(({ path }) => path)) };
}
