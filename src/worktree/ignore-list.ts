// The patterns of one ignore file, indexed so that asking about a name does not go through all of them: plain names and
// extensions are looked up, other patterns on names are tried from the last to the first, and those with a path only in
// directories where they can still match. The last line that matches decides, as in git.

import { displayPath, type RawPath } from '../git/raw-path.ts';
import { type IgnorePattern, type PathPattern, parseIgnorePattern } from './ignore-pattern.ts';
import { foldCase } from './wildmatch.ts';

export type ExclusionReason = 'ignored' | 'secret' | 'gsessignore';

/** Why something is left out: which line of which file says so. */
export interface Verdict {
  readonly reason: ExclusionReason;
  /** The ignore file, readable. */
  readonly source: string;
  /** Counted from 1. */
  readonly line: number;
  readonly pattern: string;
}

export interface IgnoreListOptions {
  readonly reason: ExclusionReason;
  readonly source: string;
  /** The directory that its patterns are relative to. */
  readonly base: RawPath;
  readonly ignoreCase: boolean;
}

export interface IgnoreRule {
  readonly line: number;
  readonly pattern: IgnorePattern;
}

export interface PathRule {
  readonly line: number;
  readonly pattern: IgnorePattern & PathPattern;
}

/** What is asked of a list: a name, its part from the last dot on, and whether it is a directory. */
export interface Question {
  readonly name: string;
  readonly extension: string;
  readonly isDirectory: boolean;
}

/** The last rule for each kind of thing; one for directories alone hides an earlier one for everything only from directories. */
interface NamedRules {
  forAll?: IgnoreRule;
  forDirectories?: IgnoreRule;
}

interface MatchedRule extends IgnoreRule {
  readonly matches: (name: string) => boolean;
}

const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
const EXTENSION = /^\.[^.]+$/;
const NONE: readonly PathRule[] = [];

export class IgnoreList {
  readonly base: RawPath;
  readonly ignoreCase: boolean;
  readonly pathRules: readonly PathRule[];
  readonly #options: IgnoreListOptions;
  readonly #names = new Map<string, NamedRules>();
  readonly #extensions = new Map<string, NamedRules>();
  readonly #others: readonly MatchedRule[];

  constructor(content: string, options: IgnoreListOptions) {
    this.#options = options;
    this.base = options.base;
    this.ignoreCase = options.ignoreCase;
    const pathRules: PathRule[] = [];
    const others: MatchedRule[] = [];
    const text = content.startsWith(BYTE_ORDER_MARK) ? content.slice(3) : content;
    for (const [index, lineText] of text.split('\n').entries()) {
      const pattern = parseIgnorePattern(lineText, options.ignoreCase);
      if (pattern === undefined) continue;
      const line = index + 1;
      if (pattern.kind === 'path' || pattern.kind === 'path-glob')
        pathRules.push({ line, pattern });
      else if (pattern.kind === 'name') enter(this.#names, pattern.name, { line, pattern });
      else if (pattern.kind === 'name-glob')
        others.push({ line, pattern, matches: pattern.matches });
      else if (EXTENSION.test(pattern.ending)) {
        enter(this.#extensions, pattern.ending, { line, pattern });
      } else others.push({ line, pattern, matches: (name) => name.endsWith(pattern.ending) });
    }
    this.pathRules = pathRules;
    this.#others = others;
  }

  get isEmpty(): boolean {
    return (
      this.#names.size + this.#extensions.size + this.#others.length + this.pathRules.length === 0
    );
  }

  /** Finds the rule that decides. The directory is relative to the list's base, the path rules those that are alive in it. */
  decide(
    question: Question,
    directory: string,
    pathRules: readonly PathRule[],
  ): IgnoreRule | undefined {
    const { name, extension, isDirectory } = question;
    let found = later(undefined, this.#names.get(name), isDirectory);
    if (extension !== '') found = later(found, this.#extensions.get(extension), isDirectory);
    for (let at = this.#others.length - 1; at >= 0; at -= 1) {
      const rule = this.#others[at];
      if (rule === undefined || rule.line < (found?.line ?? 0)) break;
      if ((isDirectory || !rule.pattern.directoryOnly) && rule.matches(name)) {
        found = rule;
        break;
      }
    }
    for (let at = pathRules.length - 1; at >= 0; at -= 1) {
      const rule = pathRules[at];
      if (rule === undefined || rule.line < (found?.line ?? 0)) break;
      if (isDirectory || !rule.pattern.directoryOnly) {
        if (matchesPath(rule.pattern, directory, name)) return rule;
      }
    }
    return found;
  }

  verdict(rule: IgnoreRule): Verdict {
    const pattern = displayPath(rule.pattern.text as RawPath);
    return { reason: this.#options.reason, source: this.#options.source, line: rule.line, pattern };
  }
}

/** Keeps the rules that can match something in the directory or below it; the same array if all can. */
export function aliveIn(rules: readonly PathRule[], directory: string): readonly PathRule[] {
  if (rules.length === 0) return NONE;
  const depth = directory === '' ? 0 : directory.split('/').length;
  const alive = rules.filter(({ pattern }) => {
    if (pattern.kind === 'path') return isWithin(pattern.directory, directory);
    if (pattern.depth !== undefined && pattern.depth < depth) return false;
    return isWithin(pattern.directory, directory) || isWithin(directory, pattern.directory);
  });
  return alive.length === rules.length ? rules : alive;
}

/** The extension with its dot, as the index keys it; '' if there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(dot);
}

/** The question as a list that ignores case has to be asked. */
export function foldQuestion(question: Question): Question {
  const name = foldCase(question.name);
  if (name === question.name) return question;
  return { name, extension: extensionOf(name), isDirectory: question.isDirectory };
}

function enter(index: Map<string, NamedRules>, key: string, rule: IgnoreRule): void {
  let rules = index.get(key);
  if (rules === undefined) {
    rules = {};
    index.set(key, rules);
  }
  if (rule.pattern.directoryOnly) rules.forDirectories = rule;
  else rules.forAll = rule;
}

function later(
  found: IgnoreRule | undefined,
  rules: NamedRules | undefined,
  isDirectory: boolean,
): IgnoreRule | undefined {
  if (rules === undefined) return found;
  let last = found;
  if (rules.forAll !== undefined && rules.forAll.line > (last?.line ?? 0)) last = rules.forAll;
  if (!isDirectory || rules.forDirectories === undefined) return last;
  return rules.forDirectories.line > (last?.line ?? 0) ? rules.forDirectories : last;
}

function isWithin(path: string, directory: string): boolean {
  if (directory === '' || path === directory) return true;
  return (
    path.length > directory.length && path.startsWith(directory) && path[directory.length] === '/'
  );
}

function matchesPath(pattern: PathPattern, directory: string, name: string): boolean {
  if (pattern.kind === 'path') return pattern.name === name && pattern.directory === directory;
  if (!name.endsWith(pattern.nameEnding)) return false;
  return pattern.matches(directory === '' ? name : `${directory}/${name}`);
}
