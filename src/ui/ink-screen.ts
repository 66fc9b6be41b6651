// The one place that ink is used: it turns lines into a frame, and what comes from the keyboard into keys. It is loaded when a browser
// opens, after the first screen is painted, and bundled by itself with all that it brings along. The frames go to whoever opened it.

import { EventEmitter } from 'node:events';
import { Box, render, Text, useInput } from 'ink';
import { createElement, useRef } from 'react';
import { type KeyPress, keyPressesOf, pasteOf } from './key-press.ts';

/** What a terminal puts around a paste, as ink hands it on. */
const PASTE_BEGINS = '[200~';
const PASTE_ENDS = '[201~';

export interface InkFrame {
  readonly lines: readonly string[];
  readonly columns: number;
}

export interface InkScreenOptions extends InkFrame {
  /** The keyboard: a terminal, or a stream that says it is one. */
  readonly stdin: NodeJS.ReadStream;
  readonly onFrame: (lines: readonly string[]) => void;
  readonly onKey: (key: KeyPress) => void;
}

export interface InkScreen {
  show(lines: readonly string[], columns: number): void;
  close(): void;
  /** Rejects where something in the drawing failed. */
  readonly ended: Promise<void>;
}

interface ScreenProps extends InkFrame {
  readonly onKey: (key: KeyPress) => void;
}

/** Takes the keyboard from now on. */
export function openInkScreen(options: InkScreenOptions): InkScreen {
  const { stdin, onFrame, onKey } = options;
  const frames = new FrameStream(onFrame);
  frames.columns = options.columns;
  const screenOf = (lines: readonly string[], columns: number) =>
    createElement(LineScreen, { lines, columns, onKey });
  const instance = render(screenOf(options.lines, options.columns), {
    stdin,
    // Of a stream it uses no more than this one has.
    stdout: frames as unknown as NodeJS.WriteStream,
    stderr: frames as unknown as NodeJS.WriteStream,
    // Whole frames, each at once: which lines of them changed is found out by whoever paints them.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  });
  return {
    show: (lines, columns) => {
      frames.columns = columns;
      instance.rerender(screenOf(lines, columns));
    },
    close: () => {
      frames.isClosed = true;
      instance.unmount();
    },
    ended: instance.waitUntilExit().then(() => undefined),
  };
}

function LineScreen({ lines, columns, onKey }: ScreenProps) {
  const isPasting = useRef(false);
  useInput((input, key) => {
    if (input === PASTE_BEGINS || input === PASTE_ENDS) isPasting.current = input === PASTE_BEGINS;
    else if (isPasting.current) onKey(pasteOf(input));
    else for (const press of keyPressesOf(input, key)) onKey(press);
  });
  return createElement(
    Box,
    { flexDirection: 'column', width: columns },
    lines.map((line, row) =>
      // A row of the screen is known by its place.
      createElement(Text, { key: row, wrap: 'truncate' }, line === '' ? ' ' : line),
    ),
  );
}

/** What ink writes to: every write in its debug form is a whole frame. */
class FrameStream extends EventEmitter {
  readonly isTTY = false;
  readonly writable = true;
  columns = 80;
  isClosed = false;
  readonly #onFrame: (lines: readonly string[]) => void;

  constructor(onFrame: (lines: readonly string[]) => void) {
    super();
    this.#onFrame = onFrame;
  }

  write(frame: string, done?: () => void): boolean {
    if (!this.isClosed && frame !== '') this.#onFrame(frame.split('\n'));
    done?.();
    return true;
  }
}
