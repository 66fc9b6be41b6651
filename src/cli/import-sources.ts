// Which transcripts an import takes, and into which project each goes: the files that were named, into this one; else what the agents keep
// themselves, of this project or of all. Only looks: what a session says of its directory decides, and one that tells none is left
// to be named.

import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Agent } from '../agents/agent.ts';
import { agentEntry } from '../agents/registry.ts';
import { locateProject, type Project, storeDirectoryOf } from '../session/project.ts';
import { placesOf } from './agent-places.ts';
import { agentsHere } from './connectable-agents.ts';
import type { Context } from './context.ts';
import type { ImportSource } from './import-file.ts';

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
      else if (isOf(here, project)) put(here, { path, source });
    }
  }
  return { projects: [...grouped.values()], homeless };
}

/** What was begun below a directory without a repository is that directory's, as soon as it has a store. */
function isOf(here: Project, { storeDirectory, root, git }: Project): boolean {
  if (storeDirectory === here.storeDirectory) return true;
  return git === undefined && root.startsWith(`${here.root}/`);
}

async function sourceOf(context: Context, agent: Agent): Promise<ImportSource> {
  const places = placesOf(context, agent.name);
  const own = await agent.sessions.list(places);
  return { agent, places, ownPaths: new Set(own.map(({ path }) => path)) };
}

/** Finds projects by directories, each once. One that is gone is a project by its path. */
function projectFinder({
  surroundings,
}: Context): (cwd: string | undefined) => Project | undefined {
  const known = new Map<string, Project>();
  return (cwd) => {
    if (cwd === undefined || !isAbsolute(cwd) || resolve(cwd) !== cwd) return undefined;
    const project =
      known.get(cwd) ??
      (existsSync(cwd) ? locateProject(cwd, surroundings) : goneProject(cwd, surroundings));
    known.set(cwd, project);
    return project;
  };
}

function goneProject(path: string, { dataDirectory }: { readonly dataDirectory: string }): Project {
  const storeDirectory = storeDirectoryOf(path, dataDirectory);
  return { path, root: path, git: undefined, storeDirectory };
}
