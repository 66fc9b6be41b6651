// Slash commands of gsess, typed in the real Claude Code.

import type { Scenario } from '../scenario.ts';
import { typeCommands } from '../slash-journey.ts';
import { withWorld } from '../world.ts';

export const scenario: Scenario = {
  title: 'Claude Code has the slash commands of gsess',
  needs: 'claude',
  run: (check, agents) =>
    withWorld(agents, (world) => {
      const { claude } = world;
      return typeCommands(check, world, {
        name: 'claude',
        prefix: '/gsess:',
        shown: 'at once',
        isTold: true,
        directory: '.claude',
        settings: () => claude.settings(),
        prompt: (text, resume) => claude.prompt(text, resume === undefined ? {} : { resume }),
        prepare: () => undefined,
      });
    }),
};
