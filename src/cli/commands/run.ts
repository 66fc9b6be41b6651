// gsess run: starts an agent and captures it by following its session files for as long as it lives.

import { resolve, sep } from 'node:path';
import { AGENTS } from '../../agents/registry.ts';
import { GsessError, isSystemError } from '../../errors.ts';
import { locateProject, type Project } from '../../session/project.ts';
import { openStoreOf } from '../../session/store.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { exitHint } from '../exit-hint.ts';
import { findProgram, withoutHome } from '../find-program.ts';
import { followSessions } from '../follow-sessions.ts';
import { runForeground } from '../foreground.ts';
import { newSessionOf } from '../new-session.ts';
import { recordingOf } from '../run-recording.ts';
import { SessionWatch } from '../session-watch.ts';

export const run = defineCommand({
  name: 'run',
  summary: 'start an agent and capture what it does by following its files',
  details: `Starts the agent in this directory, with the words that follow '--', and follows its session files
    as 'gsess watch' does for as long as it lives. The terminal, signals and standard streams are the
    agent's, and so is the exit status. Once the agent has ended, warnings are printed, and on a
    terminal how to go on with the session later.

    Without an agent, the one that was last at work in this project is started.

    An agent that gsess has no name for is started all the same; then the sessions of every agent are
    followed.

    With --no-session-persistence nothing of the run is written, by the agent's own hooks of gsess
    neither; it is in no list and cannot be resumed by gsess. What the agent itself keeps is its own concern.`,
  options: {
    name: {
      type: 'string',
      placeholder: 'NAME',
      description: 'what the session that begins is called',
    },
    'session-id': {
      type: 'string',
      placeholder: 'UUID',
      description: 'the id of the session that begins, for agents that can be given one',
    },
    'no-session-persistence': { type: 'boolean', description: 'record nothing of this run' },
    checkpointing: { type: 'boolean', description: 'capture files too, whatever is set' },
    'no-checkpointing': { type: 'boolean', description: 'capture the conversation alone' },
  },
  rest: { after: 'dashes', placeholder: 'AGENT', description: 'the agent, and its arguments' },
  examples: [
    { command: 'gsess run -- claude', description: 'start Claude Code' },
    { command: 'gsess run --name flags -- claude', description: 'and name its session' },
    { command: 'gsess run -- codex exec "fix the test"', description: 'let Codex do one thing' },
  ],
  run: async (caller, { rest, ...flags }) => {
    const { context, environment: inherited, nothing } = recordingOf(caller, flags);
    const project = locateProject(context.cwd, context.surroundings);
    const [name = lastAgent(context, project), ...given] = rest;
    const program = programOf(context, name, project);
    const entries = AGENTS.filter((entry) => entry.program === name.split(sep).at(-1));
    const begun = await newSessionOf(context, project, { ...flags, entries });
    const args = [...begun.args, ...given];
    const environment = { ...inherited, ...begun.environment };
    const startedAt = new Date(context.surroundings.now()).toISOString();
    const watched = nothing !== undefined ? [] : entries.length > 0 ? entries : AGENTS;
    const agents = await Promise.all(watched.map((entry) => entry.load()));
    const tell = () => Promise.resolve();
    // The screen is the agent's for as long as it lives.
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    const sessions = new SessionWatch(context, { project, agents, tell, warn, name: begun.name });
    await sessions.look();
    const ended = new AbortController();
    let following: Promise<void> = Promise.resolve();
    const onStart = (pid: number) => {
      sessions.agentProcess = context.processes.find(pid);
      following = followSessions(sessions, ended.signal);
    };
    let status: number;
    try {
      status = await runForeground(program, args, { environment, onStart, handsOnSignals: true });
    } catch (cause) {
      if (!isSystemError(cause, 'ENOENT', 'EACCES')) throw cause;
      throw missing(name, cause);
    } finally {
      ended.abort();
      await following;
      for (const warning of warnings) context.output.warn(warning);
    }
    if (nothing !== undefined) {
      context.output.note(`Nothing of this run was recorded, ${nothing}: gsess cannot resume it.`);
    } else if (context.isInteractive) tellHint(context, project, startedAt);
    // What could not be captured was told; the status is the agent's.
    caller.exitStatus = status;
  },
});

/** The program of the agent that was last at work here. */
function lastAgent({ output, surroundings }: Context, project: Project): string {
  const sessions = openStoreOf(project, surroundings)?.sessions() ?? [];
  const [entry] = sessions.flatMap(({ agent }) => AGENTS.find(({ name }) => name === agent) ?? []);
  if (entry === undefined) {
    throw new GsessError('usage', 'No agent to start: none that gsess knows was at work here yet', {
      hint: `Name it after '--': 'gsess run -- claude'.`,
    });
  }
  output.note(`Starts ${entry.title}, which was last at work here`);
  return entry.program;
}

/** The session that was last talked in, if that was in this run. */
function tellHint({ output, surroundings }: Context, project: Project, startedAt: string): void {
  const store = openStoreOf(project, surroundings);
  const [last] = store?.newestSessions(1) ?? [];
  if (store === undefined || last === undefined || last.updatedAt < startedAt) return;
  for (const line of exitHint(last, store.sessions())) output.note(line);
}

/** As a shell would look it up, but a program of the project's own is not taken for one that was named without a path. */
function programOf({ cwd, inherited, surroundings }: Context, name: string, project: Project) {
  if (name.includes(sep)) return resolve(cwd, name);
  const projects = withoutHome([project.path, project.root], surroundings.home);
  const program = findProgram(name, inherited['PATH'], projects);
  if (program === undefined) throw missing(name);
  return program;
}

function missing(name: string, cause?: unknown): GsessError {
  return new GsessError('agent-unavailable', `Cannot start '${name}'`, {
    hint: 'Install it or mend PATH.',
    cause,
  });
}
