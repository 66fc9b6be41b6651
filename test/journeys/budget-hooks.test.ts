// The limits of a snapshot as an agent and a person meet them: real hooks, real settings, a real status.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertFsckClean, gitText } from '../support/git-oracle.ts';
import { HookScript } from '../support/hook-agent.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { leftoversIn, onlyStoreOf } from '../support/user-store.ts';

const NATIVE_ID = '44444444-4444-4444-8444-444444444444';
const test = suite('limits, met by hooks');

interface Status {
  readonly failures: readonly { readonly message: string; readonly count: number }[];
  readonly paused: { readonly attempts: number; readonly limit: string } | null;
  readonly limits: { readonly treeFiles: number };
}

function setLimits(user: SealedUser, limits: object): void {
  const directory = join(user.home, '.config', 'gsess');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), JSON.stringify({ limits }));
}

test('SC-10: hooks keep silent and keep the conversation, the failure is told once, and the person decides', () =>
  withSealedUser((user) => {
    for (let index = 0; index < 120; index += 1) {
      writeFileSync(join(user.project, `${index}`), `file ${index}`);
    }
    setLimits(user, { treeFiles: 100 });
    const script = new HookScript(user, { nativeId: NATIVE_ID });
    const prompt = (text: string) => {
      const input = JSON.stringify(script.payload('UserPromptSubmit', { prompt: text }));
      assert.equal(user.run(['hook', 'claude'], { input }), { status: 0, stdout: '', stderr: '' });
      script.appendPrompt(text);
    };
    for (const text of ['one', 'two', 'three', 'four']) prompt(text);
    const lines = readFileSync(join(user.data, 'failures.jsonl'), 'utf8').trim().split('\n');
    assert.is(lines.length, 1);
    const store = onlyStoreOf(user);
    assert.is(gitText(store, ['rev-list', '--count', NATIVE_ID]), '4');
    assert.equal(leftoversIn(user.data), { locks: [], temporary: [] });
    const { failures, paused, limits } = user.json(['status']) as Status;
    assert.equal([failures.length, failures[0]?.count, limits.treeFiles], [1, 1, 100]);
    assert.match(failures[0]?.message ?? '', /it has more than 100 files/);
    assert.equal([paused?.attempts, paused?.limit], [1, 'treeFiles']);
    prompt('tried again');
    assert.is((user.json(['status']) as Status).failures[0]?.count, 2);
    setLimits(user, { treeFiles: 1000 });
    prompt('allowed');
    const files = gitText(store, ['ls-tree', '--name-only', `${NATIVE_ID}:files`]);
    assert.is(files.split('\n').length, 120);
    assertFsckClean(store);
  }));

test.run();
