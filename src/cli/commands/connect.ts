// gsess connect: puts gsess's hooks into the settings of the agents, and takes the first snapshot, so that no hook has to.

import type { Agent, ConnectedByFile } from '../../agents/agent.ts';
import { AGENT_NAMES } from '../../agents/registry.ts';
import { GsessError } from '../../errors.ts';
import { takeBaseSnapshot } from '../../session/base-snapshot.ts';
import { locateProject, type Project } from '../../session/project.ts';
import { rulesOnDisk } from '../../session/root-snapshot.ts';
import { openOrCreateStoreOf } from '../../session/store.ts';
import { safeText } from '../../ui/safe-text.ts';
import { countFiles } from '../../worktree/count-files.ts';
import { IgnoreRules } from '../../worktree/ignore-rules.ts';
import { checkRoot } from '../../worktree/root.ts';
import { type Command, defineCommand } from '../command.ts';
import { applyCommands, planCommands, planNoCommands } from '../command-directory.ts';
import {
  type Asked,
  adviseOn,
  type Connected,
  connectJson,
  connectText,
  isChange,
  plannedTexts,
} from '../connect-text.ts';
import {
  agentsToConnect,
  commandFilesOf,
  commandPlace,
  settingsPlace,
} from '../connectable-agents.ts';
import { applySettings, planConnect, planDisconnect } from '../connected-settings.ts';
import type { Context } from '../context.ts';
import { hookCommand } from '../hook-command.ts';

/** `commands` are those that are offered inside the agents. */
export function connect(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: 'connect',
    summary: 'have the agents tell gsess what happens',
    details: `Puts hooks into the settings of the agents found here, or of those named, puts slash commands
    ('/gsess:chat', '/gsess:restore' and so on) beside their own where an agent takes some, and takes a first
    snapshot of the files of this project. Where none is named, what will be changed is shown first. Nothing else in
    the settings is touched. Doing it again changes nothing, or mends the hooks if gsess has moved.

    An agent may want its user to trust the hooks before it runs them; gsess says so and never does that
    in the user's place. 'gsess doctor' tells of sessions whose events did not come.

    Once connected, every session is kept, in whatever project. With --project only sessions in this
    project are, and the hooks stand in its own settings, where others who share them see them.`,
    positionals: {
      agent: {
        description: 'the agents',
        variadic: true,
        choices: AGENT_NAMES,
      },
    },
    options: {
      project: { type: 'boolean', description: "in this project's settings instead of the user's" },
      remove: { type: 'boolean', description: 'take the hooks out again' },
      check: {
        type: 'boolean',
        description:
          'only say whether they are in, and what each agent can do; exit status 1 if not',
      },
      yes: { type: 'boolean', alias: 'y', description: 'do not ask' },
    },
    examples: [
      { command: 'gsess connect', description: 'connect the agents found here' },
      { command: 'gsess connect claude --project', description: 'only in this project' },
      { command: 'gsess connect --remove', description: 'take it back' },
    ],
    run: async (context, { agent: named, project: isProject, remove, check, yes }) => {
      if (remove && check) {
        throw new GsessError('usage', '--remove and --check exclude each other', {
          hint: `See 'gsess help connect'.`,
        });
      }
      const agents = await agentsToConnect(context, named);
      const isNamed = named.length > 0;
      const wish = { isProject, remove, isNamed, offered: commands() };
      const changes = agents.map((agent) => planFor(context, agent, wish));
      const asked = { check, remove };
      const isAgreed = check || yes || isNamed || (await agrees(context, changes, asked));
      if (!isAgreed) return;
      if (!check) for (const one of changes) apply(one);
      if (check && changes.some(isChange)) context.exitStatus = 1;
      for (const one of changes) await adviseOn(context, one, asked);
      if (!remove && !check) await takeFirstSnapshot(context);
      await context.output.result(changes.map(connectJson), () =>
        changes.map((one) => connectText(one, asked)).join('\n'),
      );
    },
  });
}

/** Who named no agent is shown what will be changed, and asked if someone sits there. */
async function agrees(
  context: Context,
  changes: readonly Connected[],
  asked: Asked,
): Promise<boolean> {
  const wanted = changes.flatMap(plannedTexts);
  if (wanted.length === 0 || !context.isInteractive) return true;
  context.output.note(wanted.join('\n'));
  if (await context.confirm(asked.remove ? 'Disconnect?' : 'Connect?')) return true;
  context.output.note('Nothing was done.');
  context.exitStatus = 1;
  return false;
}

type Connectable = Agent & { readonly connection: ConnectedByFile };

function isConnectable(agent: Agent): agent is Connectable {
  return agent.connection.way !== 'none';
}

interface Wish {
  readonly isProject: boolean;
  readonly remove: boolean;
  readonly isNamed: boolean;
  readonly offered: readonly Command[];
}

function planFor(
  context: Context,
  agent: Agent,
  { isProject, remove, isNamed, offered }: Wish,
): Connected {
  const none = { agent, change: undefined, commands: undefined };
  if (!isConnectable(agent)) return none;
  const place = settingsPlace(context, { agent, isProject });
  const { connection, name, title } = agent;
  if (place === undefined) {
    if (!isNamed) return none;
    throw new GsessError('guard', `${title} cannot be connected in one project alone`, {
      hint: 'Leave --project out.',
    });
  }
  const change = remove
    ? planDisconnect(place, connection)
    : planConnect(place, connection, hookCommand(name));
  const directory = commandPlace(context, { agent, isProject });
  const files = commandFilesOf(agent, offered);
  const planned = remove ? planNoCommands : planCommands;
  return { agent, change, commands: directory && planned(directory, files) };
}

/** A directory that the settings made goes with them, if nothing else is in it by then. */
function apply({ change, commands }: Connected): void {
  if (commands?.status === 'removed') applyCommands(commands);
  if (change !== undefined) applySettings(change);
  if (commands !== undefined && commands.status !== 'removed') applyCommands(commands);
}

/** Makes the store; every later snapshot only reads what changed. */
async function takeFirstSnapshot(context: Context): Promise<void> {
  const { output, cwd, surroundings } = context;
  const project = locateProject(cwd, surroundings);
  if (!surroundings.settings.snapshots) return;
  try {
    await snapshotProject(context, project);
  } catch (error) {
    const isRefused =
      error instanceof GsessError && ['root-refused', 'snapshot-failed'].includes(error.code);
    if (!isRefused) throw error;
    output.note(safeText(`No first snapshot: ${error.message}. ${error.hint ?? ''}`.trim()));
  }
}

async function snapshotProject(context: Context, project: Project): Promise<void> {
  const { output, surroundings } = context;
  const root = checkRoot(project.root, { ...surroundings, store: project.storeDirectory });
  // Only for somebody who watches how far it is.
  const total = context.isInteractive
    ? countFiles(root, new IgnoreRules(rulesOnDisk(root, surroundings)))
    : 0;
  const store = await openOrCreateStoreOf(project, {
    ...surroundings,
    onProgress: ({ files }) =>
      output.progress(`reading files: ${files} of ${total}`, files / Math.max(1, total)),
  });
  const skipped = await takeBaseSnapshot(store, store.project.root);
  output.endProgress();
  const left = skipped.filter(({ reason }) => reason !== 'ignored').length;
  const more = left === 0 ? '' : `; ${left} paths were left out, 'gsess status' lists them`;
  output.note(`First snapshot of ${safeText(project.root)} taken${more}.`);
}
