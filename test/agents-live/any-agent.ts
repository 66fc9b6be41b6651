// All agents that can be had, each driven the same way: a prompt, in a new session or in the one that a command of gsess leads to.

import type { Turn } from './agent-run.ts';
import { FamilyDriver, type FamilyMember, GEMINI, QWEN } from './family-driver.ts';
import type { AgentName, InstalledAgents } from './install-agents.ts';
import type { Reply } from './model-script.ts';
import { OpencodeDriver } from './opencode-driver.ts';
import { PiDriver } from './pi-driver.ts';
import type { World } from './world.ts';

export interface AnyAgent {
  /** Runs one turn to its end; `resume` is what stands after the program in a command that takes a session up. */
  prompt(
    script: string | readonly Reply[],
    options: { readonly text: string; readonly resume?: readonly string[] },
  ): Promise<Turn>;
  /** The words that go on with a session of its own. */
  wordsFor(nativeId: string): readonly string[];
  /** Runs a command that has to come before. */
  before(words: readonly string[]): void;
}

/** Those that can be started for one prompt without a screen. */
export type OneShotAgent = Exclude<AgentName, 'nanocoder'>;

export function anyAgents(
  world: World,
  agents: InstalledAgents,
): Readonly<Record<OneShotAgent, AnyAgent>> {
  const { home, project, environment, model } = world;
  const setupOf = (name: AgentName) => {
    const program = agents.programs[name] ?? name;
    return { program, home, project, environment, modelUrl: model.url };
  };
  const flagged = (driver: {
    prompt(
      script: string | readonly Reply[],
      options: { readonly text: string; readonly resume?: string },
    ): Promise<Turn>;
  }): AnyAgent => ({
    prompt: (script, { text, resume }) => {
      const id = resume?.at(-1);
      return driver.prompt(script, id === undefined ? { text } : { text, resume: id });
    },
    wordsFor: (nativeId) => [nativeId],
    before: needsNothing,
  });
  const family = (name: AgentName, member: FamilyMember) =>
    flagged(new FamilyDriver(setupOf(name), member));
  const opencode = new OpencodeDriver(setupOf('opencode'));
  const pi = new PiDriver(setupOf('pi'));
  return {
    claude: flagged(world.claude),
    codex: flagged(world.codex),
    gemini: family('gemini', GEMINI),
    qwen: family('qwen', QWEN),
    pi: {
      prompt: (script, options) => pi.start(script, options).done,
      wordsFor: (nativeId) => ['--session', nativeId],
      before: needsNothing,
    },
    opencode: {
      prompt: (script, options) => opencode.start(script, options).done,
      wordsFor: (nativeId) => ['--session', nativeId],
      before: (words) => void opencode.command(words.slice(1)),
    },
  };
}

function needsNothing(words: readonly string[]): void {
  throw new Error(`nothing has to come before, such as '${words.join(' ')}'`);
}
