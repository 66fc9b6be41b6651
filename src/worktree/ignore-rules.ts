// Which files a snapshot leaves out. Two sets of rules that know nothing of each other, and either is enough: git's own, with the
// verdict of `git check-ignore --no-index`, and ours, which is the secret patterns with `.gsessignore` files on top, so that a
// negation there can bring a secret back but nothing that git ignores.
//
// Paths are relative to the root that is snapshotted, ignore files are read relative to the top of the work tree. These
// differ only where the root is a directory below that top. `.git` is never asked about: no rules are needed to skip it.
// A file that `read` cannot read must make it throw: taken for absent, everything it excludes would be captured.

import { displayPath, joinRaw, type RawName, type RawPath } from '../git/raw-path.ts';
import {
  aliveIn,
  extensionOf,
  foldQuestion,
  IgnoreList,
  type PathRule,
  type Question,
  type Verdict,
} from './ignore-list.ts';
import { foldCase } from './wildmatch.ts';

export interface IgnoreRulesOptions {
  /** Gives the content of the `.gitignore` or `.gsessignore` at the path, undefined if there is none or it is no plain file. */
  readonly read: (path: RawPath) => Buffer | undefined;
  /** The root as seen from the top of the work tree; '' where they are the same. */
  readonly base?: RawPath;
  readonly infoExclude?: Buffer | undefined;
  /** The content of the file that `core.excludesFile` names. */
  readonly excludesFile?: Buffer | undefined;
  readonly ignoreCase?: boolean;
  /** Lines as in a `.gitignore`, matched regardless of case. */
  readonly secrets: readonly string[];
}

/** Which ignore files a listing of the directory showed, so that those that are not there are not looked for. */
export interface IgnoreFilesPresent {
  readonly gitignore: boolean;
  readonly gsessignore: boolean;
}

const GITIGNORE = '.gitignore' as RawName;
const GSESSIGNORE = '.gsessignore' as RawName;
const TOP = '' as RawPath;
const ALL_PRESENT: IgnoreFilesPresent = { gitignore: true, gsessignore: true };
const DIRECTORIES_REMEMBERED_MAX = 10_000;

/** One list as it applies in one directory. Scopes whose path rules are all spent are shared by everything below. */
interface Scope {
  readonly list: IgnoreList;
  /** Relative to the list's base, in lower case if the list ignores case. */
  readonly directory: string;
  readonly pathRules: readonly PathRule[];
}

/** The scopes of one set of rules, those that decide first in front. */
type Scopes = readonly Scope[];

interface Sets {
  readonly git: Scopes;
  readonly own: Scopes;
}

export class IgnoreRules {
  readonly #options: IgnoreRulesOptions;
  #root: DirectoryRules | undefined;
  readonly #known = new Map<string, DirectoryRules | Verdict>();

  constructor(options: IgnoreRulesOptions) {
    this.#options = options;
  }

  /** Made sense of only where somebody asks: a snapshot in which nothing is new does not. */
  root(): DirectoryRules {
    this.#root ??= rootRules(this.#options);
    return this.#root;
  }

  /** Says why the path is left out, be it for itself or for a directory above it; undefined if it is not. */
  verdict(path: RawPath, isDirectory: boolean): Verdict | undefined {
    if (path === '') return undefined;
    const slash = path.lastIndexOf('/');
    const rules = slash === -1 ? this.root() : this.#directory(path.slice(0, slash));
    if (!(rules instanceof DirectoryRules)) return rules;
    return rules.verdict(path.slice(slash + 1) as RawName, isDirectory);
  }

  #directory(path: string): DirectoryRules | Verdict {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1) as RawName;
    const above = slash === -1 ? this.root() : this.#directory(path.slice(0, slash));
    const found =
      above instanceof DirectoryRules ? (above.verdict(name, true) ?? above.child(name)) : above;
    if (this.#known.size >= DIRECTORIES_REMEMBERED_MAX) this.#known.clear();
    this.#known.set(path, found);
    return found;
  }
}

/** Where case makes no difference, a name in any case is the file. */
export function ignoreFilesAmong(names: readonly RawName[]): IgnoreFilesPresent {
  const hidden = names.filter((name) => name.startsWith('.'));
  const has = (wanted: RawName) => hidden.some((name) => foldCase(name) === wanted);
  return { gitignore: has(GITIGNORE), gsessignore: has(GSESSIGNORE) };
}

interface Place {
  readonly path: RawPath;
  readonly read: (path: RawPath) => Buffer | undefined;
  readonly ignoreCase: boolean;
}

/** The rules in one directory. Its ignore files are read when it is first asked about something in it. */
export class DirectoryRules {
  readonly #place: Place;
  readonly #above: Sets;
  readonly #present: IgnoreFilesPresent;
  /** Set where the root itself is left out by its own user's `.gsessignore`, and then all that is in it. */
  readonly #everything: Verdict | undefined;
  #sets: Sets | undefined;

  constructor(place: Place, above: Sets, present: IgnoreFilesPresent, everything?: Verdict) {
    this.#place = place;
    this.#above = above;
    this.#present = present;
    this.#everything = everything;
  }

  /** Says why the entry is left out; undefined if it is not. */
  verdict(name: RawName, isDirectory: boolean): Verdict | undefined {
    if (this.#everything !== undefined) return this.#everything;
    const { git, own } = this.#here();
    const question = { name, extension: extensionOf(name), isDirectory };
    return ask(git, question) ?? ask(own, question);
  }

  /** The rules of a directory in this one; the caller has asked for the verdict on it, and it is not left out. */
  child(name: RawName, present: IgnoreFilesPresent = ALL_PRESENT): DirectoryRules {
    const { git, own } = this.#here();
    const place = { ...this.#place, path: joinRaw(this.#place.path, name) };
    const sets = { git: descend(git, place.path), own: descend(own, place.path) };
    return new DirectoryRules(place, sets, present, this.#everything);
  }

  #here(): Sets {
    this.#sets ??= {
      git: this.#present.gitignore ? this.#withFile('git', GITIGNORE) : this.#above.git,
      own: this.#present.gsessignore ? this.#withFile('own', GSESSIGNORE) : this.#above.own,
    };
    return this.#sets;
  }

  #withFile(set: keyof Sets, name: RawName): Scopes {
    const { path: base, read, ignoreCase } = this.#place;
    const above = this.#above[set];
    const path = joinRaw(base, name);
    const content = read(path);
    if (content === undefined) return above;
    const reason = set === 'git' ? 'ignored' : 'gsessignore';
    const options = { reason, source: displayPath(path), base, ignoreCase } as const;
    return withList(above, new IgnoreList(content.toString('latin1'), options));
  }
}

function rootRules(options: IgnoreRulesOptions): DirectoryRules {
  const { read, base = TOP, ignoreCase = false } = options;
  const below = base === '' ? [] : (base.split('/') as RawName[]);
  const sets = outermostSets(options);
  let rules = new DirectoryRules({ path: TOP, read, ignoreCase }, sets, ALL_PRESENT);
  for (const name of below) {
    const verdict = rules.verdict(name, true);
    if (verdict?.reason === 'ignored') {
      // Whoever works in a directory that the repository around it ignores works on something else: without this, nothing there
      // would ever be saved. Its own ignore files count, those above it do not.
      const alone = { ...options, base: TOP, infoExclude: undefined };
      return rootRules({ ...alone, read: (path) => read(joinRaw(base, path)) });
    }
    rules =
      verdict === undefined
        ? rules.child(name)
        : new DirectoryRules({ path: base, read, ignoreCase }, sets, ALL_PRESENT, verdict);
  }
  return rules;
}

function outermostSets({
  infoExclude,
  excludesFile,
  ignoreCase = false,
  ...rest
}: IgnoreRulesOptions): Sets {
  const git = { reason: 'ignored', base: TOP, ignoreCase } as const;
  let gitScopes: Scopes = [];
  for (const [content, source] of [
    [excludesFile, 'core.excludesFile'],
    [infoExclude, 'info/exclude'],
  ] as const) {
    if (content === undefined) continue;
    gitScopes = withList(gitScopes, new IgnoreList(content.toString('latin1'), { ...git, source }));
  }
  const secrets = new IgnoreList(rest.secrets.join('\n'), {
    reason: 'secret',
    source: 'secret patterns',
    base: TOP,
    ignoreCase: true,
  });
  return { git: gitScopes, own: withList([], secrets) };
}

function withList(above: Scopes, list: IgnoreList): Scopes {
  if (list.isEmpty) return above;
  return [{ list, directory: '', pathRules: list.pathRules }, ...above];
}

function ask(scopes: Scopes, question: Question): Verdict | undefined {
  for (const { list, directory, pathRules } of scopes) {
    const asked = list.ignoreCase ? foldQuestion(question) : question;
    const rule = list.decide(asked, directory, pathRules);
    if (rule !== undefined) return rule.pattern.negated ? undefined : list.verdict(rule);
  }
  return undefined;
}

/** Moves the scopes one directory down; the same array if none has a path rule left that could tell the difference. */
function descend(scopes: Scopes, path: RawPath): Scopes {
  if (scopes.every(({ pathRules }) => pathRules.length === 0)) return scopes;
  return scopes.map((scope) => {
    if (scope.pathRules.length === 0) return scope;
    const { list, pathRules } = scope;
    const relative = list.base === '' ? path : path.slice(list.base.length + 1);
    const directory = list.ignoreCase ? foldCase(relative) : relative;
    return { list, directory, pathRules: aliveIn(pathRules, directory) };
  });
}
