// What gsess is for, with a real agent of Gemini's family: every moment kept, files restored, the conversation gone back to, forked,
// brought back after the agent lost it or was killed in a call, and no trace of the connection in the end. The model's log tells exactly
// which history the agent then holds.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Agent } from '../../src/agents/agent.ts';
import { placesIn } from '../support/agent-places.ts';
import { assertFsckClean, gitText } from '../support/git-oracle.ts';
import {
  filesAt,
  readJson as json,
  type Moment,
  storedTranscript,
  storeOf,
} from './captured-world.ts';
import { FamilyDriver, type FamilyMember } from './family-driver.ts';
import type { AgentName, InstalledAgents } from './install-agents.ts';
import { runWhile } from './model-script.ts';
import type { Check } from './scenario.ts';
import { type World, waitFor, withWorld } from './world.ts';

export interface Traveller {
  readonly name: AgentName;
  readonly adapter: Agent;
  readonly member: FamilyMember;
  /** What its tool that edits is called. */
  readonly edit: string;
  /** Takes edits of files alone that it has read since it was started. */
  readonly readsFirst: boolean;
  /** What it says itself where a history ends with a result, or with a reply that was cut off. */
  readonly afterCut: readonly string[];
}

interface ResumeAnswer {
  readonly nativeId: string;
  readonly command: readonly string[];
  readonly written: string | null;
}

const MOMENTS = [1, 2, 3].flatMap((turn) => [`prompt ${turn}`, `tool ${turn}`, `turn ${turn}`]);

class Journey {
  readonly #world: World;
  readonly #traveller: Traveller;
  readonly driver: FamilyDriver;

  constructor(world: World, traveller: Traveller, agents: InstalledAgents) {
    this.#world = world;
    this.#traveller = traveller;
    const { home, project, environment, model } = world;
    const program = agents.programs[traveller.name] ?? traveller.name;
    const setup = { program, home, project, environment, modelUrl: model.url };
    this.driver = new FamilyDriver(setup, traveller.member);
  }

  /** Three turns: a file is written, edited, and removed by a command. Gives the id of the session. */
  async work(): Promise<string> {
    const write = { write: 'a.txt', content: 'one\n' };
    const first = await this.driver.prompt([write, { say: 'Written.' }], { text: 'Write a file' });
    assert.is(first.status, 0, first.stderr);
    const resume = first.sessionId;
    const edit = { edit: 'a.txt', old: 'one', new: 'two' };
    const read = this.#traveller.readsFirst ? [{ read: 'a.txt' }] : [];
    await this.driver.prompt([...read, edit, { say: 'Changed.' }], { text: 'Change it', resume });
    await this.driver.prompt([{ run: 'rm a.txt' }, { say: 'Removed.' }], {
      text: 'Remove it',
      resume,
    });
    return resume;
  }

  /** What the model is sent of a turn of `work`. */
  told(turn: 1 | 2 | 3): string[] {
    const { edit, readsFirst } = this.#traveller;
    const [asked, tools, said] = {
      1: ['Write a file', ['write_file'], 'Written.'] as const,
      2: ['Change it', [...(readsFirst ? ['read_file'] : []), edit], 'Changed.'] as const,
      3: ['Remove it', ['run_shell_command'], 'Removed.'] as const,
    }[turn];
    const calls = tools.flatMap((tool) => [`call: ${tool}`, 'result: ok']);
    return [`user: ${asked}`, ...calls, `assistant: ${said}`];
  }

  /** Takes a session up as gsess says, and gives the conversation that the model was sent. */
  async goOn(args: readonly string[], text: string) {
    const { adapter } = this.#traveller;
    const ready = await json<ResumeAnswer>(this.#world, ['resume', ...args, '--print']);
    const target = { nativeId: ready.nativeId, cwd: this.#world.project, path: '' };
    assert.equal(ready.command, adapter.resume(target).argv);
    const from = this.#world.model.requests().length;
    const turn = await this.driver.prompt(text, { resume: ready.nativeId });
    assert.is(turn.status, 0, turn.stderr);
    assert.is(turn.said, `Heard: ${text}`);
    // A request without tools is for a title or a summary.
    const asked = this.#world.model.requests(from).find(({ tools }) => tools.length > 0);
    return { ...ready, conversation: asked?.conversation ?? [] };
  }

  /** All its own files of sessions go. */
  async lose(): Promise<void> {
    const places = placesIn(this.#world.home);
    for (const { path } of await this.#traveller.adapter.sessions.list(places)) rmSync(path);
  }
}

export async function travel(
  check: Check,
  agents: InstalledAgents,
  traveller: Traveller,
): Promise<void> {
  await withWorld(agents, async (world) => {
    const journey = new Journey(world, traveller, agents);
    const { driver } = journey;
    await json(world, ['connect', traveller.name]);
    const id = await check('every moment of three turns is a checkpoint', async () => {
      const session = await journey.work();
      await assertMoments(world, session);
      return session;
    });
    await check('files come back, and the undo of that', async () => {
      await json(world, ['restore', '@2', '--files', '--yes']);
      assert.is(world.files()['a.txt'], 'two\n');
      await json(world, ['undo']);
      assert.is(world.files()['a.txt'], undefined);
    });
    await check('the stored transcript is its own file, which it goes on with', async () => {
      const { path = '' } = traveller.adapter.sessions.find(placesIn(world.home), id) ?? {};
      const { stdout } = await world.gsess(['export', id, '--format', 'native']);
      assert.ok(storedTranscript(storeOf(world), id, id).equals(Buffer.from(stdout)));
      assert.ok(existsSync(path));
      const { written, conversation } = await journey.goOn([id], 'Go on');
      assert.is(written, null);
      const whole = [...journey.told(1), ...journey.told(2), ...journey.told(3)];
      assert.equal(conversation, [...whole, 'user: Go on']);
    });
    await check('at an earlier turn it goes on from there', async () => {
      const { conversation, nativeId } = await journey.goOn([`${id}@1`, '--yes'], 'Another way');
      assert.equal(conversation, [...journey.told(1), 'user: Another way']);
      assert.is.not(nativeId, id);
    });
    await check('before a call it goes on without that call', async () => {
      const log = await json<Moment[]>(world, ['log', id]);
      const before = log.find(({ kind, turn }) => kind === 'tool' && turn === 2)?.id ?? '';
      const made = await json<{ id: string }>(world, ['fork', before]);
      const { conversation } = await journey.goOn([made.id], 'Rather not');
      const known = [...journey.told(1), 'user: Change it'];
      assert.equal(conversation.slice(0, known.length), known);
      assert.is(conversation.at(-1), 'user: Rather not');
      assert.ok(!conversation.includes('assistant: Changed.'));
    });
    await check('a fork goes on from its turn, and leaves the session as it was', async () => {
      const before = await json<Moment[]>(world, ['log', id]);
      const made = await json<{ id: string }>(world, ['fork', `${id}@2`]);
      const { conversation } = await journey.goOn([made.id], 'Beside');
      assert.equal(conversation, [...journey.told(1), ...journey.told(2), 'user: Beside']);
      assert.equal(await json<Moment[]>(world, ['log', id]), before);
    });
    await check('what a subagent said is kept with the session it works for', async () => {
      const script = [{ write: 'sub.txt', content: 'sub\n' }, { say: 'Sub done.' }];
      const steps = [{ agent: script, asked: 'Write one more' }, { say: 'It is done.' }];
      const { sessionId } = await driver.prompt(steps, { text: 'Have it written' });
      assert.is(world.files()['sub.txt'], 'sub\n');
      const kept = gitText(storeOf(world), [
        'ls-tree',
        '-r',
        '--name-only',
        `${sessionId}:transcript`,
      ]);
      assert.match(kept, /subagents\/[^\n]*jsonl/);
      rmSync(join(world.project, 'sub.txt'));
    });
    await check('what it has lost comes back from the store', async () => {
      await journey.lose();
      const { conversation, written } = await journey.goOn([id], 'Again');
      assert.ok(written !== null && existsSync(written));
      assert.equal(conversation.slice(0, 5), [...journey.told(1), 'user: Another way']);
      assert.is(conversation.at(-1), 'user: Again');
    });
    await check('killed in a call, it goes on with nothing left open', async () => {
      await killed(world, driver);
      const [newest] = await json<{ id: string }[]>(world, ['list']);
      const { conversation } = await journey.goOn([newest?.id ?? ''], 'And now?');
      assert.equal(conversation, ['user: Take your time', ...traveller.afterCut, 'user: And now?']);
    });
    await check('without the connection the settings are as they were', async () => {
      assert.is.not(driver.settings(), traveller.member.settingsText);
      await json(world, ['connect', '--remove', traveller.name]);
      assert.is(driver.settings(), traveller.member.settingsText);
    });
    await check('the store is sound', () => assertFsckClean(storeOf(world)));
  });
}

async function assertMoments(world: World, session: string): Promise<void> {
  const moments = await json<Moment[]>(world, ['log', session]);
  const told = moments.filter(({ kind }) => kind !== 'manual').reverse();
  assert.equal(
    told.map(({ kind, turn }) => `${kind} ${turn}`),
    MOMENTS,
  );
  const at = (kind: string, turn: number) => {
    const moment = told.find((one) => one.kind === kind && one.turn === turn);
    return filesAt(storeOf(world), moment?.id ?? '');
  };
  assert.equal(at('tool', 1), {});
  assert.equal(at('turn', 1), { 'a.txt': 'one\n' });
  assert.equal(at('turn', 2), { 'a.txt': 'two\n' });
  assert.equal(at('tool', 3), { 'a.txt': 'two\n' });
  assert.equal(at('turn', 3), {});
}

async function killed(world: World, driver: FamilyDriver): Promise<void> {
  const began = join(world.project, 'began');
  const run = driver.start([runWhile('began'), { say: 'never said' }], { text: 'Take your time' });
  await waitFor('the command to begin', () => existsSync(began));
  await run.kill();
  rmSync(began);
}
