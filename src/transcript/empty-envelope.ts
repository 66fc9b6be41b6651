// The state of a session of which nothing was put down. Apart from the schema, which not everybody needs who needs this.

import type { Envelope } from './envelope.ts';

export const EMPTY_ENVELOPE: Envelope = {
  files: { history: [], attributions: [], replacements: [] },
  collapse: { commits: [], snapshot: null },
  identity: {
    agentName: null,
    agentColor: null,
    agentSetting: null,
    customTitle: null,
    aiTitle: null,
    tag: null,
    mode: null,
  },
  permission: { mode: null, isolationLatch: null },
  workspace: { worktree: null, pullRequest: null },
  bridge: { session: null, lastSequence: null },
  goal: null,
};
