// Stands for an agent: a process that lives through its session and starts a gsess hook for each event it is told of. gsess takes a
// session for live while this runs. One request a line on standard input, one answer a line on standard output.
//
//     node agent-process.js PROGRAM        `PROGRAM hook claude` is what it starts

import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface HookAnswer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

const [, , program = ''] = process.argv;

for await (const line of createInterface({ input: process.stdin })) {
  const startedAt = performance.now();
  const { cwd, payload } = JSON.parse(line) as { cwd: string; payload: object };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'hook', 'claude'], {
    cwd,
    input: JSON.stringify(payload),
    encoding: 'utf8',
  });
  const answer: HookAnswer = { status, stdout, stderr, ms: performance.now() - startedAt };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
