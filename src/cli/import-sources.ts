// Which transcripts an import takes, and into which project each goes: the files that were named, into this one; else what the agents keep
// themselves, of this project or of all. Only looks: what a session says of its directory decides, and one that tells none is left
// to be named.

import type { Agent } from '../agents/agent.ts';
import { agentEntry } from '../agents/registry.ts';
import { locateProject, type Project } from '../session/project.ts';
import { placesOf } from './agent-places.ts';
import { agentsHere } from './connectable-agents.ts';
import type { Context } from './context.ts';
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
  for (const entry of entries) {
    const source = await sourceOf(context, await entry.load());
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
  return { projects: [...grouped.values()], homeless };
}

export async function sourceOf(context: Context, agent: Agent): Promise<ImportSource> {
  const places = placesOf(context, agent.name);
  const own = await agent.sessions.list(places);
  return { agent, places, ownPaths: new Set(own.map(({ path }) => path)) };
}
