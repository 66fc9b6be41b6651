// One of several processes that capture at once, each as a hook would: the settings and places are those of the program.
//
//     node capture-child.js DIRECTORY NATIVE-ID LABEL COUNT
//
// Before each capture it writes `LABEL.txt` in the directory, so that each checkpoint can be told by what it must hold.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext } from '../../src/cli/context.ts';
import { silentOutput } from '../../src/cli/silent-output.ts';
import { capture } from '../../src/session/capture.ts';

const [, , cwd = '', nativeId = '', label = '', count = '0'] = process.argv;
const context = createContext({ output: silentOutput() });
// Eight at once on a busy machine may wait longer for their turn than a hook would; none of them may lose anything.
const surroundings = { ...context.surroundings, lockWaitMs: 60_000 };
for (let number = 1; number <= Number(count); number += 1) {
  const subject = `${label} ${number}`;
  writeFileSync(join(cwd, `${label}.txt`), `${subject}\n`);
  const event = {
    agent: 'claude',
    nativeId,
    cwd,
    kind: 'prompt',
    subject,
    prompt: subject,
  } as const;
  const { checkpoint, warnings } = await capture(event, surroundings);
  if (warnings.length > 0) throw new Error(warnings.join('; '));
  process.stdout.write(`${subject}\t${checkpoint}\n`);
}
