// A child of the tests: asks for a yes, or with `read` reads its input, and prints what came of it.

import { createContext } from '../../src/cli/context.ts';
import { createProcessOutput } from '../../src/cli/process-output.ts';
import { GsessError } from '../../src/errors.ts';

const context = createContext({ output: createProcessOutput({ json: false, isColoured: true }) });
try {
  if (process.argv[2] === 'read') console.log(`${(await context.readInput(8)).length} bytes`);
  else console.log(`answer: ${await context.confirm('Do it\u0007?')}`);
} catch (error) {
  if (!(error instanceof GsessError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
