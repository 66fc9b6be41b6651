// A key as the browser knows it: one name for each, however a terminal sends it, and the text it types if it types any.

export interface KeyPress {
  /** `up`, `enter`, `ctrl+a`, or the character itself; `text` for several at once, as when something is pasted. */
  readonly name: string;
  /** What it would put into a line that is being typed; empty for a key that moves or acts. */
  readonly text: string;
}

/** What ink tells of a key: its text, and which of these it is. */
export interface TerminalKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

const NAMES = {
  upArrow: 'up',
  downArrow: 'down',
  leftArrow: 'left',
  rightArrow: 'right',
  pageUp: 'pageup',
  pageDown: 'pagedown',
  home: 'home',
  end: 'end',
  return: 'enter',
  escape: 'escape',
  tab: 'tab',
  // Most terminals send for Backspace what others send for Delete, and nobody misses the latter here.
  backspace: 'backspace',
  delete: 'backspace',
} as const satisfies Partial<Record<keyof TerminalKey, string>>;

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** The key; undefined for one that means nothing here. */
export function keyPressOf(input: string, key: TerminalKey): KeyPress | undefined {
  for (const [flag, name] of Object.entries(NAMES)) {
    if (key[flag as keyof typeof NAMES]) return { name, text: '' };
  }
  if (key.ctrl) return /^[a-z]$/.test(input) ? { name: `ctrl+${input}`, text: '' } : undefined;
  if (key.meta) return undefined;
  // What is pasted may have lines; they become one.
  const text = input.replace(CONTROLS, ' ');
  if (text === '') return undefined;
  if (text === ' ') return { name: 'space', text };
  return { name: [...text].length === 1 ? text : 'text', text };
}

/** How a key is called on the screen. */
export function keyLabel(name: string): string {
  const signs: Readonly<Record<string, string>> = { up: '↑', down: '↓', left: '←', right: '→' };
  return signs[name] ?? name;
}
