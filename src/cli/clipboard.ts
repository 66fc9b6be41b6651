// Puts a text on the clipboard of the desktop, where a program for that is there. It is a convenience: whatever goes wrong with it is no
// failure, and only where it surely worked is it told. Terminals could be asked too (OSC 52), but they do not answer.

import { spawnSync } from 'node:child_process';
import { findProgram } from './find-program.ts';

export interface ClipboardPlace {
  readonly platform: NodeJS.Platform;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Directories whose programs are not trusted. */
  readonly projects: readonly string[];
}

type Program = readonly [name: string, ...args: string[]];

const TIME_MAX_MS = 2000;

/** The programs that can do it here, by the names they are looked up by, the likeliest first. */
export function clipboardPrograms({
  platform,
  variables,
}: Pick<ClipboardPlace, 'platform' | 'variables'>): readonly Program[] {
  if (platform === 'darwin') return [['pbcopy']];
  if (platform === 'win32') return [['clip.exe']];
  return [
    ...(variables['WAYLAND_DISPLAY'] ? [['wl-copy'] as const] : []),
    ...(variables['DISPLAY']
      ? ([
          ['xclip', '-selection', 'clipboard'],
          ['xsel', '--clipboard', '--input'],
        ] as const)
      : []),
  ];
}

/** True only where a program took the text and said that all was well. */
export function copyToClipboard(text: string, place: ClipboardPlace): boolean {
  const { variables, projects } = place;
  return clipboardPrograms(place).some(([name, ...args]) => {
    const program = findProgram(name, variables['PATH'], projects);
    if (program === undefined) return false;
    const { status, error } = spawnSync(program, args, {
      input: text,
      stdio: ['pipe', 'ignore', 'ignore'],
      timeout: TIME_MAX_MS,
      env: variables,
    });
    return error === undefined && status === 0;
  });
}
