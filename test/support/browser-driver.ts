// The browser through ink's own streams: a keyboard and a screen that are only said to be a terminal's, over a real store. What is on the
// screen is waited for, never a time.

import { PassThrough } from 'node:stream';
import { BrowserDesk } from '../../src/cli/browser/browser-desk.ts';
import { captureOutput } from '../../src/cli/browser/captured-output.ts';
import { openPlace } from '../../src/cli/workspace.ts';
import type { Outcome } from '../../src/ui/browser-state.ts';
import { FrameWriter } from '../../src/ui/frame-writer.ts';
import { createPaint } from '../../src/ui/paint.ts';
import { runBrowser } from '../../src/ui/run-browser.ts';
import { type CommandPlace, contextOf } from './run-command.ts';
import { ScreenEmulator } from './screen-emulator.ts';

const KEYS: Readonly<Record<string, string>> = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pagedown: '\u001b[6~',
  pageup: '\u001b[5~',
  home: '\u001b[H',
  end: '\u001b[F',
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  backspace: '\u007f',
  space: ' ',
};
const WAIT_MS = 10_000;

export interface DrivenBrowser {
  readonly screen: ScreenEmulator;
  /** One key after another; a word that is no key is typed as it is. */
  press(...keys: readonly string[]): Promise<void>;
  /** Waits until the screen has it; returns the screen. */
  shows(what: RegExp): Promise<string>;
  resize(columns: number, rows: number): void;
  readonly outcome: Promise<Outcome>;
}

export interface BrowserDriverOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly colour?: boolean;
  readonly branch?: string;
}

/** Opens it, and leaves it afterwards if it is still open. */
export async function withBrowser(
  place: CommandPlace,
  use: (browser: DrivenBrowser) => Promise<void>,
  { columns = 80, rows = 24, colour = false, branch }: BrowserDriverOptions = {},
): Promise<void> {
  const screen = new ScreenEmulator();
  const writer = new FrameWriter((text) => screen.write(text));
  const keyboard = fakeKeyboard();
  const captured = captureOutput({ columns, colour });
  const context = contextOf(place, captured.output, { session: undefined });
  const opened = openPlace(context);
  const desk = new BrowserDesk({ context, captured, place: opened });
  const size = { columns, rows };
  let onResize: () => void = () => undefined;
  const outcome = runBrowser({
    terminal: {
      stdin: keyboard as unknown as NodeJS.ReadStream,
      size: () => size,
      onResize: (listener) => {
        onResize = listener;
      },
    },
    writer,
    paint: createPaint(colour),
    place: {
      project: 'project',
      branch,
      newest: opened.store.newestSessions(rows).map((session) => ({ session, project: null })),
      now: context.surroundings.now(),
    },
    desk,
  });
  const shows = async (what: RegExp) => {
    const until = Date.now() + WAIT_MS;
    while (!what.test(screen.text)) {
      if (Date.now() > until) throw new Error(`${what} is not on the screen:\n${screen.text}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return screen.text;
  };
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) {
      keyboard.write(bytesOf(key));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  let isOver = false;
  const ended = outcome.finally(() => {
    isOver = true;
  });
  // It is looked at where it is waited for.
  ended.catch(() => undefined);
  try {
    // The keys are known once everything else is there.
    await shows(/\? keys · →/);
    await use({
      screen,
      press,
      shows,
      resize: (to, high) => {
        Object.assign(size, { columns: to, rows: high });
        onResize();
      },
      outcome,
    });
  } finally {
    if (!isOver) await press('ctrl+c');
    await ended;
    writer.close();
  }
}

function bytesOf(key: string): string {
  const control = /^ctrl\+([a-z])$/.exec(key)?.[1];
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) - 96);
  return KEYS[key] ?? key;
}

function fakeKeyboard(): PassThrough {
  return Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
  });
}
