import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXAMPLE, startExample } from '../support/example-agent.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { type ScriptedModel, startScriptedModel } from '../support/scripted-model.ts';
import { IN_MEMORY } from '../support/temporary-directory.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { storesOf } from '../support/user-store.ts';

const example = suite('the agent of docs/examples');
const LINES_MAX = 200;
const AGENT_MS_MAX = 30_000;
const SESSION_LINES_MAX = 40;

/** Types the lines, and gives what was said. */
async function play(
  user: SealedUser,
  model: ScriptedModel,
  { args = [], lines }: { readonly args?: readonly string[]; readonly lines: readonly string[] },
): Promise<string> {
  const agent = startExample(user, { model: model.url, args });
  for (const line of lines) agent.tell(line);
  agent.tell('/quit');
  // What hangs shall not hang the tests.
  const timer = setTimeout(() => agent.kill(), AGENT_MS_MAX);
  const said = await agent.ended;
  clearTimeout(timer);
  return said;
}

function withExample(use: (user: SealedUser, model: ScriptedModel) => Promise<void>) {
  return withSealedUser(async (user) => {
    const model = await startScriptedModel();
    try {
      await use(user, model);
      assert.equal(model.refusals, []);
      for (const store of storesOf(user)) assertStoreIsTidy(store);
    } finally {
      await model.close();
    }
  }, IN_MEMORY);
}

example('is short, and little of it is about sessions', () => {
  const lines = readFileSync(EXAMPLE, 'utf8').trimEnd().split('\n');
  const from = lines.indexOf('// ---- sessions');
  const to = lines.indexOf('// ---- end of sessions');
  assert.ok(from > 0 && to > from);
  const between = lines.slice(from + 1, to).filter((line) => line.trim() !== '');
  const marked = lines.filter((line) => line.endsWith('// session'));
  assert.ok(lines.length < LINES_MAX, `${lines.length} lines`);
  const count = between.length + marked.length;
  assert.ok(count <= SESSION_LINES_MAX, `${count} lines about sessions`);
  // What is not marked knows nothing of them.
  const others = lines.filter((_, at) => at < from || at > to).join('\n');
  const unmarked = others.replace(/^.*\/\/ session$/gm, '').replace(/^.*\b(import|\/\/).*$/gm, '');
  assert.not.match(
    unmarked.replaceAll('complete(session.messages)', ''),
    /\bstore\.|session\.(?!append)/,
  );
});

example('rows 2, 7, 32, 43, 44, 58, 69: names, tags, forks, goes back and runs a call again', () =>
  withExample(async (user, model) => {
    const said = await play(user, model, {
      lines: [
        'write a.txt',
        '/rename first things',
        '/chat save base',
        'write b.txt',
        '/restore @1',
        'y',
        '/undo',
        '/fork other',
      ],
    });
    assert.match(said, 'done: write a.txt');
    assert.match(said, /first things/);
    assert.match(said, /base/);
    assert.not.match(said, /[Ee]rror/);
    const files = () => readdirSync(user.project).sort();
    assert.equal(files(), ['a.txt', 'b.txt']);
    const again = await play(user, model, {
      args: ['--continue'],
      lines: ['/list', 'write c.txt', '/restore ~1', 'y', 'y'],
    });
    assert.match(again, /first things/);
    assert.match(again, 'done: write c.txt');
    assert.ok(existsSync(join(user.project, 'c.txt')), again);
  }),
);

example('rows 2, 15, 70: picks from a list, and keeps nothing where that is wanted', () =>
  withExample(async (user, model) => {
    const silent = await play(user, model, {
      args: ['--no-session-persistence'],
      lines: ['write a.txt', '/resume'],
    });
    assert.match(silent, 'done: write a.txt');
    assert.match(silent, 'Nothing of this run is kept');
    assert.equal(readdirSync(user.data), []);
    await play(user, model, { lines: ['write b.txt'] });
    await play(user, model, { lines: ['hello'] });
    const picked = await play(user, model, { args: ['--resume'], lines: ['2', 'go on'] });
    assert.match(picked, 'Which? ');
    assert.match(picked, /In 'write b.txt'/);
    const asked = JSON.stringify(model.requests.at(-1));
    assert.match(asked, 'write b.txt');
    assert.match(asked, 'go on');
  }),
);

example.run();
