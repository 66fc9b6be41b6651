// A few hundred random ignore files; `npm run test:ignore` has ten thousand.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareWithGit } from '../support/ignore-sets.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const REPOSITORIES = 12;
const SETS_IN_EACH = 50;

const test = suite('random ignore patterns');

test('GE-14: have the verdict of git check-ignore, and the line that decides', async () => {
  let askedInAll = 0;
  let ignoredInAll = 0;
  for (let seed = 1; seed <= REPOSITORIES; seed += 1) {
    await withTemporaryDirectory((directory) => {
      const { differing, asked, ignored } = compareWithGit(directory, seed, SETS_IN_EACH);
      assert.equal(differing.slice(0, 10), [], `${differing.length} of ${asked} differ`);
      askedInAll += asked;
      ignoredInAll += ignored;
    });
  }
  const share = ignoredInAll / askedInAll;
  assert.ok(share > 0.2 && share < 0.8, `${share} are ignored, which proves too little`);
});

test.run();
