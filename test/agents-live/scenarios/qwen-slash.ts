// Slash commands of gsess, typed in the real Qwen Code.

import { FamilyDriver, QWEN } from '../family-driver.ts';
import type { Scenario } from '../scenario.ts';
import { typeCommands } from '../slash-journey.ts';
import { withWorld } from '../world.ts';

export const scenario: Scenario = {
  title: 'Qwen Code has the slash commands of gsess',
  needs: 'qwen',
  run: (check, agents) =>
    withWorld(agents, (world) => {
      const { home, project, environment, model } = world;
      const program = agents.programs.qwen ?? 'qwen';
      const setup = { program, home, project, environment, modelUrl: model.url };
      const driver = new FamilyDriver(setup, QWEN);
      return typeCommands(check, world, {
        name: 'qwen',
        prefix: '/gsess:',
        shown: 'never',
        isTold: true,
        directory: '.qwen',
        settings: () => driver.settings(),
        prompt: (text, resume) => driver.prompt(text, resume === undefined ? {} : { resume }),
        prepare: () => undefined,
      });
    }),
};
