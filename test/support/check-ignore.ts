// Asks the real git what it ignores, for many paths at once, and puts our verdict beside it.

import type { RawPath } from '../../src/git/raw-path.ts';
import { IgnoreRules, type IgnoreRulesOptions } from '../../src/worktree/ignore-rules.ts';
import { readPlainFile } from '../../src/worktree/plain-file.ts';
import { git, gitOutcome } from './git-oracle.ts';

export interface AskedPath {
  readonly path: RawPath;
  readonly isDirectory: boolean;
}

/** `source:line:pattern` of the deciding pattern if the path is ignored, '' if it is not. */
export function gitVerdicts(
  directory: string,
  paths: readonly AskedPath[],
  configuration: readonly string[] = [],
): string[] {
  const args = [...configuration.flatMap((setting) => ['-c', setting]), 'check-ignore'];
  const input = Buffer.from(paths.map(({ path }) => `${path}\0`).join(''), 'latin1');
  const outcome = gitOutcome(directory, [...args, '-z', '--stdin', '--no-index', '-v', '-n'], {
    input,
  });
  if (outcome.status !== 0 && outcome.status !== 1) throw new Error(outcome.stderr);
  const fields = outcome.stdout.toString().split('\0');
  return paths.map((_, index) => {
    const [source = '', line = '', pattern = ''] = fields.slice(index * 4, index * 4 + 3);
    return pattern === '' || pattern.startsWith('!') ? '' : `${nameOf(source)}:${line}:${pattern}`;
  });
}

/** The same from our own rules. */
export function ownVerdicts(
  directory: string,
  paths: readonly AskedPath[],
  options: Partial<IgnoreRulesOptions> = {},
): string[] {
  const read = (path: RawPath): Buffer | undefined =>
    readPlainFile(Buffer.from(`${directory}/${path}`, 'latin1'), { bytesMax: 2 ** 20 });
  const rules = new IgnoreRules({ read, secrets: [], ...options });
  return paths.map(({ path, isDirectory }) => {
    const verdict = rules.verdict(path, isDirectory);
    if (verdict === undefined) return '';
    return `${verdict.source}:${verdict.line}:${verdict.pattern}`;
  });
}

export function makeRepository(directory: string): void {
  git(directory, ['init', '--quiet', '.']);
}

function nameOf(source: string): string {
  if (source.endsWith('info/exclude')) return 'info/exclude';
  return source.endsWith('excludes-file') ? 'core.excludesFile' : source;
}
