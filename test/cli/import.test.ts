import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { locateProject } from '../../src/session/project.ts';
import { openStoreOf } from '../../src/session/store.ts';
import { type CommandRunner, commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, sealedSurroundings, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { parseLines, transcriptFixture } from '../support/transcript-fixture.ts';
import { transcriptVariants } from '../support/transcript-variants.ts';

interface Imported {
  readonly path: string;
  readonly id: string;
  readonly nativeId: string;
  readonly status: string;
  readonly records: number;
  readonly warnings: readonly string[];
}

const NATIVE_ID = '6f1c2b9e-8d4a-4c57-9a0e-2b7d51c3e8f4';
const sound = transcriptFixture('claude/two-turns.jsonl');

interface Place {
  readonly gsess: CommandRunner;
  readonly project: string;
  readonly home: string;
  /** Puts a file into an inbox and returns its path. */
  put(name: string, bytes: Uint8Array): string;
  importAll(...paths: string[]): Promise<readonly Imported[]>;
  exported(id: string): Promise<Buffer>;
  assertSound(): void;
}

function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const surroundings = sealedSurroundings(directory);
    const project = join(directory, 'project');
    const gsess = commandRunner({ project, surroundings });
    await use({
      gsess,
      project,
      home: surroundings.home,
      put: (name, bytes) => {
        mkdirSync(join(directory, 'inbox', name, '..'), { recursive: true });
        writeFileSync(join(directory, 'inbox', name), bytes);
        return join(directory, 'inbox', name);
      },
      importAll: async (...paths) =>
        JSON.parse((await gsess(['import', 'claude', ...paths, '--json'])).stdout),
      exported: async (id) => (await gsess(['export', id], { raw: true })).bytes,
      assertSound: () => {
        const store = openStoreOf(locateProject(project, surroundings), surroundings);
        assertStoreIsSound(store!);
      },
    });
  });
}

const imports = suite('gsess import');

imports('takes a transcript in as a session, whose file comes back byte for byte', () =>
  withPlace(async ({ gsess, project, put, importAll, exported, assertSound }) => {
    const path = put(`${NATIVE_ID}.jsonl`, sound);
    const added = await importAll(path);
    const source = { path, agent: 'claude', project };
    assert.equal(added, [
      { ...source, id: NATIVE_ID, nativeId: NATIVE_ID, status: 'added', records: 10, warnings: [] },
    ]);
    const [session] = (await gsess.json(['list'])) as Record<string, unknown>[];
    assert.is(session?.['title'], 'Now run the tests and fix what fails');
    assert.is(session?.['turns'], 2);
    assert.is(session?.['branch'], 'main');
    assert.is(session?.['updatedAt'], '2026-03-01T10:00:09.000Z');
    assert.ok((await exported(NATIVE_ID)).equals(sound));
    assert.equal(
      (await importAll(path)).map(({ status }) => status),
      ['unchanged'],
    );
    const more = Buffer.concat([sound, sound.subarray(0, sound.indexOf('\n') + 1)]);
    put(`${NATIVE_ID}.jsonl`, more);
    assert.equal(
      (await importAll(path)).map(({ status }) => status),
      ['updated'],
    );
    assert.ok((await exported(NATIVE_ID)).equals(more));
    assertSound();
  }),
);

imports('gives back every variant that the field knows, all imported at once', () =>
  withPlace(async ({ gsess, put, importAll, exported, assertSound }) => {
    const variants = transcriptVariants(sound);
    // Named by ids of their own, since what only ends earlier is an older copy of one that goes on.
    const paths = variants.map(({ name, bytes }, index) =>
      put(name.replace(/^[^.]+/, NATIVE_ID.replace(/^../, String(index + 10))), bytes),
    );
    const imported = await importAll(...paths);
    const sessions = new Map(
      ((await gsess.json(['list'])) as { id: string; turns: number; title: string }[]).map(
        (session) => [session.id, session],
      ),
    );
    for (const [index, { name, bytes, keepsTurns }] of variants.entries()) {
      const { id, status, records } = imported[index]!;
      assert.is(status, 'added', name);
      assert.ok((await exported(id)).equals(bytes), `${name} comes back`);
      const session = sessions.get(id)!;
      if (keepsTurns) assert.is(session.turns, 2, name);
      if (keepsTurns) assert.ok(records >= 10, `${name}: ${records} records`);
      assert.ok(session.title !== '' && !session.title.includes('no prompt'), name);
    }
    assert.equal(new Set(imported.map(({ id }) => id)).size, variants.length);
    const again = await importAll(...paths);
    assert.equal([...new Set(again.map(({ status }) => status))], ['unchanged']);
    assert.equal(
      again.map(({ id }) => id),
      imported.map(({ id }) => id),
    );
    assertSound();
  }),
);

imports('takes in what the agents keep of this project, and of all projects if told to', () =>
  withPlace(async ({ gsess, home, project, assertSound }) => {
    const rollout = 'rollout-2026-11-27T14-50-35-01a21d7c-9a88-7f13-b0ee-afa151803d79.jsonl';
    const elsewhere = join(project, '..', 'elsewhere');
    const movedTo = (bytes: Buffer, from: string, to: string) =>
      Buffer.from(bytes.toString().replaceAll(from, to));
    const putOwn = (path: string, bytes: Uint8Array) => {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), bytes);
    };
    mkdirSync(join(project, 'src'), { recursive: true });
    const cwd = parseLines(sound).find((record) => record.cwd !== undefined)?.cwd ?? '';
    const other = NATIVE_ID.replace('6', '7');
    putOwn(`.claude/projects/-p/${NATIVE_ID}.jsonl`, movedTo(sound, cwd, join(project, 'src')));
    putOwn(`.claude/projects/-e/${other}.jsonl`, movedTo(sound, cwd, elsewhere));
    putOwn(`.claude/projects/-x/${NATIVE_ID.replace('6', '8')}.jsonl`, Buffer.from('{}\n'));
    const thread = transcriptFixture('codex/session.jsonl');
    putOwn(`.codex/sessions/2026/11/27/${rollout}`, movedTo(thread, '/home/dev/flags', project));

    const first = (await gsess.json(['import'])) as { agent: string; status: string }[];
    assert.equal(
      first.map(({ agent, status }) => [agent, status]),
      [
        ['claude', 'added'],
        ['codex', 'added'],
      ],
    );
    const again = await gsess(['import']);
    assert.is(again.stdout.trim(), '');
    assert.match(again.stderr, '2 sessions are here already');
    assert.match(again.stderr, '1 sessions tell no directory');
    const all = (await gsess.json(['import', '--all'])) as { project: string; status: string }[];
    const told = all.map(({ project: at, status }) => `${status} in ${at}`).sort();
    assert.equal(told, [
      `added in ${elsewhere}`,
      `unchanged in ${project}`,
      `unchanged in ${project}`,
    ]);
    assert.is((await gsess(['import', 'claude', 'x.jsonl', '--all'])).status, 2);
    assert.equal(((await gsess.json(['list'])) as object[]).length, 2);
    await gsess(['undo']);
    assert.equal(await gsess.json(['list']), []);
    assertSound();
  }),
);

imports('counts each record once', () =>
  withPlace(async ({ gsess, put }) => {
    const thread = transcriptFixture('codex/session.jsonl');
    const path = put('thread.jsonl', thread);
    const [imported] = (await gsess.json(['import', 'codex', path])) as Imported[];
    assert.is(imported?.records, parseLines(thread).length);
  }),
);

imports('takes 12 MiB in, and gives them back', () =>
  withPlace(async ({ put, importAll, exported }) => {
    const large = Buffer.concat(new Array(Math.ceil((12 * 2 ** 20) / sound.length)).fill(sound));
    const [imported] = await importAll(put('large.jsonl', large));
    assert.is(imported?.status, 'added');
    assert.is(imported?.records, 10 * (large.length / sound.length));
    assert.ok((await exported(imported!.id)).equals(large));
  }),
);

imports('keeps a subagent apart from the session it works for, and takes side files along', () =>
  withPlace(async ({ gsess, put, importAll, exported, assertSound }) => {
    const agent = transcriptFixture('claude/agent-a1b2c3.jsonl');
    const inside = JSON.parse(agent.toString().split('\n')[0]!).sessionId as string;
    const alone = put('agent-a1b2c3.jsonl', agent);
    const main = put(`${inside}.jsonl`, transcriptFixture('claude/session.jsonl'));
    put(`${inside}/subagents/agent-a1b2c3.jsonl`, agent);
    const [subagent, session] = await importAll(alone, main);
    assert.is(subagent?.nativeId, `${inside}/agent-a1b2c3`);
    assert.is(session?.id, inside);
    assert.not.equal(subagent?.id, session?.id);
    assert.ok((await exported(subagent!.id)).equals(agent));
    const { bytes } = (await gsess.json(['show', inside])) as { bytes: number };
    assert.is(bytes, readFileSync(main).length + agent.length);
    assertSound();
  }),
);

imports('refuses what cannot be read, goes on with the rest, and exits 1', () =>
  withPlace(async ({ gsess, project, put }) => {
    const good = put(`${NATIVE_ID}.jsonl`, sound);
    const directory = mkdtempSync(join(project, 'd'));
    const outcome = await gsess(['import', 'claude', 'gone.jsonl', directory, good, '--json']);
    assert.is(outcome.status, 1);
    const [gone, dir, fine] = JSON.parse(outcome.stdout) as Imported[];
    assert.equal(gone, {
      path: 'gone.jsonl',
      agent: 'claude',
      project,
      id: null,
      nativeId: null,
      status: 'refused',
      records: 0,
      warnings: ['No such file'],
    });
    assert.equal(dir?.warnings, ['Not a regular file']);
    assert.is(fine?.status, 'added');
    const text = await gsess(['import', 'claude', 'gone.jsonl', good]);
    assert.match(text.stdout, /^refused +gone\.jsonl$/m);
    assert.match(text.stdout, /^unchanged +6f1c2b9e +10 /m);
    assert.match(text.stderr, /^gsess: warning: gone\.jsonl: No such file$/m);
    assert.is((await gsess(['import', 'nobody', good])).status, 2);
  }),
);

imports('keeps another story under the same id beside, and says so', () =>
  withPlace(async ({ put, importAll, exported }) => {
    const [first] = await importAll(put(`a/${NATIVE_ID}.jsonl`, sound));
    const other = Buffer.from(sound.toString().replace('--yes', '--always'));
    const [second] = await importAll(put(`b/${NATIVE_ID}.jsonl`, other));
    assert.is(second?.status, 'added');
    assert.not.equal(second?.id, first?.id);
    assert.match(second?.warnings[0] ?? '', /same native id and other contents/);
    assert.ok((await exported(first!.id)).equals(sound));
    assert.ok((await exported(second!.id)).equals(other));
  }),
);

imports('takes a longer copy of the same file for the same session, wherever it lies', () =>
  withPlace(async ({ put, importAll, exported }) => {
    const part = sound.subarray(0, sound.indexOf('\n') + 1);
    await importAll(put(`a/${NATIVE_ID}.jsonl`, part));
    const [longer] = await importAll(put(`b/${NATIVE_ID}.jsonl`, sound));
    assert.is(longer?.status, 'updated');
    assert.is(longer?.id, NATIVE_ID);
    assert.ok((await exported(NATIVE_ID)).equals(sound));
  }),
);

imports('does not follow a copy that was imported, and follows the file of the agent', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const gsess = commandRunner(driver);
    driver.append({ type: 'user', message: { role: 'user', content: 'hello there' } });
    const own = readFileSync(driver.transcriptPath);
    const copy = join(directory, 'copy.jsonl');
    writeFileSync(copy, sound);
    await gsess(['import', 'claude', copy, driver.transcriptPath]);
    writeFileSync(copy, 'something else altogether\n');
    driver.append({ type: 'user', message: { role: 'user', content: 'and more' } });
    assert.ok((await gsess(['export', NATIVE_ID], { raw: true })).bytes.equals(sound));
    const now = readFileSync(driver.transcriptPath);
    assert.ok(now.length > own.length);
    assert.ok((await gsess(['export', driver.nativeId])).bytes.equals(now));
    rmSync(driver.transcriptPath);
    const after = await gsess(['export', driver.nativeId]);
    assert.ok(after.bytes.equals(now), 'what the agent deletes stays');
    assert.is(after.stderr, '');
  }),
);

imports('takes what it handed out itself into the session that it was for', () =>
  withPlace(async ({ gsess, home, project, put, importAll, assertSound }) => {
    const json = async (...args: string[]) => JSON.parse((await gsess([...args, '--json'])).stdout);
    const [first] = await importAll(put(`${NATIVE_ID}.jsonl`, sound));
    const own = join(home, '.claude', 'projects', project.replace(/[^a-zA-Z0-9]/g, '-'));
    mkdirSync(own, { recursive: true });
    const fork = await json('fork', `${first?.id}`);
    const { written, nativeId } = await json('resume', fork.id, '--print');
    const untouched = await importAll();
    assert.equal(
      untouched.map(({ id, status }) => [id, status]),
      [[fork.id, 'unchanged']],
    );
    const said = { type: 'user', uuid: 'u9', message: { role: 'user', content: 'One more' } };
    writeFileSync(written, `${readFileSync(written)}${JSON.stringify(said)}\n`);
    const grown = await importAll();
    assert.equal(
      grown.map(({ id, status }) => [id, status]),
      [[fork.id, 'updated']],
    );
    assert.is((await importAll()).at(-1)?.status, 'unchanged');
    const sessions = await json('list');
    assert.equal(sessions.map(({ id }: { id: string }) => id).sort(), [first?.id, fork.id].sort());
    const ready = await json('resume', fork.id, '--print');
    assert.equal([ready.nativeId, ready.written], [nativeId, null]);
    assertSound();
  }),
);

const exports = suite('gsess export');

exports('ends at a checkpoint, and writes one form for all agents', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const gsess = commandRunner(driver);
    await driver.prompt('first');
    await driver.turn('one');
    const first = readFileSync(driver.transcriptPath);
    await driver.prompt('second');
    await driver.turn('two');
    const whole = readFileSync(driver.transcriptPath);
    assert.ok((await gsess(['export', '@1'])).bytes.equals(first));
    assert.ok(
      (await gsess(['export'])).bytes.equals(whole),
      'the last answer came after the last event',
    );
    const lines = (await gsess(['export', '@1', '--format', 'jsonl'])).stdout.trimEnd().split('\n');
    assert.equal(
      lines.map((line) => JSON.parse(line).kind),
      ['prompt', 'reply'],
    );
    const value = JSON.parse((await gsess(['export', '1', '--format', 'json'])).stdout);
    assert.equal(Object.keys(value), ['session', 'turns', 'messages']);
    assert.is(value.session.id, driver.session);
    assert.is(value.turns.length, 2);
    assert.equal(await gsess.json(['export', '1']), value);
    const moment = await gsess(['export', '@1', '--native-id', driver.nativeId]);
    assert.ok(moment.bytes.equals(first));
    assert.is((await gsess(['export', '@1', '--native-id', 'other'])).status, 3);
    assert.is((await gsess(['export', '1', '--native-id', 'other'])).status, 3);
    assert.is((await gsess(['export', '1', '--format', 'jsonl', '--json'])).status, 2);
  }),
);

exports('redacts what looks like a secret where that is asked for, never in the native form', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const gsess = commandRunner(driver);
    const secret = 'correct-horse-battery-9';
    await driver.prompt(`log in with password=${secret}`);
    await driver.tool('Login', { password: secret });
    await driver.turn('done');
    for (const format of ['json', 'jsonl']) {
      const whole = await gsess(['export', '--format', format]);
      assert.match(whole.stdout, secret);
      const { stdout, stderr } = await gsess(['export', '--format', format, '--redact']);
      assert.not.match(stdout, secret);
      assert.match(stdout, 'log in with password=[redacted]');
      assert.match(stderr, /^Redacted in \d places\.$/m);
    }
    const native = await gsess(['export', '--redact']);
    assert.equal([native.status, native.stdout], [2, '']);
    const written = await gsess.json([
      ...['export', '--format', 'json', '--redact', '--output', 'x.json'],
    ]);
    assert.ok((written as { redacted: number }).redacted >= 3);
  }),
);

exports('writes a file whole, and replaces none unasked', () =>
  withPlace(async ({ gsess, project, put, importAll }) => {
    await importAll(put(`${NATIVE_ID}.jsonl`, sound));
    const outcome = await gsess(['export', '1', '--output', 'out.jsonl']);
    assert.match(outcome.stderr, /^Wrote \d\.\d kB to '.*out\.jsonl'\.$/m);
    assert.ok(readFileSync(join(project, 'out.jsonl')).equals(sound));
    const again = await gsess(['export', '1', '-o', 'out.jsonl']);
    assert.is(again.status, 2);
    assert.match(again.stderr, /is there already/);
    assert.equal(
      await gsess.json(['export', '1', '-o', 'out.jsonl', '--force', '--format', 'native']),
      {
        path: join(project, 'out.jsonl'),
        format: 'native',
        bytes: sound.length,
        redacted: 0,
      },
    );
    assert.is((await gsess(['export', '1', '-o', 'no/such/place'])).status, 1);
  }),
);

exports('gives the compressed bytes of what came compressed', () =>
  withPlace(async ({ gsess, put, importAll, exported }) => {
    const { bytes } = transcriptVariants(sound).find(({ name }) => name.endsWith('.gz'))!;
    const [imported] = await importAll(put('cold.jsonl.gz', bytes));
    assert.ok(gunzipSync(await exported(imported!.id)).equals(sound));
    const { turns } = (await gsess.json(['export', imported!.id])) as { turns: unknown[] };
    assert.is(turns.length, 2);
  }),
);

imports('what one command adds is one operation: undo takes it away, redo brings it back', () =>
  withPlace(async ({ gsess, put, importAll, exported, assertSound }) => {
    const other = '7f1c2b9e-8d4a-4c57-9a0e-2b7d51c3e8f4';
    const paths = [
      put(`${NATIVE_ID}.jsonl`, sound),
      put(`${other}.jsonl`, Buffer.from(sound.toString().replaceAll(NATIVE_ID, other))),
    ];
    // The same session again, with more: it is one session that is added.
    const longer = Buffer.concat([sound, Buffer.from('{"type":"x"}\n')]);
    paths.push(put(`again/${NATIVE_ID}.jsonl`, longer));
    const statuses = (await importAll(...paths)).map(({ status }) => status);
    assert.equal(statuses, ['added', 'added', 'updated']);
    const count = async () => ((await gsess.json(['list'])) as unknown[]).length;
    assert.is(await count(), 2);
    const undone = (await gsess.json(['undo'])) as { summary: string };
    assert.is(undone.summary, 'import claude: 2 sessions');
    assert.is(await count(), 0);
    await gsess.json(['redo']);
    assert.is(await count(), 2);
    assert.equal(await exported(NATIVE_ID), longer);
    // More of a session that is here is history, and no operation.
    await importAll(put(`more/${NATIVE_ID}.jsonl`, Buffer.concat([longer, longer])));
    const again = (await gsess(['undo', '--json'])).stdout;
    assert.match(again, 'was moved since');
    await gsess.json(['undo', '--yes']);
    assert.is(await count(), 0);
    assertSound();
  }),
);

imports('hundreds of files are added in one go', () =>
  withPlace(async ({ gsess, put, importAll, assertSound }) => {
    const ids = Array.from({ length: 300 }, (_, index) =>
      NATIVE_ID.replace(/^.{8}/, index.toString(16).padStart(8, '0')),
    );
    const record = (id: string) =>
      `${JSON.stringify({ type: 'user', sessionId: id, message: { role: 'user', content: id } })}\n`;
    const paths = ids.map((id) => put(`${id}.jsonl`, Buffer.from(record(id))));
    const outcomes = await importAll(...paths);
    assert.equal([...new Set(outcomes.map(({ status }) => status))], ['added']);
    assert.is(((await gsess.json(['list', '--limit', '1000'])) as unknown[]).length, 300);
    await gsess.json(['undo']);
    assert.is(((await gsess.json(['list'])) as unknown[]).length, 0);
    assertSound();
  }),
);

imports.run();
exports.run();
