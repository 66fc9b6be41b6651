// Runs one sweep in a process of its own, so that nothing of an attempt stays with the tests.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultControl } from '../support/fault-shim.ts';
import type { CrashSweepOptions, SweepReport } from './crash-sweep.ts';
import type { ErrorSweepOptions } from './error-sweep.ts';
import type { LostPagesOptions } from './lost-pages.ts';
import { withSceneDirectory } from './scene.ts';
import type { VerbName } from './verbs.ts';

export type SweepOptions =
  | ({ readonly sweep: 'crashes' } & CrashSweepOptions)
  | ({ readonly sweep: 'errors' } & ErrorSweepOptions)
  | ({ readonly sweep: 'lost pages' } & LostPagesOptions);

const CHILD = fileURLToPath(new URL('./sweep-child.js', import.meta.url));

export function runSweep(verb: VerbName, options: SweepOptions): Promise<SweepReport> {
  return withSceneDirectory(async (directory) => {
    const control = FaultControl.create(directory, { roots: [join(directory, 'user')] });
    if (control === undefined) throw new Error('faults cannot be made here');
    const child = spawn(process.execPath, [CHILD, directory, verb, JSON.stringify(options)], {
      env: { PATH: process.env['PATH'] ?? '', TMPDIR: directory, ...control.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    if (code !== 0) throw new Error(`the sweep of ${verb} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as SweepReport;
  });
}
