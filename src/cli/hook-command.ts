// The command line that agents run at their events. It names this very gsess and the node that runs it by absolute paths, because an
// agent may have another PATH than the shell that connected it.

import process from 'node:process';
import { shellQuote } from '../agents/shell-line.ts';
import { MAIN_FILE } from './main-file.ts';

/** The words of this very gsess running a slash command. */
export const SLASH_COMMAND: readonly string[] = [process.execPath, MAIN_FILE, 'slash'];

/** For sh. Without the extra certificates node starts several times faster, and a hook talks to no one. */
export function hookCommand(agent: string): string {
  const words = [process.execPath, MAIN_FILE].map(shellQuote).join(' ');
  return `NODE_EXTRA_CA_CERTS= ${words} hook ${agent}`;
}
