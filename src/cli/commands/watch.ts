// gsess watch: captures agents that have no hooks, or none that are wanted, by following their session files.

import { AGENT_NAMES, AGENTS, agentEntry } from '../../agents/registry.ts';
import { GsessError } from '../../errors.ts';
import { locateProject } from '../../session/project.ts';
import { defineCommand } from '../command.ts';
import { followSessions } from '../follow-sessions.ts';
import { untilInterrupted } from '../interruption.ts';
import { whyNothing } from '../run-recording.ts';
import { SessionWatch } from '../session-watch.ts';
import { tellWatched } from '../watched-checkpoint.ts';

export const watch = defineCommand({
  name: 'watch',
  summary: 'capture what agents do in this project by following their files',
  details: `For agents that have no hooks, or where none are wanted: follows the session files of the agents,
    or of those that are named, and makes a checkpoint of this project whenever one of them has written
    to a session of it, at most one a second. What an agent does between two looks is seen as it stands
    then, so hooks, where an agent has them, tell more exactly.

    A session that hooks tell of is left to them. What was written before is not taken in, unless its
    session was captured already; 'gsess import' does that.

    Ctrl-C ends it, after all that was written is captured. If it is killed it may be started again and
    goes on where it was. With --json it prints one JSON value a line, one for each checkpoint.`,
  positionals: {
    agent: { description: 'the agents; all unless named', variadic: true, choices: AGENT_NAMES },
  },
  examples: [
    { command: 'gsess watch', description: 'follow the sessions of every agent here' },
    { command: 'gsess watch claude', description: 'follow those of Claude Code alone' },
  ],
  run: async (context, { agent: named }) => {
    const nothing = whyNothing(context);
    if (nothing !== undefined) {
      throw new GsessError('guard', `Nothing is watched: ${nothing}`, {
        hint: `'gsess config autoSave --explain' tells where that comes from.`,
      });
    }
    const project = locateProject(context.cwd, context.surroundings);
    const entries = named.length > 0 ? [...new Set(named)].map(agentEntry) : AGENTS;
    const agents = await Promise.all(entries.map((entry) => entry.load()));
    const warn = (text: string) => context.output.warn(text);
    const tell = tellWatched(context);
    const sessions = new SessionWatch(context, { project, agents, tell, warn });
    await untilInterrupted(async (signal) => {
      await sessions.look();
      const titles = agents.map(({ title }) => title).join(', ');
      context.output.note(`Watching ${titles} in ${project.root}; Ctrl-C ends it.`);
      await followSessions(sessions, signal);
    });
  },
});
