// What gsess is for, with an agent that is driven one prompt at a time: every moment kept, files restored, conversations gone back to,
// forked, brought back after the agent lost them or was killed in a call. The model's log tells exactly which history the
// agent then holds.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Agent } from '../../src/agents/agent.ts';
import { agentEntry } from '../../src/agents/registry.ts';
import { placesIn } from '../support/agent-places.ts';
import { assertFsckClean, gitText } from '../support/git-oracle.ts';
import type { RunningAgent, Turn } from './agent-run.ts';
import { filesAt, type Moment, readJson, storeOf } from './captured-world.ts';
import type { AgentName, InstalledAgents } from './install-agents.ts';
import { type Reply, runWhile } from './model-script.ts';
import type { Check, Scenario } from './scenario.ts';
import { Watching } from './watching.ts';
import { type World, waitFor, withWorld } from './world.ts';

export interface GuidedOptions {
  readonly text: string;
  /** The words after the program in the command that gsess gives. */
  readonly resume?: readonly string[];
}

/** An agent that can be started for one prompt. */
export interface GuidedAgent {
  start(script: string | readonly Reply[], options: GuidedOptions): RunningAgent;
  /** Runs a command that has to come before, to its end. */
  command(words: readonly string[]): void;
}

export interface GuidedJob {
  readonly name: AgentName;
  readonly title: string;
  /** What its own tools are called; `read` only where it edits nothing that a resumed session has not read. */
  readonly tools: {
    readonly write: string;
    readonly edit: string;
    readonly run: string;
    readonly read?: string;
  };
  /** It has subagents of its own. */
  readonly hasSubagents: boolean;
  /** It is connected by a file of ours, or has nothing to connect and is watched. */
  readonly way: 'connected' | 'watched';
  /** What the model is sent of a call it was killed in. */
  readonly brokenOff: readonly string[];
  driver(world: World, program: string): GuidedAgent;
  /** Makes the agent lose all its sessions. */
  lose(world: World, agent: Agent): Promise<void>;
}

interface ResumeAnswer {
  readonly nativeId: string;
  readonly before: readonly (readonly string[])[];
  readonly command: readonly string[];
  readonly written: string | null;
}

/** What an agent puts into the project for itself. */
const OWN_FILES = '.nanocoder/';

export function agentMainJob(job: GuidedJob): Scenario {
  return {
    title: job.title,
    needs: job.name,
    run: (check, agents) =>
      withWorld(agents, async (world) => {
        const walk = new Walk(job, world, agents);
        try {
          await walk.play(check);
        } finally {
          walk.leave();
        }
      }),
  };
}

class Walk {
  readonly #job: GuidedJob;
  readonly #world: World;
  readonly #agent: GuidedAgent;
  #watching: Watching | undefined;
  readonly #turns: Readonly<Record<1 | 2 | 3, readonly string[]>>;

  constructor(job: GuidedJob, world: World, agents: InstalledAgents) {
    this.#job = job;
    this.#world = world;
    this.#agent = job.driver(this.#world, agents.programs[job.name] ?? job.name);
    const turn = (asked: string, tools: readonly string[], said: string) => [
      `user: ${asked}`,
      ...tools.flatMap((tool) => [`call: ${tool}`, 'result: ok']),
      `assistant: ${said}`,
    ];
    const { write, edit, run, read } = job.tools;
    this.#turns = {
      1: turn('Write a file', [write], 'Written.'),
      2: turn('Change it', read === undefined ? [edit] : [read, edit], 'Changed.'),
      3: turn('Remove it', [run], 'Removed.'),
    };
  }

  /** Ends what was started beside the agent. */
  leave(): void {
    this.#watching?.kill();
  }

  async play(check: Check): Promise<void> {
    await this.#connect(check);
    const id = await this.#work(check);
    await this.#restore(check);
    await this.#goBack(check, id);
    await this.#loseAll(check, id);
    if (this.#job.hasSubagents) await this.#getHelp(check);
    await this.#kill(check);
    await this.#disconnect(check);
  }

  async #connect(check: Check): Promise<void> {
    if (this.#job.way === 'watched') {
      await check('it is watched', async () => {
        this.#watching = await Watching.start(this.#world, this.#job.name);
      });
      return;
    }
    await check('the connection is a file of ours', async () => {
      const [made] = await readJson<{ status: string; settings: string }[]>(this.#world, [
        'connect',
        this.#job.name,
      ]);
      assert.is(made?.status, 'added');
      assert.ok(existsSync(made?.settings ?? ''));
    });
  }

  async #work(check: Check): Promise<string> {
    return check('every moment of three turns is a checkpoint', async () => {
      await this.#prompt([{ write: 'a.txt', content: 'one\n' }, { say: 'Written.' }], {
        text: 'Write a file',
      });
      const [{ id } = { id: '' }] = await readJson<{ id: string }[]>(this.#world, ['list']);
      const { command } = await this.#ready([id]);
      const resume = command.slice(1);
      const read = this.#job.tools.read === undefined ? [] : [{ read: 'a.txt' }];
      const change = [...read, { edit: 'a.txt', old: 'one', new: 'two' }, { say: 'Changed.' }];
      await this.#prompt(change, { text: 'Change it', resume });
      await this.#prompt([{ run: 'rm a.txt' }, { say: 'Removed.' }], { text: 'Remove it', resume });
      // Of what is watched, a call is seen only while it runs and if it was written by then.
      const kinds = this.#watching === undefined ? ['prompt', 'tool', 'turn'] : ['prompt', 'turn'];
      const told = (await readJson<Moment[]>(this.#world, ['log', id]))
        .filter(({ kind }) => kinds.includes(kind))
        .reverse();
      assert.equal(
        told.map(({ kind, turn }) => `${kind} ${turn}`),
        [1, 2, 3].flatMap((turn) => kinds.map((kind) => `${kind} ${turn}`)),
      );
      const at = (kind: string, turn: number) => {
        const moment = told.find((one) => one.kind === kind && one.turn === turn);
        const files = Object.entries(filesAt(storeOf(this.#world), moment?.id ?? ''));
        return Object.fromEntries(files.filter(([path]) => !path.startsWith(OWN_FILES)));
      };
      assert.equal(at('turn', 1), { 'a.txt': 'one\n' });
      assert.equal(at('turn', 2), { 'a.txt': 'two\n' });
      if (kinds.includes('tool')) assert.equal(at('tool', 3), { 'a.txt': 'two\n' });
      assert.equal(at('turn', 3), {});
      return id;
    });
  }

  async #restore(check: Check): Promise<void> {
    await check('files come back', async () => {
      await readJson(this.#world, ['restore', '@2', '--files', '--yes']);
      assert.is(this.#world.files()['a.txt'], 'two\n');
      await readJson(this.#world, ['undo']);
      assert.is(this.#world.files()['a.txt'], undefined);
    });
  }

  async #goBack(check: Check, id: string): Promise<void> {
    const turns = this.#turns;
    await check('its own session is taken up as it is', async () => {
      const { written, conversation } = await this.#goOn([id], 'Go on');
      assert.is(written, null);
      assert.equal(conversation, [...turns[1], ...turns[2], ...turns[3], 'user: Go on']);
    });
    await check('at an earlier checkpoint it goes on from there', async () => {
      const { conversation } = await this.#goOn([`${id}@1`, '--yes'], 'Another way');
      assert.equal(conversation, [...turns[1], 'user: Another way']);
    });
    await check('a fork goes on by itself', async () => {
      const made = await readJson<{ id: string }>(this.#world, ['fork', `${id}@2`]);
      const { conversation } = await this.#goOn([made.id], 'Beside');
      assert.equal(conversation, [...turns[1], ...turns[2], 'user: Beside']);
    });
  }

  async #loseAll(check: Check, id: string): Promise<void> {
    await check('a session that is gone is written anew', async () => {
      await this.#job.lose(this.#world, await agentEntry(this.#job.name).load());
      const { conversation, written } = await this.#goOn([id], 'Again');
      assert.ok(written !== null && existsSync(written));
      assert.equal(conversation.slice(0, -2), [...this.#turns[1], 'user: Another way']);
      assert.is(conversation.at(-1), 'user: Again');
    });
  }

  async #getHelp(check: Check): Promise<void> {
    await check('a subagent is captured with its session, and begins no turn', async () => {
      await this.#prompt([{ agent: [{ say: 'Helped.' }], asked: 'Help' }, { say: 'All done.' }], {
        text: 'Get help',
      });
      const [newest] = await readJson<{ id: string; turns: number }[]>(this.#world, ['list']);
      if (newest === undefined) throw new Error('no session');
      assert.is(newest.turns, 1);
      const stored = ['ls-tree', '-r', '--name-only', `${newest.id}:transcript`];
      assert.match(gitText(storeOf(this.#world), stored), /\/subagents\//);
    });
  }

  async #kill(check: Check): Promise<void> {
    await check('killed in a call, it is brought back with the call answered', async () => {
      const began = join(this.#world.project, 'began');
      const callsBefore = this.#watching?.count('tool') ?? 0;
      const run = this.#agent.start([runWhile('began'), { say: 'never said' }], {
        text: 'Take your time',
      });
      await waitFor('the command to begin', () => existsSync(began));
      const watching = this.#watching;
      if (watching !== undefined) {
        await waitFor('the call to be seen', () => watching.count('tool') > callsBefore);
      }
      await run.kill();
      rmSync(began);
      const [newest] = await readJson<{ id: string }[]>(this.#world, ['list']);
      const agent = await agentEntry(this.#job.name).load();
      await this.#job.lose(this.#world, agent);
      const { conversation } = await this.#goOn([newest?.id ?? ''], 'And now?');
      assert.equal(conversation, [
        'user: Take your time',
        ...this.#job.brokenOff,
        'user: And now?',
      ]);
    });
  }

  async #disconnect(check: Check): Promise<void> {
    if (this.#watching === undefined) await this.#takeOut(check);
    else {
      const watching = this.#watching;
      await check('watching ends when it is interrupted', async () => {
        assert.is(await watching.end(), 0);
      });
    }
    await check('the store is sound', () => assertFsckClean(storeOf(this.#world)));
  }

  async #takeOut(check: Check): Promise<void> {
    await check('without the connection nothing of it is left', async () => {
      const { connection } = await agentEntry(this.#job.name).load();
      const [file] =
        connection.way === 'none' ? [] : connection.files(placesIn(this.#world.home), '/');
      assert.ok(existsSync(file?.path ?? ''));
      await readJson(this.#world, ['connect', this.#job.name, '--remove']);
      assert.not.ok(existsSync(file?.path ?? ''));
    });
  }

  /** Takes a session up as gsess says, and gives the conversation that the model was sent. */
  async #goOn(args: readonly string[], text: string) {
    const ready = await this.#ready(args);
    for (const words of ready.before) this.#agent.command(words.slice(1));
    const from = this.#world.model.requests().length;
    await this.#prompt(text, { text, resume: ready.command.slice(1) });
    const asked = this.#world.model.requests(from).find(({ tools }) => tools.length > 0);
    return { ...ready, conversation: asked?.conversation ?? [] };
  }

  #ready(args: readonly string[]): Promise<ResumeAnswer> {
    return readJson<ResumeAnswer>(this.#world, ['resume', ...args, '--print']);
  }

  async #prompt(script: string | readonly Reply[], options: GuidedOptions): Promise<Turn> {
    const watching = this.#watching;
    const turnsBefore = watching?.count('turn') ?? 0;
    const turn = await this.#agent.start(script, options).done;
    assert.is(turn.status, 0, turn.stderr);
    if (watching !== undefined) {
      await waitFor('the turn to be seen', () => watching.count('turn') > turnsBefore);
    }
    return turn;
  }
}

/** Removes the files of all sessions, for an agent that keeps such. */
export async function loseFiles(world: World, { sessions }: Agent): Promise<void> {
  for (const { path } of await sessions.list(placesIn(world.home))) rmSync(path);
}
