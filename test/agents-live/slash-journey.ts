// Slash commands of gsess typed inside a real agent: answered by the hook, without the model and without a shell, and not kept as turns.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assertFsckClean } from '../support/git-oracle.ts';
import type { Turn } from './agent-run.ts';
import { readJson as json, storeOf } from './captured-world.ts';
import type { AgentName } from './install-agents.ts';
import type { Check } from './scenario.ts';
import type { World } from './world.ts';

export interface Typist {
  readonly name: AgentName;
  /** In front of the name of a command. */
  readonly prefix: string;
  /** Whether a headless run shows what a hook answered. */
  readonly isShown: boolean;
  /** Where the agent keeps its settings and commands, below the home directory. */
  readonly directory: string;
  /** The text of the file it is connected by, or none. */
  settings(): string | undefined;
  prompt(text: string, resume?: string): Promise<Turn>;
}

const TAG = 'before $(touch pwned) `touch pwned`';

interface Tag {
  readonly name: string;
  readonly turn: number;
}

export async function typeCommands(check: Check, world: World, typist: Typist): Promise<void> {
  const { name, prefix, isShown, directory, prompt } = typist;
  const settings = join(world.home, directory);
  const before = typist.settings();
  await json(world, ['connect', name]);
  const type = async (line: string, resume?: string) => {
    const from = world.model.requests().length;
    const turn = await prompt(`${prefix}${line}`, resume);
    assert.is(turn.status, 0, turn.stderr);
    assert.equal(world.model.requests(from), [], 'the model is not asked');
    return turn;
  };
  const shows = (said: string, wanted: string) => {
    if (isShown) assert.ok(said.includes(wanted), `'${said}' does not say '${wanted}'`);
  };

  const first = await check(
    `${name} is told of gsess at the start, and goes on as ever`,
    async () => {
      const turn = await prompt('What is one?');
      assert.is(turn.said, 'Heard: What is one?', turn.stderr);
      const asked = JSON.stringify(world.model.requests());
      assert.ok(asked.includes('gsess keeps this session'), 'the model is told');
      const [session] = await json<{ title: string; turns: number }[]>(world, ['list']);
      assert.equal([session?.title, session?.turns], ['What is one?', 1]);
      return turn;
    },
  );

  await check('a tag is saved and listed, whatever it is called', async () => {
    const saved = await type(`chat save ${TAG}`, first.sessionId);
    shows(saved.said, `'${TAG}' is `);
    const tags = await json<Tag[]>(world, ['tag', '--list']);
    assert.equal(
      tags.map((tag) => [tag.name, tag.turn]),
      [[TAG, 1]],
    );
    shows((await type('chat list', first.sessionId)).said, TAG);
    assert.not(existsSync(join(world.project, 'pwned')));
  });

  await check('what needs a yes is not done, and says how to say yes', async () => {
    const asked = await type(`chat delete ${TAG}`, first.sessionId);
    shows(asked.said, `/chat delete ${TAG} --force`);
    assert.is((await json<Tag[]>(world, ['tag', '--list'])).length, 1);
  });

  await check('the conversation goes back to the tag, and is brought back there', async () => {
    const second = await prompt('And two?', first.sessionId);
    assert.is(second.said, 'Heard: And two?');
    await type(`chat resume ${TAG}`, first.sessionId);
    const { nativeId } = await json<{ nativeId: string }>(world, ['resume', '1', '--print']);
    assert.is.not(nativeId, first.sessionId);
    const from = world.model.requests().length;
    assert.is((await prompt('And now?', nativeId)).said, 'Heard: And now?');
    const asked = world.model.requests(from).find(({ tools }) => tools.length > 0);
    assert.equal(asked?.conversation, [
      'user: What is one?',
      'assistant: Heard: What is one?',
      'user: And now?',
    ]);
    assertFsckClean(storeOf(world));
  });

  await check('disconnecting takes commands and hooks out again', async () => {
    await json(world, ['connect', name, '--remove']);
    const left = existsSync(settings) ? filesNamed(settings, 'gsess') : [];
    assert.equal(left, []);
    assert.is(typist.settings(), before);
  });
}

function filesNamed(directory: string, name: string): readonly string[] {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => path.split('/').includes(name));
}
