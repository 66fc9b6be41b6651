// What our hooks cost a turn of the real Claude: the same script with and without them. Reports; a limit would say more of the
// machine than of gsess.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Reply } from '../model-script.ts';
import type { Scenario } from '../scenario.ts';
import { type World, withWorld } from '../world.ts';

const TURNS = 3;
const CALLS = 5;
const FILES = 300;
/** Before the prompt and after the answer, and two of each call. */
const HOOKS_A_TURN = 2 + 2 * CALLS;

const SCRIPT: readonly Reply[] = [
  ...Array.from({ length: CALLS }, (_, index) => ({
    write: `written-${index}.txt`,
    content: `${index}\n`,
  })),
  { say: 'Done.' },
];

/** Milliseconds a turn takes, the least of several. */
async function measure({ claude }: World): Promise<number> {
  const talk = claude.converse();
  await talk.say('Warm up');
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const startedAt = performance.now();
    await talk.say(SCRIPT, `Turn ${turn}`);
    least = Math.min(least, performance.now() - startedAt);
  }
  await talk.close();
  return Math.round(least);
}

export const scenario: Scenario = {
  title: 'What the hooks cost',
  needs: 'claude',
  run: (check, agents) =>
    withWorld(agents, async (world) => {
      for (let index = 0; index < FILES; index += 1) {
        writeFileSync(join(world.project, `file-${index}.txt`), `${index}\n`);
      }
      const without = await check('a turn without them', () => measure(world));
      const outcome = await world.gsess(['connect', 'claude', '--json']);
      assert.is(outcome.status, 0, outcome.stderr);
      const withHooks = await check('a turn with them', () => measure(world));
      await check(
        `${without} ms without, ${withHooks} ms with: ${Math.round((withHooks - without) / HOOKS_A_TURN)} ms a hook`,
        () => assert.ok(withHooks > 0),
      );
    }),
};
