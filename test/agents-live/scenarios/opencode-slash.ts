// Slash commands of gsess, typed in the real opencode.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpencodeDriver } from '../opencode-driver.ts';
import type { Scenario } from '../scenario.ts';
import { typeCommands } from '../slash-journey.ts';
import { withWorld } from '../world.ts';

export const scenario: Scenario = {
  title: 'opencode has the slash commands of gsess',
  needs: 'opencode',
  run: (check, agents) =>
    withWorld(agents, (world) => {
      const { home, project, environment, model } = world;
      const program = agents.programs.opencode ?? 'opencode';
      const driver = new OpencodeDriver({
        program,
        home,
        project,
        environment,
        modelUrl: model.url,
      });
      const plugin = join(home, '.config', 'opencode', 'plugin', 'gsess.js');
      return typeCommands(check, world, {
        name: 'opencode',
        prefix: '/gsess/',
        shown: 'by the model',
        isTold: false,
        directory: '.config/opencode',
        settings: () => (existsSync(plugin) ? readFileSync(plugin, 'utf8') : undefined),
        prompt: (text, resume) =>
          driver.say(text, resume === undefined ? [] : ['--session', resume]),
        prepare: (words) => driver.command(words.slice(1)),
      });
    }),
};
