// Slash commands of gsess, typed in the real Codex.

import { existsSync, readFileSync } from 'node:fs';
import type { Scenario } from '../scenario.ts';
import { typeCommands } from '../slash-journey.ts';
import { withWorld } from '../world.ts';

export const scenario: Scenario = {
  title: 'Codex has the slash commands of gsess',
  needs: 'codex',
  run: (check, agents) =>
    withWorld(agents, (world) => {
      const { codex } = world;
      const settings = () =>
        existsSync(codex.hooksPath) ? readFileSync(codex.hooksPath, 'utf8') : undefined;
      return typeCommands(check, world, {
        name: 'codex',
        prefix: '$gsess /',
        shown: 'never',
        isTold: true,
        directory: '.codex',
        settings,
        prompt: (text, resume) => codex.prompt(text, resume === undefined ? {} : { resume }),
        prepare: () => undefined,
      });
    }),
};
