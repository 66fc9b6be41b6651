import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FailureLog } from '../../src/session/failure-log.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const DAY = 86_400_000;
const test = suite('failure log');

function report(message: string, atMs = 0) {
  const at = new Date(atMs).toISOString();
  return { at, agent: 'claude', event: 'tool', code: 'locked', message };
}

test('SC-10: stays small however often something fails, and keeps the count', () =>
  withTemporaryDirectory((directory) => {
    const log = new FailureLog(directory);
    for (let index = 0; index < 1500; index += 1) {
      log.add(report(index % 100 === 0 ? `rare ${'x'.repeat(index / 100)}` : 'often', index));
    }
    const failures = log.read();
    assert.is(failures.length, 16);
    assert.equal(
      failures
        .filter(({ message }) => message === 'often')
        .map(({ count, first, at }) => [count, first, at]),
      [[1485, new Date(1).toISOString(), new Date(1499).toISOString()]],
    );
    assert.ok(statSync(join(directory, 'failures.jsonl')).size < 80_000);
  }));

test('counts anew what was quiet for a week', () =>
  withTemporaryDirectory((directory) => {
    const log = new FailureLog(directory);
    for (const at of [0, DAY, 9 * DAY]) log.add(report('x', at));
    assert.equal(
      log.read().map(({ count, first }) => [count, first]),
      [[1, new Date(9 * DAY).toISOString()]],
    );
  }));

test('reads lines of an older gsess, and passes over what is none', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'failures.jsonl');
    const old = JSON.stringify(report('old'));
    writeFileSync(path, `${old}\n${old}\nnull\n{"at": 1}\n[]\n{"at": "torn`);
    const log = new FailureLog(directory);
    assert.equal(
      log.read().map(({ message, count }) => [message, count]),
      [['old', 1]],
    );
    writeFileSync(path, `${old}\n`);
    log.add(report('old', 1));
    assert.is(log.read()[0]?.count, 2);
    assert.is(readFileSync(path, 'utf8').split('\n').length, 3);
  }));

test.run();
