import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { checkRefName, isGitRefName, isRefName } from '../../src/git/ref-name.ts';
import { gitOutcome } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const refName = suite('ref-name');

const NAMES = [
  'refs/heads/main',
  'refs/heads/a/b/c',
  'refs/heads/a.b',
  'refs/heads/a..b',
  'refs/heads/.a',
  'refs/heads/a/.b',
  'refs/heads/a.',
  'refs/heads/a./b',
  'refs/heads/a.lock',
  'refs/heads/a.lock/b',
  'refs/heads/a.lockb',
  'refs/heads/a.LOCK',
  'refs/heads/',
  'refs/heads//a',
  'refs/heads/@',
  'refs/heads/@{',
  'refs/heads/a@b',
  'refs/heads/a b',
  'refs/heads/a\tb',
  'refs/heads/a\x7fb',
  'refs/heads/a~1',
  'refs/heads/a^',
  'refs/heads/a:b',
  'refs/heads/a?',
  'refs/heads/a*',
  'refs/heads/[a]',
  'refs/heads/a\\b',
  'refs/heads/-a',
  'refs/heads/%2F',
  'refs/heads/{}!"#$&\'()+,;<=>]_`|',
  'refs/heads/../../HEAD',
  'refs/heads/é',
];

refName('agrees with git check-ref-format', () =>
  withTemporaryDirectory((directory) => {
    for (const name of NAMES) {
      const accepted = gitOutcome(directory, ['check-ref-format', name]).status === 0;
      assert.is(isGitRefName(Buffer.from(name).toString('latin1')), accepted, name);
    }
  }),
);

refName('gsess writes only ASCII names below refs/ of bounded length', () => {
  const long = `refs/heads/${'a'.repeat(189)}`;
  assert.ok(isRefName(long));
  assert.not(isRefName(`${long}a`));
  assert.not(isRefName('refs/heads/é'));
  assert.not(isRefName('HEAD'));
  assert.not(isRefName('refs/heads/a\n'));
  checkRefName('refs/heads/a');
  assert.throws(
    () => checkRefName('../config'),
    (error: GsessError) => error.code === 'name-invalid' && error instanceof GsessError,
  );
});

refName.run();
