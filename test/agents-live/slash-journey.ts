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
  /** Whether a headless run shows what a hook answered: by itself, or by the model that is given it. */
  readonly shown: 'at once' | 'by the model' | 'never';
  /** Whether it takes context for the model from a hook. */
  readonly isTold: boolean;
  /** Where the agent keeps its settings and commands, below the home directory. */
  readonly directory: string;
  /** The text of the file it is connected by, or none. */
  settings(): string | undefined;
  prompt(text: string, resume?: string): Promise<Turn>;
  /** Runs what has to be run before it resumes. */
  prepare(words: readonly string[]): void;
}

const TAG = 'before $(touch pwned) `touch pwned`';

interface Ready {
  readonly nativeId: string;
  readonly before: readonly (readonly string[])[];
}

interface Tag {
  readonly name: string;
  readonly turn: number;
}

export async function typeCommands(check: Check, world: World, typist: Typist): Promise<void> {
  const { name, prefix, shown, directory, prompt } = typist;
  const settings = join(world.home, directory);
  const before = typist.settings();
  await json(world, ['connect', name]);
  const type = async (line: string, resume?: string) => {
    const from = world.model.requests().length;
    const turn = await prompt(`${prefix}${line}`, resume);
    assert.is(turn.status, 0, turn.stderr);
    const asked = world.model.requests(from);
    if (shown === 'by the model')
      return asked.flatMap(({ conversation }) => conversation).join('\n');
    assert.equal(asked, [], 'the model is not asked');
    return turn.said;
  };
  const shows = (said: string, wanted: string) => {
    if (shown !== 'never') assert.ok(said.includes(wanted), `'${said}' does not say '${wanted}'`);
  };

  const first = await check(
    `${name} goes on as ever, and is told of gsess where it can be`,
    async () => {
      const turn = await prompt('What is one?');
      assert.is(turn.said, 'Heard: What is one?', turn.stderr);
      const asked = JSON.stringify(world.model.requests());
      assert.is(asked.includes('gsess keeps this session'), typist.isTold, 'the model is told');
      const [session] = await json<{ title: string; turns: number }[]>(world, ['list']);
      assert.equal([session?.title, session?.turns], ['What is one?', 1]);
      return turn;
    },
  );

  await check('a tag is saved and listed, whatever it is called', async () => {
    const saved = await type(`chat save ${TAG}`, first.sessionId);
    shows(saved, `'${TAG}' is `);
    const tags = await json<Tag[]>(world, ['tag', '--list']);
    assert.equal(
      tags.map((tag) => [tag.name, tag.turn]),
      [[TAG, 1]],
    );
    shows(await type('chat list', first.sessionId), TAG);
    assert.not(existsSync(join(world.project, 'pwned')));
  });

  await check('what needs a yes is not done, and says how to say yes', async () => {
    const asked = await type(`chat delete ${TAG}`, first.sessionId);
    shows(asked, `/chat delete ${TAG} --force`);
    assert.is((await json<Tag[]>(world, ['tag', '--list'])).length, 1);
  });

  await check('the conversation goes back to the tag, and is brought back there', async () => {
    const second = await prompt('And two?', first.sessionId);
    assert.is(second.said, 'Heard: And two?');
    await type(`chat resume ${TAG}`, first.sessionId);
    const { nativeId, before: steps } = await json<Ready>(world, ['resume', '1', '--print']);
    for (const words of steps) typist.prepare(words);
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
