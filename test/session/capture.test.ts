import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clearPause } from '../../src/session/snapshot-pause.ts';
import { readStored, storedPath } from '../../src/session/stored-transcript.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { git, gitText } from '../support/git-oracle.ts';
import { makeLoose } from '../support/loose-store.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const OTHER_NATIVE_ID = '22222222-2222-4222-8222-222222222222';
const x = suite('Capturing an event');

const inSession = (body: (driver: SessionDriver, directory: string) => Promise<void>) => () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await body(driver, directory);
    assertStoreIsSound(driver.store);
  });

/** What is stored of the transcript at the tip, by our own reading. */
function storedTranscript(driver: SessionDriver, sideFile?: string): string {
  const { store } = driver;
  const [tip] = driver.log();
  const transcripts = tip && store.entry(tip, 'transcript')?.id;
  const place = { transcripts, path: storedPath(driver.nativeId, sideFile) };
  return Buffer.concat([...readStored(store.objects, place)]).toString();
}

x(
  'makes a commit of every prompt, call and turn, numbered by turn',
  inSession(async (driver) => {
    driver.write('a.txt', 'one\n');
    await driver.prompt('Make it two');
    await driver.tool('Edit', { file_path: 'a.txt' }, () => driver.write('a.txt', 'two\n'));
    await driver.turn('It is two.');
    await driver.prompt('Thanks');
    await driver.turn('Welcome.');
    assert.equal(
      driver.log().map(({ kind, turn, subject }) => [kind, turn, subject]),
      [
        ['turn', 2, 'turn 2: Welcome.'],
        ['prompt', 2, 'prompt 2: Thanks'],
        ['turn', 1, 'turn 1: It is two.'],
        ['manual', 1, 'after Edit'],
        ['tool', 1, 'before Edit'],
        ['prompt', 1, 'prompt 1: Make it two'],
      ],
    );
    const [, , turn, , tool] = driver.log();
    const shown = (id = '') =>
      gitText(driver.store.repository.directory, ['show', `${id}:files/a.txt`]);
    assert.is(shown(tool?.id), 'one');
    assert.is(shown(turn?.id), 'two');
  }),
);

x(
  'keeps what the transcript gained since the last event, byte for byte',
  inSession(async (driver) => {
    await driver.prompt('begin');
    await driver.turn('done');
    appendFileSync(driver.transcriptPath, '{"torn": "last li');
    await driver.event({ kind: 'turn', subject: 'again' });
    const whole = readFileSync(driver.transcriptPath, 'utf8');
    assert.is(storedTranscript(driver), whole.slice(0, whole.lastIndexOf('\n') + 1));
    appendFileSync(driver.transcriptPath, 'ne"}\n');
    await driver.event({ subject: 'the end' });
    assert.is(storedTranscript(driver), readFileSync(driver.transcriptPath, 'utf8'));
  }),
);

x(
  'takes a torn last line too when nothing more will come',
  inSession(async (driver) => {
    await driver.prompt('begin');
    appendFileSync(driver.transcriptPath, '{"torn": "last li');
    await driver.event({ subject: 'the end', final: true });
    assert.is(storedTranscript(driver), readFileSync(driver.transcriptPath, 'utf8'));
  }),
);

x(
  'keeps what was captured when the agent cuts or deletes its file, and what it was before a rewrite',
  inSession(async (driver) => {
    await driver.prompt('begin');
    await driver.turn('done');
    await driver.event({ kind: 'turn', subject: 'settled' });
    const before = storedTranscript(driver);
    const first = before.slice(0, before.indexOf('\n') + 1);
    writeFileSync(driver.transcriptPath, first);
    await driver.event({ kind: 'turn', subject: 'cut' });
    assert.is(storedTranscript(driver), before);
    rmSync(driver.transcriptPath);
    await driver.event({ kind: 'turn', subject: 'deleted' });
    assert.is(storedTranscript(driver), before);
    writeFileSync(driver.transcriptPath, `${first}{"another":"story"}\n`);
    await driver.event({ kind: 'turn', subject: 'rewritten' });
    assert.is(storedTranscript(driver), `${first}{"another":"story"}\n`);
    const [, earlier] = driver.log();
    const segments = gitText(driver.store.repository.directory, [
      'ls-tree',
      '-r',
      '--name-only',
      `${earlier?.id}:transcript`,
    ]);
    assert.ok(segments.split('\n').length > 1);
  }),
);

x(
  'takes subagents and other side files along under their own names',
  inSession(async (driver) => {
    await driver.prompt('begin');
    const beside = driver.transcriptPath.replace(/\.jsonl$/, '');
    mkdirSync(join(beside, 'subagents'), { recursive: true });
    writeFileSync(join(beside, 'subagents/agent-1.jsonl'), '{"sub":1}\n');
    await driver.turn('done');
    appendFileSync(join(beside, 'subagents/agent-1.jsonl'), '{"sub":2}\n');
    await driver.event({ subject: 'the end' });
    assert.is(storedTranscript(driver, 'subagents/agent-1.jsonl'), '{"sub":1}\n{"sub":2}\n');
  }),
);

x(
  'makes no commit of other events unless something changed',
  inSession(async (driver) => {
    assert.is(await driver.event({ subject: 'start' }), undefined);
    await driver.prompt('begin');
    await driver.event({ subject: 'what the prompt left' });
    assert.is(await driver.event({ subject: 'nothing new' }), undefined);
    driver.write('b.txt', 'b');
    assert.ok(await driver.event({ subject: 'a file' }));
    driver.append({ type: 'system', content: 'a record' });
    assert.ok(await driver.event({ subject: 'a record' }));
    assert.is(driver.log().length, 4);
  }),
);

x(
  'belongs to the session and root of its first event wherever the agent goes',
  inSession(async (driver, directory) => {
    driver.write('a.txt', 'a');
    await driver.prompt('begin');
    mkdirSync(join(directory, 'elsewhere'));
    await driver.event({ kind: 'turn', subject: 'far away', cwd: join(directory, 'elsewhere') });
    assert.is(driver.log().length, 2);
    const [tip] = driver.log();
    assert.is(tip?.root, realpathSync(driver.project));
    assert.is(driver.store.record(tip!).cwd, driver.project);
  }),
);

x('keeps the conversation alone where the root must not be captured, and says so', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory, {
      surroundings: { home: join(directory, 'project') },
    });
    driver.write('private.txt', 'not for gsess');
    mkdirSync(dirname(driver.transcriptPath), { recursive: true });
    await driver.prompt('begin');
    await driver.turn('done');
    const [tip] = driver.log();
    assert.is(tip?.files, 'none');
    const skipped = gitText(driver.store.repository.directory, ['show', `${tip?.id}:skipped.json`]);
    assert.match(skipped, /home/i);
    assert.is(gitText(driver.store.repository.directory, ['ls-tree', `${tip?.id}:files`]), '');
    assertStoreIsSound(driver.store);
  }),
);

x('keeps the conversation alone when snapshots are off', () =>
  withTemporaryDirectory(async (directory) => {
    const settings = { ...DEFAULT_SETTINGS, snapshots: false };
    const driver = await startSession(directory, { surroundings: { settings } });
    driver.write('a.txt', 'a');
    await driver.prompt('begin');
    assert.is(driver.log()[0]?.files, 'none');
  }),
);

x('leaves out what is set to be private and takes what is not, from the next event on', () =>
  withTemporaryDirectory(async (directory) => {
    const settings = { ...DEFAULT_SETTINGS };
    const driver = await startSession(directory, { surroundings: { settings } });
    for (const name of ['a.txt', 'data.sqlite', 'public.key', 'private.key'])
      driver.write(name, name);
    const held = (id: string) =>
      gitText(driver.store.repository.directory, ['ls-tree', '--name-only', `${id}:files`]);
    assert.is(held(await driver.prompt('begin')), 'a.txt\ndata.sqlite');
    Object.assign(settings, { exclude: ['*.SQLITE'], include: ['public.key'] });
    assert.is(held(await driver.prompt('go on')), 'a.txt\npublic.key');
    driver.write('.gsessignore', '!data.sqlite\n');
    assert.is(
      held(await driver.prompt('bring it back')),
      '.gsessignore\na.txt\ndata.sqlite\npublic.key',
    );
    assertStoreIsSound(driver.store);
  }),
);

x(
  'gives up the files, not the conversation, when the time is up',
  inSession(async (driver) => {
    for (let index = 0; index < 3000; index += 1) driver.write(`many/${index % 50}/${index}`, 'x');
    await driver.event({ kind: 'prompt', subject: 'begin', prompt: 'begin', deadline: 0 });
    const [tip] = driver.log();
    assert.is(tip?.files, 'none');
    clearPause(driver.store, driver.project);
    await driver.event({ kind: 'turn', subject: 'with time' });
    assert.is(driver.log()[0]?.files, 'whole');
  }),
);

x(
  'lists what it left out in the checkpoint',
  inSession(async (driver) => {
    git(driver.project, ['init', '-q']);
    driver.write('.gitignore', 'build/\n');
    driver.write('build/out.js', 'x');
    driver.write('.env', 'SECRET=1');
    driver.write('kept.txt', 'k');
    await driver.prompt('begin');
    const [tip] = driver.log();
    const repository = driver.store.repository.directory;
    const skipped: { path: string; reason: string }[] = JSON.parse(
      gitText(repository, ['show', `${tip?.id}:skipped.json`]),
    );
    assert.equal(
      skipped.map(({ path, reason }) => [path, reason]),
      [
        ['.env', 'secret'],
        ['build', 'ignored'],
      ],
    );
    const names = gitText(repository, ['ls-tree', '-r', '--name-only', `${tip?.id}:files`]);
    assert.is(names, '.gitignore\nkept.txt');
  }),
);

x(
  'stands in git with its author, its trailers and the session as HEAD',
  inSession(async (driver) => {
    git(driver.project, ['init', '-q', '-b', 'topic']);
    git(driver.project, ['commit', '-q', '--allow-empty', '-m', 'x']);
    await driver.prompt('Say it');
    const repository = driver.store.repository.directory;
    assert.is(gitText(repository, ['symbolic-ref', 'HEAD']), `refs/heads/${driver.session}`);
    const message = gitText(repository, ['log', '-1', '--format=%an|%cn|%s|%(trailers)']);
    assert.match(message, /^claude\|gsess\|prompt 1: Say it\|/);
    for (const line of [
      'Gsess-Kind: prompt',
      'Gsess-Turn: 1',
      'Gsess-Branch: topic',
      `Gsess-Session: ${driver.session}`,
      'Gsess-Title: Say it',
      'Gsess-Files: whole',
    ]) {
      assert.ok(message.includes(line), line);
    }
  }),
);

x(
  'takes side files that are not made of lines to their last byte',
  inSession(async (driver) => {
    await driver.prompt('begin');
    const beside = driver.transcriptPath.replace(/\.jsonl$/, '');
    mkdirSync(join(beside, 'subagents'), { recursive: true });
    writeFileSync(join(beside, 'subagents/agent-1.meta.json'), '{"agentType":"Explore"}');
    await driver.turn('done');
    assert.is(storedTranscript(driver, 'subagents/agent-1.meta.json'), '{"agentType":"Explore"}');
  }),
);

x(
  'finds the session from anywhere, its refs packed and the index of native ids lost',
  inSession(async (driver, directory) => {
    await driver.prompt('begin');
    git(driver.store.repository.directory, ['pack-refs', '--all']);
    rmSync(join(driver.surroundings.dataDirectory, 'native'), { recursive: true });
    mkdirSync(join(directory, 'elsewhere'));
    await driver.event({ kind: 'turn', subject: 'far away', cwd: join(directory, 'elsewhere') });
    assert.is(driver.log().length, 2);
  }),
);

x('puts the small packs it leaves together by itself, unless somebody else does', () =>
  withTemporaryDirectory(async (directory) => {
    const left = { surroundings: { leavesGathering: true } };
    const hooked = await startSession(directory, left);
    for (let event = 0; event < 42; event += 1) await hooked.turn(`answer ${event}`);
    const packs = () => {
      const { objectsDirectory } = hooked.store.objects;
      const names = readdirSync(join(objectsDirectory, 'pack'));
      return names.filter((name) => name.endsWith('.pack')).length;
    };
    assert.is(packs(), 42);
    const embedded = await startSession(directory, { nativeId: OTHER_NATIVE_ID });
    await embedded.turn('one more');
    assert.is(packs(), 1);
    assert.is(hooked.log().length, 42);
    assertStoreIsSound(hooked.store);
  }),
);

x('believes no stat from before objects were removed from the store', () =>
  withTemporaryDirectory(async (directory) => {
    // Everything has been at rest for a minute, so the stat cache is believed.
    const now = () => Date.now() + 60_000;
    const driver = await startSession(directory, { surroundings: { now } });
    driver.write('a.txt', 'one of a kind\n');
    await driver.prompt('begin');
    const store = driver.store.repository.directory;
    const blob = gitText(store, ['rev-parse', `${driver.session}:files/a.txt`]);
    makeLoose(store);
    rmSync(join(store, 'objects', blob.slice(0, 2), blob.slice(2)));
    writeFileSync(join(store, 'gsess', 'prune-generation'), '1\n', { mode: 0o600 });
    await driver.turn('done');
    assertStoreIsSound(driver.store);
  }),
);

x(
  'gives the session that begins the name it is to have, and no other the same',
  inSession(async (driver, directory) => {
    await driver.event({ kind: 'prompt', subject: 'hi', prompt: 'hi', name: 'flags' });
    await driver.event({ kind: 'turn', subject: 'done', name: 'later' });
    const { surroundings } = driver;
    for (const [nativeId, name] of [
      [OTHER_NATIVE_ID, 'flags'],
      [OTHER_NATIVE_ID.replace('2', '3'), 'no\u0000name'],
    ] as const) {
      const other = await startSession(directory, { nativeId, surroundings });
      await other.event({ kind: 'prompt', subject: 'hi', prompt: 'hi', name });
    }
    const names = driver.store.sessions().map(({ id, name }) => [id, name]);
    assert.equal(
      names.filter(([, name]) => name !== null),
      [[driver.session, 'flags']],
    );
    assert.is(names.length, 3);
  }),
);

x.run();
