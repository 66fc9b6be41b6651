// Matches a path against git's wildcards. `?`, `*` and `[…]` stay within one component; `**` between slashes, or at an end,
// spans any number of them. Both are strings of bytes (latin1), and a path to be matched regardless of case comes in lower case.
//
// Never exponential: when a match fails, only the innermost `*` is retried, and then only the last `**`. That loses nothing. The
// earliest place where the text between two wildcards fits leaves the most for what follows, and text that holds a slash fits
// behind a `*` in one place only.

import { parseCharacterClass } from './character-class.ts';

export type PathMatcher = (path: string) => boolean;

const ANY = -1;
const STAR = -2;
/** A `**` that takes whole components and the slash behind them, or nothing. */
const COMPONENTS = -3;
const EVERYTHING = -4;
/** Class number n stands as `CLASS_BASE - n`; what is not negative is a byte to be met exactly. */
const CLASS_BASE = -5;

const SLASH = 0x2f;

interface Program {
  readonly steps: readonly number[];
  readonly classes: readonly Uint8Array[];
}

/** Makes the matcher of a pattern; undefined if the pattern is malformed and can match nothing. */
export function compileWildmatch(pattern: string, ignoreCase: boolean): PathMatcher | undefined {
  const program = compile(pattern, ignoreCase);
  return program === undefined ? undefined : (path) => run(program, path);
}

/** Turns the ASCII capitals of a byte string into small letters, as git does, and leaves every other byte. */
export function foldCase(bytes: string): string {
  return /[A-Z]/.test(bytes)
    ? bytes.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
    : bytes;
}

function compile(pattern: string, ignoreCase: boolean): Program | undefined {
  const steps: number[] = [];
  const classes: Uint8Array[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at];
    if (character === '*') {
      const { step, end } = readStars(pattern, at);
      steps.push(step);
      at = end;
    } else if (character === '[') {
      const found = parseCharacterClass(pattern, at + 1, ignoreCase);
      if (found === undefined) return undefined;
      steps.push(CLASS_BASE - classes.length);
      classes.push(found.members);
      at = found.end;
    } else if (character === '\\') {
      if (at + 1 >= pattern.length) return undefined;
      // As written, even where case is ignored: git does not fold an escaped letter, so a capital there matches nothing.
      steps.push(pattern.charCodeAt(at + 1));
      at += 2;
    } else {
      steps.push(character === '?' ? ANY : foldedCode(pattern, at, ignoreCase));
      at += 1;
    }
  }
  return { steps, classes };
}

function foldedCode(pattern: string, at: number, ignoreCase: boolean): number {
  const code = pattern.charCodeAt(at);
  return ignoreCase && code >= 0x41 && code <= 0x5a ? code + 32 : code;
}

function readStars(pattern: string, start: number): { step: number; end: number } {
  let end = start;
  while (pattern[end] === '*') end += 1;
  const opens = start === 0 || pattern[start - 1] === '/';
  if (end - start < 2 || !opens) return { step: STAR, end };
  if (pattern[end] === '/') return { step: COMPONENTS, end: end + 1 };
  if (end === pattern.length || pattern.startsWith('\\/', end)) return { step: EVERYTHING, end };
  return { step: STAR, end };
}

/** Where to go on when what follows a wildcard does not fit: after which step, and from which byte; -1 for nowhere. */
interface Retry {
  step: number;
  from: number;
}

function run(program: Program, path: string): boolean {
  const { steps } = program;
  const star: Retry = { step: -1, from: 0 };
  const span: Retry = { step: -1, from: 0 };
  let step = 0;
  let at = 0;
  for (;;) {
    const wanted = step < steps.length ? (steps[step] ?? ANY) : undefined;
    if (wanted === undefined && at === path.length) return true;
    if (wanted === STAR) {
      step += 1;
      star.step = step;
      star.from = at;
    } else if (wanted === COMPONENTS || wanted === EVERYTHING) {
      step += 1;
      span.step = step;
      span.from = at;
      star.step = -1;
    } else if (wanted !== undefined && at < path.length && meets(program, wanted, path, at)) {
      step += 1;
      at += 1;
    } else {
      const retry = nextRetry(program, path, star, span);
      if (retry === undefined) return false;
      step = retry.step;
      at = retry.from;
    }
  }
}

function meets(program: Program, wanted: number, path: string, at: number): boolean {
  const code = path.charCodeAt(at);
  if (wanted >= 0) return code === wanted;
  if (wanted === ANY) return code !== SLASH;
  return program.classes[CLASS_BASE - wanted]?.[code] === 1;
}

/** Lets the innermost wildcard that still can take more do so, and says where that leads. */
function nextRetry(program: Program, path: string, star: Retry, span: Retry): Retry | undefined {
  if (star.step !== -1 && star.from < path.length && path.charCodeAt(star.from) !== SLASH) {
    star.from += 1;
    return star;
  }
  star.step = -1;
  if (span.step === -1) return undefined;
  if (program.steps[span.step - 1] === COMPONENTS) {
    const slash = path.indexOf('/', span.from);
    if (slash === -1) return undefined;
    span.from = slash + 1;
    return span;
  }
  if (span.from >= path.length) return undefined;
  span.from += 1;
  return span;
}
