// The slash commands that connecting puts into agents: whose files they are, and that nothing is left of them.

import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CommandFiles } from '../../src/agents/agent.ts';
import { commandFiles, isOurFile } from '../../src/agents/command-text.ts';
import { AGENTS } from '../../src/agents/registry.ts';
import { applyCommands, planCommands, planNoCommands } from '../../src/cli/command-directory.ts';
import { BEHIND_LINE, slashLineIn } from '../../src/cli/slash-prompt.ts';
import { placesIn } from '../support/agent-places.ts';
import { manifestOf } from '../support/disk-manifest.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const SUMMARY = `a "summary": it's \\ one`;
const OFFERED = [
  { name: 'chat', summary: SUMMARY, words: '<action> [tag...]' },
  { name: 'undo', summary: 'take back', words: '' },
];
const by = (files: Pick<CommandFiles, 'form' | 'argumentsWord' | 'fields'>, program = '/n') => ({
  files,
  slashCommand: [program, "/it's/main.js", 'slash'],
  behindLine: BEHIND_LINE,
});
const MARKDOWN = { form: 'markdown', argumentsWord: '$ARGUMENTS', fields: ['a: true'] } as const;
const files = (program?: string) => commandFiles(OFFERED, by(MARKDOWN, program));
const wording = suite('the files of slash commands');

wording(
  'hold a line that the hook answers, whatever is typed, and give it to no shell',
  async () => {
    const hostile = `save $(touch x) \`id\` "; rm -rf ~ #' ${'\u202e'}`;
    for (const entry of AGENTS) {
      const agent = await entry.load();
      const { commandFiles: own } = agent;
      if (own === null || own.form === 'skill') continue;
      const [chat] = commandFiles(OFFERED, by(own));
      const text = chat?.text ?? '';
      const prompt = own.form === 'toml' ? tomlPrompt(text) : (text.split('\n---\n')[1] ?? '');
      assert.is(prompt.split(own.argumentsWord).length, 2, 'the arguments stand in it once');
      assert.not.match(prompt, /!\{|!`|@\{/);
      const sent = prompt.split(own.argumentsWord).join(hostile);
      assert.is(slashLineIn(sent), `/chat ${hostile}`, entry.name);
      const { slashPrefix } = (await entry.loadHook()).replies;
      if (slashPrefix !== null) assert.is(slashLineIn(`${slashPrefix}chat list`), '/chat list');
    }
  },
);

/** A basic string of TOML is one of JSON, as far as we use it. */
function tomlPrompt(text: string): string {
  return JSON.parse(/^prompt = (".*")$/m.exec(text)?.[1] ?? '""') as string;
}

wording('are ours until somebody changes them', () => {
  for (const form of ['markdown', 'toml', 'skill'] as const) {
    for (const { name, text } of commandFiles(OFFERED, by({ ...MARKDOWN, form }))) {
      assert.ok(isOurFile(text), name);
      assert.not(isOurFile(`${text} `));
      assert.not(isOurFile(text.replace('gsess', 'other')));
    }
  }
  assert.not(isOurFile(''));
  assert.not(isOurFile('# Made by gsess 00000000: not'));
});

const placing = suite('the directory of slash commands');

function withPlace(use: (top: string, directory: string) => void): Promise<void> {
  return withTemporaryDirectory((top) => {
    mkdirSync(join(top, 'agent'));
    use(top, join(top, 'agent', 'commands', 'gsess'));
  });
}

const placeOf = (top: string, directory: string) => ({
  directory,
  mode: 0o600,
  keptDirectory: join(top, 'kept'),
});

placing('is filled, mended and emptied without a trace', () =>
  withPlace((top, directory) => {
    const place = placeOf(top, directory);
    const before = manifestOf(join(top, 'agent'));
    const added = planCommands(place, files());
    assert.equal([added.status, added.left], ['added', []]);
    assert.equal(manifestOf(join(top, 'agent')), before, 'planning changes nothing');
    applyCommands(added);
    assert.is(planCommands(place, files()).status, 'unchanged');
    const moved = planCommands(place, files('/moved').slice(0, 1));
    assert.equal([moved.status, moved.remove], ['updated', ['undo.md']]);
    applyCommands(moved);
    const removed = planNoCommands(place, files());
    assert.equal([removed.status, removed.remove], ['removed', ['chat.md']]);
    applyCommands(removed);
    assert.equal(manifestOf(join(top, 'agent')), before);
    assert.is(planNoCommands(place, files()).status, 'unchanged');
  }),
);

placing("keeps what is somebody else's, or was changed by hand", () =>
  withPlace((top, directory) => {
    const place = placeOf(top, directory);
    mkdirSync(directory, { recursive: true });
    const [chat, undo] = [join(directory, 'chat.md'), join(directory, 'undo.md')];
    writeFileSync(chat, 'mine\n');
    const added = planCommands(place, files());
    assert.equal([added.left, added.write.map(({ name }) => name)], [['chat.md'], ['undo.md']]);
    applyCommands(added);
    assert.is(readFileSync(chat, 'utf8'), 'mine\n');
    writeFileSync(undo, `${readFileSync(undo, 'utf8')}mine too\n`);
    const before = manifestOf(directory);
    assert.equal(planCommands(place, files()).status, 'unchanged');
    const removed = planNoCommands(place, files());
    assert.equal([removed.status, removed.left], ['unchanged', ['chat.md', 'undo.md']]);
    applyCommands(removed);
    assert.equal(manifestOf(directory), before);
    rmSync(chat);
    symlinkSync(undo, chat);
    assert.equal(planCommands(place, files()).left, ['chat.md', 'undo.md'], 'a link is not ours');
  }),
);

placing('leaves a directory that was there, and takes one that was made inside of it', () =>
  withPlace((top, directory) => {
    const place = placeOf(top, directory);
    mkdirSync(directory, { recursive: true });
    const before = manifestOf(join(top, 'agent'));
    const skill = commandFiles(OFFERED, by({ ...MARKDOWN, form: 'skill' }));
    applyCommands(planCommands(place, skill));
    assert.is(planCommands(place, skill).status, 'unchanged');
    applyCommands(planNoCommands(place, skill));
    assert.equal(manifestOf(join(top, 'agent')), before);
  }),
);

placing("is one of the agent's own, by the user and by the project", async () => {
  for (const entry of AGENTS) {
    const { commandFiles: own } = await entry.load();
    const found = own?.directories(placesIn('/h'), '/p') ?? [];
    for (const { scope, path } of found) {
      assert.ok(path.startsWith(scope === 'user' ? '/h/' : '/p/'), path);
      assert.match(path, /\/gsess$/);
    }
  }
});

wording.run();
placing.run();
