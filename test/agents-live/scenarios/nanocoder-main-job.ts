// Nanocoder, which has no hooks and saves no session without its screen: it is driven in a terminal, and watched.

import { agentMainJob, loseFiles } from '../agent-main-job.ts';
import { NanocoderDriver } from '../nanocoder-driver.ts';

export const scenario = agentMainJob({
  name: 'nanocoder',
  title: 'Nanocoder is watched, restored, gone back in, forked and brought back',
  tools: { write: 'write_file', edit: 'string_replace', run: 'execute_bash', read: 'read_file' },
  hasSubagents: false,
  way: 'watched',
  // What it is sent has no mark of an error.
  brokenOff: ['call: execute_bash', 'result: ok'],
  driver: ({ home, project, environment, model }, program) =>
    new NanocoderDriver({ program, home, project, environment, modelUrl: model.url }),
  lose: loseFiles,
});
