// Which shell a printed line will be pasted into, as far as the environment tells. Pure.

import { basename } from 'node:path';
import type { Shell } from '../agents/shell-line.ts';

export interface ShellSigns {
  readonly platform: NodeJS.Platform;
  /** `SHELL`: set by POSIX shells, on Windows too. */
  readonly shell: string | undefined;
  /** `PSModulePath`: PowerShell adds the user's own modules to what the system has. */
  readonly modulePath: string | undefined;
}

export function shellAtHand({ platform, shell, modulePath }: ShellSigns): Shell {
  if (shell !== undefined) {
    return /^(pwsh|powershell)(\.exe)?$/i.test(basename(shell)) ? 'powershell' : 'posix';
  }
  if (platform !== 'win32') return 'posix';
  return /Documents[\\/](Windows)?PowerShell[\\/]Modules/i.test(modulePath ?? '')
    ? 'powershell'
    : 'cmd';
}
