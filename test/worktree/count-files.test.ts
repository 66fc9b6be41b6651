import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countFiles } from '../../src/worktree/count-files.ts';
import { IgnoreRules } from '../../src/worktree/ignore-rules.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('the count of files');

x('is of the files and links that no rule leaves out, at any depth', () =>
  withTemporaryDirectory((directory) => {
    for (const path of ['.git/objects', 'src/deep/\u00e9', 'build', 'empty']) {
      mkdirSync(join(directory, path), { recursive: true });
    }
    for (const path of ['.git/HEAD', 'a', 'src/b', 'src/deep/\u00e9/c', 'build/d', 'src/e.log']) {
      writeFileSync(join(directory, path), 'x');
    }
    symlinkSync('nowhere', join(directory, 'link'));
    const rules = new IgnoreRules({
      read: () => undefined,
      infoExclude: Buffer.from('build/\n*.log\n'),
      secrets: [],
    });
    assert.is(countFiles(directory, rules), 4);
  }),
);

x('of a directory that is not there is none', () => {
  const rules = new IgnoreRules({ read: () => undefined, secrets: [] });
  assert.is(countFiles('/nowhere/at/all', rules), 0);
});

x.run();
