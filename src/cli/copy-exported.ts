// Asks an agent that has its sessions in a database for them, by running it, and keeps a copy of each where its plugin would: one of every
// session of the project, or of all. What has a copy since it last changed is not asked for again. A copy is written whole or not at
// all; an agent that fails or takes too long is told of, and leaves what was there as it was.

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Agent } from '../agents/agent.ts';
import type { SessionExport, ToldSession } from '../agents/session-export.ts';
import { GsessError, isSystemError } from '../errors.ts';
import { makePrivateDirectory, temporaryPath, writeDurably } from '../git/durable-file.ts';
import type { Project } from '../session/project.ts';
import { placesOf } from './agent-places.ts';
import type { Context } from './context.ts';
import { findProgram, safeSearchPath, withoutHome } from './find-program.ts';
import { isOfProject, projectFinder } from './session-projects.ts';

/** It takes seconds to start. */
const ANSWER_MS_MAX = 60_000;

export interface CopyWish {
  readonly here: Project;
  readonly all: boolean;
  /** The agent's program, by its absolute path. */
  readonly program: string;
  readonly msMax?: number;
}

/** Where the agent is installed; one that the project ships is never run. */
export function exportingProgram(
  { inherited, surroundings }: Context,
  here: Project,
  name: string,
): string | undefined {
  return findProgram(name, inherited['PATH'], shutDirectories(here, surroundings.home));
}

function shutDirectories({ path, root }: Project, home: string): string[] {
  return withoutHome([path, root], home);
}

/** Returns what could not be had, each a sentence. Throws `agent-unavailable` where the agent does not list its sessions. */
export function copyExported(
  context: Context,
  agent: Agent & { readonly sessionExport: SessionExport },
  wish: CopyWish,
): string[] {
  const { sessionExport: exporter, sessions } = agent;
  const places = placesOf(context, agent.name);
  const ask = asker(context, { ...wish, scratch: places.copies });
  const told = toldSessions(context, exporter, { ...wish, ask });
  const wanted = told.filter((one) => {
    const path = sessions.destination(places, { ...one, cwd: one.directory, at: 0 });
    return path !== undefined && !isCopied(path, one);
  });
  const problems: string[] = [];
  for (const [done, one] of wanted.entries()) {
    context.output.progress(
      `asking ${agent.title} for session ${done + 1} of ${wanted.length}`,
      done / wanted.length,
    );
    try {
      const path = sessions.destination(places, { ...one, cwd: one.directory, at: 0 });
      if (path !== undefined) copySession(exporter, { ...one, path, ask });
    } catch (error) {
      if (!(error instanceof GsessError)) throw error;
      problems.push(`Session '${one.nativeId}' is not taken in: ${error.message}`);
    }
  }
  return problems;
}

type Ask = (words: readonly string[], cwd: string) => string;

function toldSessions(
  context: Context,
  exporter: SessionExport,
  { ask, here, all }: CopyWish & { readonly ask: Ask },
): readonly ToldSession[] {
  const read = <T>(words: readonly string[], value: T | undefined): T => {
    if (value !== undefined) return value;
    throw new GsessError('agent-unavailable', `The answer to '${words.join(' ')}' is not known`);
  };
  const { listProjects, listSessions } = exporter;
  const directories = all
    ? read(listProjects, exporter.readProjects(ask(listProjects, here.root))).filter(isDirectory)
    : [here.root];
  const find = projectFinder(context);
  const told = directories.flatMap((cwd) =>
    read(listSessions, exporter.readSessions(ask(listSessions, cwd))),
  );
  const ofHere = told.filter(({ directory }) => {
    const project = find(directory);
    return all || (project !== undefined && isOfProject(here, project));
  });
  return [...new Map(ofHere.map((one) => [one.nativeId, one])).values()];
}

/** The session comes last: a copy that is there has its subagents beside it. */
function copySession(
  exporter: SessionExport,
  { nativeId, directory, updatedAt, path, ask }: ToldSession & { path: string; ask: Ask },
): void {
  const beside = path.replace(/\.[^./]*$/, '');
  const exported = (id: string) => {
    const value = exporter.readExport(ask(exporter.exportOf(id), directoryNow(directory)), id);
    if (value !== undefined) return value;
    throw new GsessError('agent-unavailable', `What it exports of '${id}' is no session`);
  };
  const own = exported(nativeId);
  const copies = new Map<string, Buffer>();
  const waiting = [...own.subagents];
  for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
    if (copies.has(id) || id === nativeId) continue;
    const { copy, subagents } = exported(id);
    copies.set(id, copy);
    waiting.push(...subagents);
  }
  for (const [id, copy] of copies) {
    makePrivateDirectory(beside);
    writeDurably(join(beside, `${id}.json`), copy);
  }
  makePrivateDirectory(dirname(path));
  writeDurably(path, own.copy);
  // What is said while it is exported is later than this, and asked for again.
  utimesSync(path, new Date(updatedAt), new Date(updatedAt));
}

function isCopied(path: string, { updatedAt }: ToldSession): boolean {
  try {
    return Math.round(statSync(path).mtimeMs) >= updatedAt;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

function directoryNow(directory: string): string {
  return isDirectory(directory) ? directory : '/';
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) return false;
    throw error;
  }
}

/** Runs the agent with the user's environment. */
function asker(
  { inherited, surroundings }: Context,
  { here, program, scratch, msMax = ANSWER_MS_MAX }: CopyWish & { readonly scratch: string },
): Ask {
  const searchPath = safeSearchPath(inherited['PATH'], shutDirectories(here, surroundings.home));
  const env = { ...inherited, PATH: searchPath };
  return (words, cwd) => {
    makePrivateDirectory(scratch);
    // Into a file: of a pipe it may leave the end unwritten when it exits.
    const path = temporaryPath(scratch);
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      const stdio: ['ignore', number, 'pipe'] = ['ignore', descriptor, 'pipe'];
      const limits = { timeout: msMax, killSignal: 'SIGKILL' as const, encoding: 'utf8' as const };
      const { error, status, stderr } = spawnSync(program, words, { cwd, env, stdio, ...limits });
      if (error === undefined && status === 0) return readFileSync(path, 'utf8');
      const why = isSystemError(error, 'ETIMEDOUT')
        ? `no answer in ${msMax / 1000} seconds`
        : (error?.message ?? lastLine(stderr) ?? `exit status ${status}`);
      throw new GsessError(
        'agent-unavailable',
        `'${basename(program)} ${words.join(' ')}' failed: ${why}`,
      );
    } finally {
      closeSync(descriptor);
      rmSync(path, { force: true });
    }
  };
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1)?.slice(0, 200) || undefined;
}
