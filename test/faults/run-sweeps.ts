// Runs the sweeps of one verb in a process of its own, which is under fault control and leaves nothing of an attempt with the tests.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaultControl } from '../support/fault-shim.ts';
import { withSceneDirectory } from './scene.ts';
import type { SweepReports, SweepSize } from './sweep-report.ts';
import type { VerbName } from './verbs.ts';

const CHILD = fileURLToPath(new URL('./sweep-child.js', import.meta.url));

export function runSweeps(verb: VerbName, size: SweepSize): Promise<SweepReports> {
  return withSceneDirectory(async (directory) => {
    const control = FaultControl.create(directory, { roots: [join(directory, 'user')] });
    if (control === undefined) throw new Error('faults cannot be made here');
    const child = spawn(process.execPath, [CHILD, directory, verb, JSON.stringify(size)], {
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
    if (code !== 0) throw new Error(`the sweeps of ${verb} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as SweepReports;
  });
}
