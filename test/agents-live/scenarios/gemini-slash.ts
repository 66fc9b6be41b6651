// Slash commands of gsess, typed in the real Gemini CLI.

import { FamilyDriver, GEMINI } from '../family-driver.ts';
import type { Scenario } from '../scenario.ts';
import { typeCommands } from '../slash-journey.ts';
import { withWorld } from '../world.ts';

export const scenario: Scenario = {
  title: 'Gemini CLI has the slash commands of gsess',
  needs: 'gemini',
  run: (check, agents) =>
    withWorld(agents, (world) => {
      const { home, project, environment, model } = world;
      const program = agents.programs.gemini ?? 'gemini';
      const setup = { program, home, project, environment, modelUrl: model.url };
      const driver = new FamilyDriver(setup, GEMINI);
      return typeCommands(check, world, {
        name: 'gemini',
        prefix: '/gsess:',
        shown: 'at once',
        isTold: true,
        directory: '.gemini',
        settings: () => driver.settings(),
        prompt: (text, resume) => driver.prompt(text, resume === undefined ? {} : { resume }),
        prepare: () => undefined,
      });
    }),
};
