// One line of a `.gitignore`, read as git reads it and sorted by the cheapest way to answer it: most patterns are a plain name, an
// ending or a plain path, and need no wildcard matcher. Bytes are held as latin1 strings. A line that can match nothing
// (empty, or a comment) is no pattern at all.

import { compileWildmatch, foldCase, type PathMatcher } from './wildmatch.ts';

/** A pattern, by what it is compared with: the name alone, or the path below the directory of its ignore file. */
export type IgnorePattern = PatternBase & (NamePattern | PathPattern);

export interface PatternBase {
  /** The line without line end and trailing spaces. */
  readonly text: string;
  readonly negated: boolean;
  readonly directoryOnly: boolean;
}

export type NamePattern =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'ending'; readonly ending: string }
  | { readonly kind: 'name-glob'; readonly matches: PathMatcher };

export type PathPattern =
  | { readonly kind: 'path'; readonly directory: string; readonly name: string }
  | PathGlob;

export interface PathGlob {
  readonly kind: 'path-glob';
  readonly matches: PathMatcher;
  /** A directory that holds everything the pattern matches; '' if nothing narrower is known. */
  readonly directory: string;
  /** What the name of each match ends with, which is cheap to ask first; '' if nothing is known. */
  readonly nameEnding: string;
  /** How many directories stand above each match; undefined if `**` makes that any number. */
  readonly depth: number | undefined;
}

const SPECIAL = /[*?[\\]/;
/** All that follows the last of these stands for itself. */
const PLAIN_ENDING = /[^*?\]\\/]*$/;
const NEVER: PathMatcher = () => false;

/** Reads one line without its `\n`; undefined if it can match nothing. */
export function parseIgnorePattern(line: string, ignoreCase = false): IgnorePattern | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const text = trimTrailingSpaces(withoutLineEnd(line));
  const negated = text.startsWith('!');
  let glob = negated ? text.slice(1) : text;
  const directoryOnly = glob.endsWith('/');
  if (directoryOnly) glob = glob.slice(0, -1);
  if (glob === '') return undefined;
  const anchored = glob.includes('/');
  if (glob.startsWith('/')) glob = glob.slice(1);
  // `**/name` says no more than `name`.
  const anywhere = glob.startsWith('**/') && glob.indexOf('/', 3) === -1 ? glob.slice(3) : '';
  const base = { text, negated, directoryOnly };
  if (anywhere !== '') return { ...base, ...namePattern(anywhere, ignoreCase) };
  if (anchored) return { ...base, ...pathPattern(glob, ignoreCase) };
  return { ...base, ...namePattern(glob, ignoreCase) };
}

/** git works on a C string: a NUL ends the line, and a carriage return behind one is never seen. */
function withoutLineEnd(line: string): string {
  const nul = line.indexOf('\0');
  if (nul !== -1) return line.slice(0, nul);
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function trimTrailingSpaces(text: string): string {
  if (!text.endsWith(' ')) return text;
  let kept = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === ' ') continue;
    if (text[at] === '\\') at += 1;
    kept = at + 1;
  }
  return text.slice(0, kept);
}

function namePattern(glob: string, ignoreCase: boolean): NamePattern {
  const special = glob.search(SPECIAL);
  if (special === -1) return { kind: 'name', name: fold(glob, ignoreCase) };
  const rest = glob.slice(1);
  if (glob.startsWith('*') && !SPECIAL.test(rest)) {
    return { kind: 'ending', ending: fold(rest, ignoreCase) };
  }
  const beginning = fold(glob.slice(0, special), ignoreCase);
  if (special === glob.length - 1 && glob.endsWith('*')) {
    return { kind: 'name-glob', matches: (name) => name.startsWith(beginning) };
  }
  const ending = plainEnding(glob, ignoreCase);
  const matches = compiledWhenAsked(glob, ignoreCase);
  return {
    kind: 'name-glob',
    matches: (name) => name.startsWith(beginning) && name.endsWith(ending) && matches(name),
  };
}

function pathPattern(glob: string, ignoreCase: boolean): PathPattern {
  const special = glob.search(SPECIAL);
  const plain = fold(special === -1 ? glob : glob.slice(0, special), ignoreCase);
  const slash = plain.lastIndexOf('/');
  // A path never begins with a slash, so what is left of `//name` matches nothing.
  const directory = slash === 0 ? '/' : plain.slice(0, Math.max(slash, 0));
  if (special === -1) return { kind: 'path', directory, name: plain.slice(slash + 1) };
  // git compares what stands before the first wildcard by itself and matches only the rest. So `**` counts as standing at the
  // start in `a**/b` too, which then matches `a/x/b` although the manual calls such stars ordinary ones.
  const rest = glob.slice(special);
  const matchesRest = compiledWhenAsked(rest, ignoreCase);
  return {
    kind: 'path-glob',
    matches: (path) => path.startsWith(plain) && matchesRest(path.slice(plain.length)),
    directory,
    nameEnding: plainEnding(glob, ignoreCase),
    depth: glob.includes('**') ? undefined : glob.split('/').length - 1,
  };
}

function plainEnding(glob: string, ignoreCase: boolean): string {
  return fold(PLAIN_ENDING.exec(glob)?.[0] ?? '', ignoreCase);
}

/** A huge ignore file may hold many patterns that are never asked. */
function compiledWhenAsked(glob: string, ignoreCase: boolean): PathMatcher {
  let matcher: PathMatcher | undefined;
  return (path) => {
    matcher ??= compileWildmatch(glob, ignoreCase) ?? NEVER;
    return matcher(path);
  };
}

function fold(text: string, ignoreCase: boolean): string {
  return ignoreCase ? foldCase(text) : text;
}
