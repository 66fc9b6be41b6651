// The command line that agents run at their events. It names this very gsess and the node that runs it by absolute paths, because an
// agent may have another PATH than the shell that connected it.

import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { shellQuote } from '../agents/shell-line.ts';

/** For sh. Without the extra certificates node starts several times faster, and a hook talks to no one. */
export function hookCommand(agent: string): string {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const words = [process.execPath, main].map(shellQuote).join(' ');
  return `NODE_EXTRA_CA_CERTS= ${words} hook ${agent}`;
}
