// What `gsess doctor` asks of the machine: agents and their hooks, the data directory, room on the disk, git. Nothing is run but what is
// gsess itself, and nothing is changed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AGENTS, agentEntry } from '../agents/registry.ts';
import { makePrivate, OTHERS_MAY_WRITE, wideEntries } from '../git/wide-modes.ts';
import type { Project } from '../session/project.ts';
import { freeBytesAt } from '../session/snapshot-budget.ts';
import { bytesText } from '../ui/human-units.ts';
import { agentsHere } from './connectable-agents.ts';
import type { Context } from './context.ts';
import { findProgram } from './find-program.ts';
import { failure, type Health, ok, warning } from './health.ts';
import { hookCommand } from './hook-command.ts';
import { type HookState, hookStates } from './hook-state.ts';
import { whyNothing } from './run-recording.ts';
import { unheardSessions } from './unheard-sessions.ts';

export async function checkMachine(context: Context, project: Project): Promise<Health[]> {
  return [
    ...checkRecording(context),
    checkAgents(context),
    ...(await checkHooks(context, project)),
    checkData(context),
    checkSpace(context),
    checkGit(context, project),
  ];
}

/** Only where it is off, as somebody may have forgotten. */
function checkRecording(context: Context): Health[] {
  const nothing = whyNothing(context);
  if (nothing === undefined) return [];
  const advice = "'gsess config autoSave --explain' tells where that comes from.";
  return [warning('recording', `nothing is recorded: ${nothing}`, { advice })];
}

function checkAgents(context: Context): Health {
  const found = agentsHere(context).map(([{ name }, { program, directory }]) =>
    program === undefined ? `${name} keeps its files in '${directory}'` : `${name} is '${program}'`,
  );
  if (found.length > 0) return ok('agents', found.join(', '));
  return warning('agents', 'no agent that gsess knows is found', {
    advice: `Install one, or put it on the search path: ${AGENTS.map(({ title }) => title).join(', ')}.`,
  });
}

async function checkHooks(context: Context, project: Project): Promise<Health[]> {
  const states = await hookStates(context, project.root);
  return [hooksHealth(states), await checkUnheard(context, project, states)];
}

function hooksHealth(states: readonly HookState[]): Health {
  const unreadable = states.find(({ state }) => state === 'unreadable');
  const installed = states.filter(({ state }) => state === 'installed');
  const gone = states
    .flatMap(({ commands }) => commands)
    .find((one) => missingIn(one) !== undefined);
  const advice = "Run 'gsess connect', which puts them in or renews them.";
  if (gone !== undefined) {
    return failure('hooks', `a hook starts '${missingIn(gone)}', which is not there`, { advice });
  }
  if (installed.length === 0) {
    if (unreadable !== undefined) {
      const what = `'${unreadable.path}' cannot be read, by the agent neither`;
      return failure('hooks', what, { advice: 'Mend the file, then run gsess connect.' });
    }
    const isPartial = states.some(({ state }) => state === 'partial');
    const what = isPartial ? 'some events have no hook' : 'no hook of gsess is installed';
    return failure('hooks', what, { advice });
  }
  const others = installed.filter((one) => !isOurs(one));
  if (others.length > 0) {
    const what = `another gsess than this one is hooked in '${others[0]?.path}'`;
    return warning('hooks', what, { advice: "Run 'gsess connect' if it should be this one." });
  }
  const agents = [...new Set(states.map(({ agent }) => agent))];
  const told = agents.map((name) => {
    const path = installed.find(({ agent }) => agent === name)?.path;
    return path === undefined ? `${name} is not connected` : `installed in '${path}'`;
  });
  return ok('hooks', told.join(', '));
}

/** An agent tells nobody that it does not run a hook. */
async function checkUnheard(
  context: Context,
  project: Project,
  states: readonly HookState[],
): Promise<Health> {
  const unheard = await unheardSessions(context, project, states);
  const [newest] = unheard;
  if (newest === undefined) return ok('events', 'of every session since the hooks are there');
  const agent = await agentEntry(newest.agent).load();
  const [needed] =
    agent.capabilities.hooksNeedTrust && agent.connection.way !== 'none'
      ? agent.connection.advice(undefined)
      : [`Sessions that began before gsess was connected have to be begun anew in ${agent.title}.`];
  const what = `no event came of ${unheard.length} sessions that ${agent.title} wrote here, last '${newest.nativeId}'`;
  return warning('events', what, {
    advice: `${needed} 'gsess import ${newest.agent}' takes in what was missed.`,
  });
}

function isOurs({ agent, commands }: HookState): boolean {
  return commands.every((command) => command === hookCommand(agent));
}

/** The first absolute path in the command that leads nowhere. It is looked at, never run: it may come from a project's settings. */
function missingIn(command: string): string | undefined {
  const words = command.match(/(?:[^\s'\\]|'[^']*'|\\.)+/g) ?? [];
  const paths = words.map((word) => word.replaceAll(/'([^']*)'|\\(.)/g, '$1$2'));
  return paths.find((path) => path.startsWith('/') && !existsSync(path));
}

function checkData({ surroundings }: Context): Health {
  const { dataDirectory, userId } = surroundings;
  if (!existsSync(dataDirectory)) return ok('data', `nothing is kept yet in '${dataDirectory}'`);
  const wide = wideEntries(dataDirectory, userId);
  const isOpen = ({ path, mode }: { readonly path: string; readonly mode: number }) =>
    (mode & OTHERS_MAY_WRITE) !== 0 && isStoreOrAbove(path, dataDirectory);
  const open = wide.find(isOpen);
  if (open !== undefined) {
    return failure(
      'data',
      `others may write to '${open.path}', so what is in it may not be yours`,
      {
        advice: `Look at who could have changed it, then run: chmod -R go-rwx '${open.path}'`,
      },
    );
  }
  const foreign = wide.find(({ isForeign }) => isForeign);
  if (foreign !== undefined) {
    const advice = 'Make it your own, after looking at why it is not.';
    return failure('data', `'${foreign.path}' belongs to another user`, { advice });
  }
  if (wide.length > 0) {
    const what = `${wide.length} files or directories can be read by others, such as '${wide[0]?.path}'`;
    return warning('data', what, {
      advice: "Run 'gsess doctor --fix', which makes them private.",
      repairs: [
        { what: `make ${wide.length} files and directories private`, act: () => makePrivate(wide) },
      ],
    });
  }
  return ok('data', `'${dataDirectory}' is private`);
}

/** Where another store could be put in place of one; what lies in a store that is closed is out of reach. */
function isStoreOrAbove(path: string, dataDirectory: string): boolean {
  const projects = join(dataDirectory, 'projects');
  if (path === dataDirectory || path === projects) return true;
  return path.startsWith(`${projects}/`) && !path.slice(projects.length + 1).includes('/');
}

function checkSpace({ surroundings }: Context): Health {
  const { dataDirectory, settings } = surroundings;
  const free = freeBytesAt(nearestExisting(dataDirectory), surroundings);
  const needed = settings.limits.freeBytes;
  const left = `${bytesText(free)} are free on the disk`;
  if (free < needed) {
    const advice = "Make room, run 'gsess gc', or lower the setting 'limits.freeBytes'.";
    return failure('space', `${left}, less than ${bytesText(needed)}: no files are captured`, {
      advice,
    });
  }
  if (free < 2 * needed) {
    const what = `${left}; below ${bytesText(needed)} no files are captured`;
    return warning('space', what, { advice: 'Make room soon.' });
  }
  return ok('space', left);
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(join(path, '..'));
}

function checkGit(context: Context, project: Project): Health {
  const program = programOf(context, 'git', project);
  if (program !== undefined) return ok('git', `git is '${program}'`);
  return ok('git', "there is no git; gsess only needs it for 'gsess git' and to pack tightly");
}

function programOf({ inherited }: Context, name: string, { root }: Project): string | undefined {
  return findProgram(name, inherited['PATH'], root);
}
