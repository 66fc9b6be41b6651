// Files that hold one session at several moments: in whatever order and under whatever names they are imported, step by step or at once,
// they are one session, which holds what the longest of them does.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { locateProject } from '../../src/session/project.ts';
import { parseSessionId } from '../../src/session/session-id.ts';
import type { SessionRecord } from '../../src/session/session-record.ts';
import { openStoreOf } from '../../src/session/store.ts';
import { type CommandRunner, commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, sealedSurroundings } from '../support/session-driver.ts';
import { IN_MEMORY, withTemporaryDirectory } from '../support/temporary-directory.ts';
import { lines, transcriptFixture } from '../support/transcript-fixture.ts';

interface Imported {
  readonly id: string;
  readonly status: string;
  readonly warnings: readonly string[];
}

interface Place {
  readonly gsess: CommandRunner;
  put(name: string, bytes: string | Uint8Array): string;
  importAll(agent: string, ...paths: string[]): Promise<readonly Imported[]>;
  exported(id: string): Promise<Buffer>;
  record(id: string): SessionRecord;
}

/** After each use, git finds nothing wrong with the store. */
function withPlace<T>(use: (place: Place) => Promise<T>): Promise<T> {
  return withTemporaryDirectory(async (directory) => {
    const surroundings = sealedSurroundings(directory);
    const project = join(directory, 'project');
    const gsess = commandRunner({ project, surroundings });
    const store = () => openStoreOf(locateProject(project, surroundings), surroundings)!;
    const value = await use({
      gsess,
      put: (name, bytes) => {
        const path = join(directory, 'inbox', name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes);
        return path;
      },
      importAll: async (agent, ...paths) =>
        JSON.parse((await gsess(['import', agent, ...paths, '--json'])).stdout),
      exported: async (id) => (await gsess(['export', id], { raw: true })).bytes,
      record: (id) => store().record(store().tipOf(parseSessionId(id))),
    });
    assertStoreIsSound(store());
    return value;
  }, IN_MEMORY);
}

const chains = suite('importing files of one session');

const claude = transcriptFixture('claude/two-turns.jsonl');
const SESSION = String(JSON.parse(claude.toString().split('\n')[1] ?? '').sessionId);

/** Ends after so many lines, or in the middle of the next. */
function firstLines(count: number, torn = 0): Buffer {
  let end = 0;
  for (let line = 0; line < count; line += 1) end = claude.indexOf('\n', end) + 1;
  return claude.subarray(0, end + torn);
}

/** The header changes, a call is answered in the record that made it, and more is said. */
const geminiChain = [1, 2, 3].map((step) => {
  const call = { id: 'c1', name: 'read_file', args: { path: 'a.txt' } };
  const answered = { ...call, status: 'success', result: [said('c1', 'text of a')] };
  const messages = [
    { id: 'm1', timestamp: '2026-03-01T10:00:01.000Z', type: 'user', content: 'Read the file' },
    {
      id: 'm2',
      timestamp: '2026-03-01T10:00:02.000Z',
      type: 'gemini',
      content: step === 1 ? '' : 'I look.',
      ...(step === 1 ? {} : { toolCalls: [answered] }),
    },
    { id: 'm3', timestamp: '2026-03-01T10:00:03.000Z', type: 'gemini', content: 'It says text.' },
    { id: 'm4', timestamp: '2026-03-01T10:00:04.000Z', type: 'user', content: 'Thank you' },
  ];
  const header = {
    sessionId: '3b1f7c52-90ab-4d7e-8f10-2233445566aa',
    projectHash: 'f00',
    startTime: '2026-03-01T10:00:00.000Z',
    lastUpdated: `2026-03-01T10:00:0${step}.000Z`,
  };
  return `${JSON.stringify({ ...header, messages: messages.slice(0, step + 1) }, null, 2)}\n`;
});

function said(id: string, output: string): object {
  return { functionResponse: { id, name: 'read_file', response: { output } } };
}

/** A reply that is being given, then given, then followed by another; the summary of the prompt is written last. */
const opencodeChain = [1, 2, 3].map((step) => {
  const id = 'ses_20c6850000ffAAAAbbbb';
  const part = (number: number, rest: object) => ({ id: `prt_${number}`, sessionID: id, ...rest });
  const tool = (state: object) => part(3, { type: 'tool', callID: 'c1', tool: 'read', state });
  const prompt = {
    info: { id: 'msg_1', sessionID: id, role: 'user', time: { created: 1_000 } },
    parts: [part(1, { type: 'text', text: 'Read the file' })],
  };
  const reply = {
    info: { id: 'msg_2', sessionID: id, role: 'assistant', time: { created: 2_000 } },
    parts: [
      part(2, { type: 'text', text: step === 1 ? 'I lo' : 'I look.' }),
      step === 1
        ? tool({ status: 'pending', input: {} })
        : tool({ status: 'completed', input: { path: 'a' }, output: 'text', title: 'a' }),
    ],
  };
  const more = {
    info: { id: 'msg_3', sessionID: id, role: 'assistant', time: { created: 3_000 } },
    parts: [part(4, { type: 'text', text: 'It says text.' })],
  };
  const summary = step < 3 ? {} : { summary: { diffs: [] } };
  return JSON.stringify(
    {
      info: { id, title: 'Reading', time: { created: 1_000, updated: step * 1_000 } },
      messages: [
        { ...prompt, info: { ...prompt.info, ...summary } },
        reply,
        ...(step < 3 ? [] : [more]),
      ],
    },
    null,
    2,
  );
});

/** What pi calls its files does not tell every id, and any name could be one. */
const piChain = [1, 2, 3].map((step) => {
  const id = '019da8b6-1111-7222-8333-444455556666';
  const message = (number: number) => ({
    type: 'message',
    id: `m${number}`,
    parentId: number === 1 ? null : `m${number - 1}`,
    timestamp: `2026-03-01T10:00:0${number}.000Z`,
    message: { role: 'user', content: [{ type: 'text', text: `Say ${number}` }] },
  });
  const header = { type: 'session', version: 3, id, timestamp: '2026-03-01T10:00:00.000Z' };
  const records = [{ ...header, cwd: '/home/dev' }, message(1), message(2), message(3)];
  return lines(...records.slice(0, step + 1));
});

const CHAINS: Readonly<Record<string, readonly (string | Uint8Array)[]>> = {
  claude: [firstLines(3, 20), firstLines(6), claude],
  gemini: geminiChain,
  opencode: opencodeChain,
  pi: piChain,
};

const RUNS = [
  { order: [0, 1, 2], isAtOnce: false },
  { order: [0, 1, 2], isAtOnce: true },
  { order: [2, 1, 0], isAtOnce: true },
  { order: [1, 2, 0], isAtOnce: false },
] as const;

for (const [agent, chain] of Object.entries(CHAINS)) {
  chains(`gives one session of ${agent}, in any order, step by step and at once`, async () => {
    const outcomes = new Set<string>();
    for (const { order, isAtOnce } of RUNS) {
      await withPlace(async ({ gsess, put, importAll, exported, record }) => {
        const paths = order.map((index) => put(`${index + 4}.jsonl`, chain[index] ?? ''));
        const results: Imported[] = [];
        for (const some of isAtOnce ? [paths] : paths.map((path) => [path])) {
          results.push(...(await importAll(agent, ...some)));
        }
        const at = `${order} ${isAtOnce ? 'at once' : 'step by step'}`;
        const expected = order.map((index, place) => {
          if (place === 0) return 'added';
          return index > Math.max(...order.slice(0, place)) ? 'updated' : 'unchanged';
        });
        assert.equal(
          results.map(({ status, warnings }) => [status, ...warnings]),
          // A line that ends too early is told of.
          results.map(({ warnings }, place) => [expected[place], ...warnings.filter(isOfTheEnd)]),
          at,
        );
        const sessions = (await gsess.json(['list'])) as { id: string }[];
        assert.is(sessions.length, 1, at);
        const id = sessions[0]?.id ?? '';
        assert.ok((await exported(id)).equals(Buffer.from(chain[2] ?? '')), at);
        outcomes.add(JSON.stringify(comparable(record(id))));
      });
    }
    assert.is(outcomes.size, 1, [...outcomes].join('\n'));
  });
}

function isOfTheEnd(warning: string): boolean {
  return warning.startsWith('Passed over a record that ends too early');
}

/** What the session is, without how it came about. */
function comparable({ transcripts, ...record }: SessionRecord): object {
  const [transcript] = Object.values(transcripts);
  const longest = transcript?.importedFrom?.split('/').at(-1);
  return { ...record, longest, checkpoints: 0, root: '', cwd: '' };
}

chains('keeps what diverged a session beside, and takes what that grew into', () =>
  withPlace(async ({ gsess, put, importAll, exported }) => {
    const other = `${firstLines(5)}{"type":"user","message":{"role":"user","content":"Otherwise"}}\n`;
    const further = `${other}{"type":"assistant","message":{"role":"assistant","content":"Yes"}}\n`;
    const results = await importAll(
      'claude',
      put('1.jsonl', firstLines(7)),
      put('2.jsonl', other),
      put('3.jsonl', further),
      put('4.jsonl', claude),
      put('5.jsonl', firstLines(4)),
    );
    assert.equal(
      results.map(({ status }) => status),
      ['added', 'added', 'updated', 'updated', 'unchanged'],
    );
    const [first, beside, grown] = results;
    assert.equal([first?.id, grown?.id], [SESSION, beside?.id]);
    assert.match(grown?.warnings[0] ?? '', 'kept beside it');
    const again = await importAll('claude', put('2.jsonl', other), put('6.jsonl', further));
    assert.equal(
      again.map(({ id, status }) => [id, status]),
      [
        [beside?.id, 'unchanged'],
        [beside?.id, 'unchanged'],
      ],
    );
    // The name under which it was begun tells a third story now.
    const third = `${firstLines(5)}{"type":"user","message":{"role":"user","content":"Thirdly"}}\n`;
    const [new3] = await importAll('claude', put('2.jsonl', third));
    assert.is(new3?.status, 'added');
    assert.equal(((await gsess.json(['list'])) as object[]).length, 3);
    assert.ok((await exported(SESSION)).equals(claude));
    assert.is((await exported(beside?.id ?? '')).toString(), further);
    assert.is((await exported(new3?.id ?? '')).toString(), third);
  }),
);

chains('keeps a document beside that lacks or changes what was said', () =>
  withPlace(async ({ put, importAll, exported }) => {
    const [, , whole = ''] = geminiChain;
    const cut = JSON.parse(whole);
    cut.messages.splice(1, 1);
    const stories = [
      whole,
      whole.replace('text of a', 'text of b'),
      whole.replace('Read the file', 'Read the file again'),
      JSON.stringify(cut),
    ];
    const results = await importAll(
      'gemini',
      ...stories.map((text, index) => put(`${index}.json`, text)),
    );
    assert.equal(
      results.map(({ status }) => status),
      ['added', 'added', 'added', 'added'],
    );
    for (const [index, { id }] of results.entries()) {
      assert.is((await exported(id)).toString(), stories[index]);
    }
  }),
);

chains('does not shrink where an older copy of a document stands in its place', () =>
  withPlace(async ({ put, importAll, exported }) => {
    const [, middle = '', whole = ''] = geminiChain;
    const [{ id } = { id: '' }] = await importAll('gemini', put('a.json', whole));
    const [older] = await importAll('gemini', put('a.json', middle));
    assert.is(older?.status, 'unchanged');
    assert.match(older?.warnings[0] ?? '', 'is not what was captured of it, which stays');
    assert.is((await exported(id)).toString(), whole);
    const rewritten = whole.replace('Thank you', 'Thanks');
    const [followed] = await importAll('gemini', put('a.json', rewritten));
    assert.is(followed?.status, 'updated');
    assert.is((await exported(id)).toString(), rewritten);
  }),
);

chains('lets an older copy add side files, and replace none', () =>
  withPlace(async ({ put, importAll, record }) => {
    const side = (place: string, name: string, text: string) =>
      put(`${place}/${SESSION}/subagents/${name}.jsonl`, text);
    side('new', 'agent-a1', '{"type":"new"}\n');
    side('old', 'agent-a1', '{"type":"an older one"}\n');
    side('old', 'agent-b2', '{"type":"other"}\n');
    await importAll('claude', put(`new/${SESSION}.jsonl`, claude));
    const facts = () => {
      const { transcripts, ...rest } = record(SESSION);
      return { ...rest, checkpoints: 0, files: transcripts[SESSION]?.files ?? {} };
    };
    const before = facts();
    const [older] = await importAll('claude', put(`old/${SESSION}.jsonl`, firstLines(4)));
    assert.is(older?.status, 'updated');
    assert.match(older?.warnings.join('\n') ?? '', /agent-a1.* is not what was captured of it/);
    const { files, ...after } = facts();
    assert.equal({ ...after, files: before.files }, before);
    assert.equal(Object.keys(files).sort(), [
      'subagents/agent-a1.jsonl',
      'subagents/agent-b2.jsonl',
    ]);
    assert.equal(files['subagents/agent-a1.jsonl'], before.files['subagents/agent-a1.jsonl']);
  }),
);

chains.run();
