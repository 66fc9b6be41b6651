// The examples of docs/embedding.md are run, one after the other, as somebody would who pastes them.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT_STATUS } from '../../src/errors.ts';
import { CHECKOUT } from '../support/checkout.ts';
import { WITHOUT_COVERAGE, withSealedUser } from '../support/run-gsess.ts';
import { IN_MEMORY } from '../support/temporary-directory.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { storesOf } from '../support/user-store.ts';

const page = readFileSync(join(CHECKOUT, 'docs', 'embedding.md'), 'utf8');
const examples = [...page.matchAll(/^```js\n(.*?)^```/gms)].map(([, code = '']) => code);

/** What the examples leave to their reader. */
const AROUND = `
const answers = [{ role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'write', input: {} }] }];
const askModel = async () => answers.pop() ?? { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] };
const runTool = async () => 'ok';
const agrees = async () => true;
const ask = async () => '1';
`;

const embedding = suite('the page about embedding');

embedding('has examples that run, and say what they should', () =>
  withSealedUser((user) => {
    const place = join(user.project, 'node_modules');
    mkdirSync(place);
    symlinkSync(CHECKOUT, join(place, 'gsess'));
    assert.is(examples.length, 5);
    // One process for all, each with names of its own.
    const parts = examples.map((code) => {
      const body = code.replace("import { openStore } from 'gsess';\n", '');
      assert.is.not(body, code);
      return `{${AROUND}${body}}\n`;
    });
    const program = `import { openStore } from 'gsess';\n${parts.join('')}`;
    writeFileSync(join(user.project, 'examples.mjs'), program);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['examples.mjs'], {
      cwd: user.project,
      env: { ...user.environment, ...WITHOUT_COVERAGE },
      encoding: 'utf8',
    });
    assert.is(stderr, '');
    assert.is(status, 0);
    assert.match(stdout, '4 messages, a-model, none');
    assert.match(stdout, 'base');
    assert.match(stdout, 'restore @1');
    for (const store of storesOf(user)) assertStoreIsTidy(store);
  }, IN_MEMORY),
);

embedding('names only codes that there are', () => {
  const [, table = ''] = page.split('| code | when |');
  const codes = [...table.matchAll(/^\| (.*?) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)])
    .map(([, code = '']) => code);
  assert.ok(codes.length > 8);
  assert.equal(
    codes.filter((code) => !(code in EXIT_STATUS)),
    [],
  );
});

embedding.run();
