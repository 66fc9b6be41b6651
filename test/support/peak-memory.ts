// The most memory a run of gsess took, told by the process itself at its end.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GsessOptions, GsessOutcome, SealedUser } from './run-gsess.ts';

const TELL = `process.on('exit', () => require('node:fs').writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));\n`;

export interface MeasuredOutcome extends GsessOutcome {
  readonly peakBytes: number;
  readonly milliseconds: number;
}

export function runMeasured(
  user: SealedUser,
  args: readonly string[],
  options: GsessOptions = {},
): MeasuredOutcome {
  const teller = join(user.directory, 'peak-memory.cjs');
  const told = join(user.directory, 'peak-memory');
  writeFileSync(teller, TELL);
  const environment = {
    ...options.environment,
    NODE_OPTIONS: `--require=${teller}`,
    PEAK_FILE: told,
  };
  const since = performance.now();
  const outcome = user.run(args, { ...options, environment });
  const milliseconds = performance.now() - since;
  return { ...outcome, milliseconds, peakBytes: Number(readFileSync(told, 'utf8')) * 1024 };
}
