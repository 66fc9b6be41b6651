// Random ignore files against `git check-ignore`, more than `npm test` has time for.
//
//     node build/test/worktree/ignore-soak.js [SETS] [SEED]        10,000 sets from seed 1 on unless told
//
// Ends with `N passed, N failed`, counted in sets: a set fails if git and gsess differ on one of its paths, or on the line that
// decides it.

import { compareWithGit } from '../support/ignore-sets.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const SETS_IN_EACH = 100;
const LINES_MAX = 20;

const sets = Number(process.argv[2] ?? 10_000);
const firstSeed = Number(process.argv[3] ?? 1);
const write = (line: string) => process.stdout.write(`${line}\n`);

write(
  `${sets} random sets of ignore patterns against 'git check-ignore', from seed ${firstSeed} on`,
);
let failed = 0;
let told = 0;
let asked = 0;
let ignored = 0;
for (let done = 0, seed = firstSeed; done < sets; done += SETS_IN_EACH, seed += 1) {
  const count = Math.min(SETS_IN_EACH, sets - done);
  const compared = await withTemporaryDirectory((directory) =>
    compareWithGit(directory, seed, count),
  );
  failed += compared.setsDiffering;
  asked += compared.asked;
  ignored += compared.ignored;
  for (const line of compared.differing.slice(0, LINES_MAX - told)) {
    write(`  ${line}`);
    told += 1;
  }
}
write(`${asked} paths asked, ${ignored} of them ignored`);
write(`\n${sets - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
