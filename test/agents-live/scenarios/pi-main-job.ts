// pi, through its extension.

import { agentMainJob, loseFiles } from '../agent-main-job.ts';
import { PiDriver } from '../pi-driver.ts';

export const scenario = agentMainJob({
  name: 'pi',
  title: 'pi is captured, restored, gone back in, forked and brought back',
  tools: { write: 'write', edit: 'edit', run: 'bash' },
  hasSubagents: false,
  way: 'connected',
  brokenOff: ['call: bash', 'result: error'],
  driver: ({ home, project, environment, model }, program) =>
    new PiDriver({ program, home, project, environment, modelUrl: model.url }),
  lose: loseFiles,
});
