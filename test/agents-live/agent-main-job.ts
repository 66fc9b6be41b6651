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
  /** What its own tools are called. */
  readonly tools: { readonly write: string; readonly edit: string; readonly run: string };
  /** It has subagents of its own. */
  readonly hasSubagents: boolean;
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

export function agentMainJob(job: GuidedJob): Scenario {
  return {
    title: job.title,
    needs: job.name,
    run: (check, agents) =>
      withWorld(agents, async (world) => {
        const walk = new Walk(job, world, agents);
        await walk.connect(check);
        const id = await walk.work(check);
        await walk.restore(check);
        await walk.goBack(check, id);
        await walk.loseAll(check, id);
        if (job.hasSubagents) await walk.getHelp(check);
        await walk.kill(check);
        await walk.disconnect(check);
      }),
  };
}

class Walk {
  readonly #job: GuidedJob;
  readonly #world: World;
  readonly #agent: GuidedAgent;
  readonly #turns: Readonly<Record<1 | 2 | 3, readonly string[]>>;

  constructor(job: GuidedJob, world: World, agents: InstalledAgents) {
    this.#job = job;
    this.#world = world;
    this.#agent = job.driver(this.#world, agents.programs[job.name] ?? job.name);
    const turn = (asked: string, tool: string, said: string) => [
      `user: ${asked}`,
      `call: ${tool}`,
      'result: ok',
      `assistant: ${said}`,
    ];
    const { write, edit, run } = job.tools;
    this.#turns = {
      1: turn('Write a file', write, 'Written.'),
      2: turn('Change it', edit, 'Changed.'),
      3: turn('Remove it', run, 'Removed.'),
    };
  }

  async connect(check: Check): Promise<void> {
    await check('the connection is a file of ours', async () => {
      const [made] = await readJson<{ status: string; settings: string }[]>(this.#world, [
        'connect',
        this.#job.name,
      ]);
      assert.is(made?.status, 'added');
      assert.ok(existsSync(made?.settings ?? ''));
    });
  }

  async work(check: Check): Promise<string> {
    return check('every moment of three turns is a checkpoint', async () => {
      await this.#prompt([{ write: 'a.txt', content: 'one\n' }, { say: 'Written.' }], {
        text: 'Write a file',
      });
      const [{ id } = { id: '' }] = await readJson<{ id: string }[]>(this.#world, ['list']);
      const { command } = await this.#ready([id]);
      const resume = command.slice(1);
      const change = [{ edit: 'a.txt', old: 'one', new: 'two' }, { say: 'Changed.' }];
      await this.#prompt(change, { text: 'Change it', resume });
      await this.#prompt([{ run: 'rm a.txt' }, { say: 'Removed.' }], { text: 'Remove it', resume });
      const told = (await readJson<Moment[]>(this.#world, ['log', id]))
        .filter(({ kind }) => kind !== 'manual')
        .reverse();
      assert.equal(
        told.map(({ kind, turn }) => `${kind} ${turn}`),
        [1, 2, 3].flatMap((turn) => [`prompt ${turn}`, `tool ${turn}`, `turn ${turn}`]),
      );
      const at = (kind: string, turn: number) => {
        const moment = told.find((one) => one.kind === kind && one.turn === turn);
        return filesAt(storeOf(this.#world), moment?.id ?? '');
      };
      assert.equal(at('turn', 1), { 'a.txt': 'one\n' });
      assert.equal(at('turn', 2), { 'a.txt': 'two\n' });
      assert.equal(at('tool', 3), { 'a.txt': 'two\n' });
      assert.equal(at('turn', 3), {});
      return id;
    });
  }

  async restore(check: Check): Promise<void> {
    await check('files come back', async () => {
      await readJson(this.#world, ['restore', '@2', '--files', '--yes']);
      assert.is(this.#world.files()['a.txt'], 'two\n');
      await readJson(this.#world, ['undo']);
      assert.is(this.#world.files()['a.txt'], undefined);
    });
  }

  async goBack(check: Check, id: string): Promise<void> {
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

  async loseAll(check: Check, id: string): Promise<void> {
    await check('a session that is gone is written anew', async () => {
      await this.#job.lose(this.#world, await agentEntry(this.#job.name).load());
      const { conversation, written } = await this.#goOn([id], 'Again');
      assert.ok(written !== null && existsSync(written));
      assert.equal(conversation.slice(0, -2), [...this.#turns[1], 'user: Another way']);
      assert.is(conversation.at(-1), 'user: Again');
    });
  }

  async getHelp(check: Check): Promise<void> {
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

  async kill(check: Check): Promise<void> {
    await check('killed in a call, it is brought back with the call answered', async () => {
      const began = join(this.#world.project, 'began');
      const run = this.#agent.start([runWhile('began'), { say: 'never said' }], {
        text: 'Take your time',
      });
      await waitFor('the command to begin', () => existsSync(began));
      await run.kill();
      rmSync(began);
      const [newest] = await readJson<{ id: string }[]>(this.#world, ['list']);
      const agent = await agentEntry(this.#job.name).load();
      await this.#job.lose(this.#world, agent);
      const { conversation } = await this.#goOn([newest?.id ?? ''], 'And now?');
      assert.equal(conversation, [
        'user: Take your time',
        `call: ${this.#job.tools.run}`,
        'result: error',
        'user: And now?',
      ]);
    });
  }

  async disconnect(check: Check): Promise<void> {
    await check('without the connection nothing of it is left', async () => {
      const { connection } = await agentEntry(this.#job.name).load();
      const [file] =
        connection.way === 'none' ? [] : connection.files(placesIn(this.#world.home), '/');
      assert.ok(existsSync(file?.path ?? ''));
      await readJson(this.#world, ['connect', this.#job.name, '--remove']);
      assert.not.ok(existsSync(file?.path ?? ''));
    });
    await check('the store is sound', () => assertFsckClean(storeOf(this.#world)));
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
    const turn = await this.#agent.start(script, options).done;
    assert.is(turn.status, 0, turn.stderr);
    return turn;
  }
}

/** Removes the files of all sessions, for an agent that keeps such. */
export async function loseFiles(world: World, { sessions }: Agent): Promise<void> {
  for (const { path } of await sessions.list(placesIn(world.home))) rmSync(path);
}
