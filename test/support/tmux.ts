// A terminal that is driven by keys alone and looked at as a person would: tmux, with a server of its own that knows nobody's settings.

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GSESS_PROGRAM, type SealedUser } from './run-gsess.ts';

const WAIT_MS = 20_000;
const LOOK_MS = 20;
/** The shell waits. */
export const PROMPT = /^\$ ?$/m;

export interface TmuxTerminal {
  /** Keys as tmux calls them, or text; one after another. */
  press(...keys: readonly string[]): void;
  /** Waits until the screen has it; returns the screen. */
  shows(what: RegExp): Promise<string>;
}

export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0;
}

/** A shell in the project of the user, where `gsess` is the program. */
export async function withTmux(
  user: SealedUser,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  use: (terminal: TmuxTerminal) => Promise<void>,
): Promise<void> {
  const socket = join(user.directory, 'tmux');
  const env = { ...user.environment, LC_ALL: 'C.UTF-8', PS1: '$ ', GSESS: GSESS_PROGRAM };
  const tmux = (...words: readonly string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...words], {
      env,
      cwd: user.project,
      encoding: 'utf8',
    });
  const size = ['-x', String(columns), '-y', String(rows)];
  const shell = `gsess() { '${process.execPath}' "$GSESS" "$@"; }; export PS1='$ '`;
  tmux('new-session', '-d', '-s', 'test', ...size, '/bin/sh');
  const shows = async (what: RegExp) => {
    const until = Date.now() + WAIT_MS;
    for (;;) {
      const shown = tmux('capture-pane', '-p', '-t', 'test');
      if (what.test(shown)) return shown;
      if (Date.now() > until) throw new Error(`${what} is not on the screen:\n${shown}`);
      await pause(LOOK_MS);
    }
  };
  const press = (...keys: readonly string[]) => {
    for (const key of keys) tmux('send-keys', '-t', 'test', key);
  };
  try {
    await shows(/^[$#%] ?$/m);
    press(`${shell}; clear; echo ready`, 'Enter');
    await shows(/^ready\n/);
    press('clear', 'Enter');
    await shows(/^\$ ?\n/);
    await use({ press, shows });
  } finally {
    tmux('kill-server');
  }
}
