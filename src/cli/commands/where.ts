// gsess where: the directories of this project's store, of all stores, and of the settings.

import { locateProject } from '../../session/project.ts';
import { defineCommand } from '../command.ts';
import { whyNothing } from '../run-recording.ts';
import { renderPairs } from '../table.ts';

export const where = defineCommand({
  name: 'where',
  summary: 'print where the sessions of this project are kept',
  details: `The store is an ordinary bare git repository outside the project. It is made at the first
    event of an agent, so the directory may not exist yet.`,
  examples: [
    { command: 'gsess where', description: 'print the directories' },
    { command: 'gsess where --json', description: 'print them for a program' },
  ],
  run: async (context) => {
    const { data, config } = context.directories;
    const { storeDirectory } = locateProject(context.cwd, context.surroundings);
    const recording = whyNothing(context) === undefined;
    await context.output.result({ store: storeDirectory, data, config, recording }, () =>
      renderPairs([
        ['store', storeDirectory],
        ['data', data],
        ['config', config],
      ]),
    );
  },
});
