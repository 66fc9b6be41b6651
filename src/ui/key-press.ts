// A key as the browser knows it: one name for each, however a terminal sends it, and the text it types if it types any.

export interface KeyPress {
  /** `up`, `enter`, `ctrl+a`, or the character itself; `paste` for what was pasted. */
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
const CONTROL = /^\p{Cc}$/u;
const SIGNS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007f': 'backspace',
};
const LETTERS_BEGIN = 96;

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The keys, one by one: who types fast, or far away, sends several at once. */
export function keyPressesOf(input: string, key: TerminalKey): readonly KeyPress[] {
  for (const [flag, name] of Object.entries(NAMES)) {
    if (key[flag as keyof typeof NAMES]) return [{ name, text: '' }];
  }
  if (key.ctrl) return /^[a-z]$/.test(input) ? [{ name: `ctrl+${input}`, text: '' }] : [];
  if (key.meta) return [];
  return [...characters.segment(input)].flatMap(({ segment }) => pressOf(segment) ?? []);
}

function pressOf(character: string): KeyPress | undefined {
  // A line break of two signs is one character.
  const name = SIGNS[character] ?? SIGNS[character[0] ?? ''];
  if (name !== undefined) return { name, text: '' };
  if (character === ' ') return { name: 'space', text: character };
  if (!CONTROL.test(character)) return { name: character, text: character };
  const letter = String.fromCharCode(character.charCodeAt(0) + LETTERS_BEGIN);
  return /^[a-z]$/.test(letter) ? { name: `ctrl+${letter}`, text: '' } : undefined;
}

/** What was pasted: text and no keys, whatever is in it. Its lines become one. */
export function pasteOf(input: string): KeyPress {
  return { name: 'paste', text: input.replace(CONTROLS, ' ') };
}

/** How a key is called on the screen. */
export function keyLabel(name: string): string {
  const signs: Readonly<Record<string, string>> = { up: '↑', down: '↓', left: '←', right: '→' };
  return signs[name] ?? name;
}
