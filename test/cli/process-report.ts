// A child of the tests: prints who it thinks started it.

import { createProcessTable } from '../../src/machine/process-table.ts';

const table = createProcessTable();
console.log(
  JSON.stringify({
    self: table.self,
    agent: table.agentAncestor(),
    ancestors: table.ancestors().map(({ pid }) => pid),
  }),
);
