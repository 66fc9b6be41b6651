// opencode, through its plugin. It keeps its sessions in a database, so what it is given back goes through its own import.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { agentMainJob } from '../agent-main-job.ts';
import { OpencodeDriver } from '../opencode-driver.ts';

export const scenario = agentMainJob({
  name: 'opencode',
  title: 'opencode is captured, restored, gone back in, forked and brought back',
  tools: { write: 'write', edit: 'edit', run: 'bash' },
  hasSubagents: true,
  way: 'connected',
  brokenOff: ['call: bash', 'result: error'],
  driver: ({ home, project, environment, model }, program) =>
    new OpencodeDriver({ program, home, project, environment, modelUrl: model.url }),
  lose: async ({ home, data }) => {
    for (const path of [join(home, '.local', 'share', 'opencode'), join(data, 'copies')]) {
      rmSync(path, { recursive: true, force: true });
    }
  },
});
