// Remembered verdicts hold as long as the rules do. A change to an ignore file below the root is noticed there, by its stat; this key
// stands for all other rules.

import { createHash } from 'node:crypto';
import { joinRaw, type RawName, type RawPath } from '../git/raw-path.ts';
import type { IgnoreRulesOptions } from './ignore-rules.ts';

/** Differs whenever a rule differs that does not come from a file in the root or below it. */
export function rulesKey(options: IgnoreRulesOptions): string {
  const { base = '' as RawPath, ignoreCase = false, infoExclude, excludesFile, secrets } = options;
  const hash = createHash('sha1');
  hash.update(JSON.stringify([base, ignoreCase, secrets]));
  for (const content of [infoExclude, excludesFile, ...ignoreFilesAbove(base, options.read)]) {
    hash.update(content === undefined ? 'none\0' : `${content.length}\0`);
    if (content !== undefined) hash.update(content);
  }
  return hash.digest('hex');
}

function ignoreFilesAbove(base: RawPath, read: IgnoreRulesOptions['read']): (Buffer | undefined)[] {
  if (base === '') return [];
  let directory = '' as RawPath;
  const contents: (Buffer | undefined)[] = [];
  for (const name of base.split('/') as RawName[]) {
    contents.push(read(joinRaw(directory, '.gitignore' as RawName)));
    contents.push(read(joinRaw(directory, '.gsessignore' as RawName)));
    directory = joinRaw(directory, name);
  }
  return contents;
}
