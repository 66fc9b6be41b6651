// The `[…]` of an ignore pattern, as git reads it: ranges, `!` or `^` for the opposite, backslash escapes, POSIX names in `[:…:]`.
// A class is turned into one table of 256 answers, so that asking it costs an index. It does not know what stands around it.

export interface CharacterClass {
  /** 1 for each byte that belongs; a byte is asked for in lower case where case is ignored. */
  readonly members: Uint8Array;
  /** Where the pattern goes on, after the closing bracket. */
  readonly end: number;
}

const BYTE_COUNT = 256;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const DASH = 0x2d;
const SLASH = 0x2f;
const NO_PREVIOUS = -1;

/** What git's own tables say; its `space` has neither vertical tab nor form feed. */
const NAMED: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this class holds
  cntrl: /[\u0000-\u001f\u007f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** Reads the class that begins after the `[` at `start - 1`; undefined where git takes the whole pattern for malformed. */
export function parseCharacterClass(
  pattern: string,
  start: number,
  ignoreCase: boolean,
): CharacterClass | undefined {
  const members = new Uint8Array(BYTE_COUNT);
  const negated = pattern[start] === '!' || pattern[start] === '^';
  const first = negated ? start + 1 : start;
  let at = first;
  let previous = NO_PREVIOUS;
  while (at === first || pattern.charCodeAt(at) !== CLOSE) {
    const item = readItem(pattern, at, previous);
    if (item === undefined) return undefined;
    addItem(members, item, ignoreCase);
    previous = item.kind === 'character' ? item.code : NO_PREVIOUS;
    at = item.end;
  }
  const answers = negated ? members.map((member) => 1 - member) : members;
  answers[SLASH] = 0;
  return { members: answers, end: at + 1 };
}

type Item =
  | { readonly kind: 'character'; readonly code: number; readonly end: number }
  | { readonly kind: 'range'; readonly from: number; readonly to: number; readonly end: number }
  | { readonly kind: 'named'; readonly name: string; readonly end: number };

function readItem(pattern: string, at: number, previous: number): Item | undefined {
  if (at >= pattern.length) return undefined;
  const code = pattern.charCodeAt(at);
  if (code === BACKSLASH) return escaped(pattern, at);
  if (code === DASH && previous !== NO_PREVIOUS && at + 1 < pattern.length) {
    if (pattern.charCodeAt(at + 1) !== CLOSE) return readRange(pattern, at + 1, previous);
  }
  if (code === OPEN && pattern[at + 1] === ':') return readNamed(pattern, at);
  return { kind: 'character', code, end: at + 1 };
}

function escaped(pattern: string, at: number): Item | undefined {
  if (at + 1 >= pattern.length) return undefined;
  return { kind: 'character', code: pattern.charCodeAt(at + 1), end: at + 2 };
}

function readRange(pattern: string, at: number, from: number): Item | undefined {
  const to = pattern.charCodeAt(at);
  if (to !== BACKSLASH) return { kind: 'range', from, to, end: at + 1 };
  if (at + 1 >= pattern.length) return undefined;
  return { kind: 'range', from, to: pattern.charCodeAt(at + 1), end: at + 2 };
}

function readNamed(pattern: string, at: number): Item | undefined {
  const nameAt = at + 2;
  const close = pattern.indexOf(']', nameAt);
  if (close === -1) return undefined;
  if (close === nameAt || pattern[close - 1] !== ':') {
    return { kind: 'character', code: OPEN, end: at + 1 };
  }
  const name = pattern.slice(nameAt, close - 1);
  return Object.hasOwn(NAMED, name) ? { kind: 'named', name, end: close + 1 } : undefined;
}

function addItem(members: Uint8Array, item: Item, ignoreCase: boolean): void {
  if (item.kind === 'character') {
    members[item.code] = 1;
    return;
  }
  for (let code = 0; code < BYTE_COUNT; code += 1) {
    if (belongs(item, code)) members[code] = 1;
    // The byte asked for is in lower case by then, so what belongs in upper case is entered there. A single character is
    // not: git compares it as written, and `[A]` matches nothing where case is ignored.
    if (ignoreCase && isLower(code) && belongs(item, code - 32)) members[code] = 1;
  }
}

function belongs(item: Item, code: number): boolean {
  if (item.kind === 'range') return code >= item.from && code <= item.to;
  return item.kind === 'named' && NAMED[item.name]?.test(String.fromCharCode(code)) === true;
}

function isLower(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}
