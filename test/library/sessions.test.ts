import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { assistant, toolResult, toolUse, user, withLibrary } from '../support/library-scene.ts';

const sessions = suite('sessions of an embedding agent');

const codeOf = async (run: () => Promise<unknown>): Promise<string> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof GsessError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
};

sessions('rows 1, 27, 39, 105, 114: are recorded as they go and given back as they were', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create({ state: { model: 'm-1', goal: 'be done' } });
    const said = [user('tidy the flags'), toolUse('c1'), toolResult('c1'), assistant('Done.')];
    for (const message of said) session.append(message);
    await store.close();
    assert.not.ok(existsSync(join(scene.data, 'spool', 'pilot')));
    const again = await scene.open();
    const resumed = await again.resume('latest');
    assert.equal(resumed?.messages, said);
    assert.equal([resumed?.state.model, resumed?.state.goal], ['m-1', 'be done']);
    assert.is(resumed?.session.id, session.id);
    assert.is(resumed?.session.title, 'tidy the flags');
    assert.is(resumed?.interruption, 'none');
    assert.equal(scene.warnings, []);
    await again.close();
  }),
);

sessions('row 1: one that is begun and not spoken in leaves nothing, nor does opening', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    store.create();
    assert.equal(await store.list(), []);
    await store.close();
    assert.not.ok(existsSync(scene.data));
  }),
);

sessions('rows 78, 103: give null for what is not there', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const nothing = async () => {
      assert.is(await store.latest(), null);
      assert.is(await store.resolve('nobody'), null);
      assert.is(await store.resume('nobody'), null);
      assert.is(await store.messages('nobody'), null);
      assert.is(await store.planRestore('nobody'), null);
      assert.is(await store.tag('good', 'nobody'), null);
      assert.is(await store.rename('nobody', 'somebody'), null);
      assert.is(await store.fork('nobody'), null);
      assert.is(await store.delete('nobody'), null);
      assert.is(await store.undo(), null);
    };
    await nothing();
    store.create().append(user('hello'));
    await store.close();
    assert.is((await store.latest())?.turns, 1);
    await store.delete('latest');
    await store.undo();
    assert.is(await store.resume('nobody'), null);
  }),
);

sessions(
  'rows 5, 7, 12, 30, 38, 43: are found by name, number and id, and renamed, tagged, deleted',
  () =>
    withLibrary(async (scene) => {
      const store = await scene.open();
      const first = store.create({ name: 'flags' });
      first.append(user('one'), assistant('1'));
      await first.save();
      const second = store.create();
      second.append(user('two'), assistant('2'));
      await second.save();
      assert.is((await store.resolve('flags'))?.id, first.id);
      assert.is((await store.resolve('1'))?.id, second.id);
      assert.is((await store.resolve(first.id.slice(0, 13)))?.id, first.id);
      assert.is(await codeOf(() => store.rename('1', 'flags')), 'guard');
      assert.is(await codeOf(() => store.rename('1', '12')), 'name-invalid');
      assert.is((await store.rename('1', 'other'))?.name, 'other');
      assert.is((await store.tag('good'))?.session, second.id);
      assert.is(await codeOf(() => store.tag('good')), 'guard');
      assert.is((await store.tags())[0]?.name, 'good');
      assert.is(await codeOf(() => store.delete('other')), 'live');
      assert.is(await codeOf(() => store.resume('other')), 'live');
      await store.close();
      assert.is((await store.delete('other'))?.id, second.id);
      assert.is((await store.undo())?.summary, `delete ${second.id}`);
      assert.is((await store.deleteTag('good'))?.turn, 1);
    }),
);

sessions('rows 44, 48: a tag of the open session takes its conversation back, files stay', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create();
    session.append(user('one'), assistant('1'));
    await store.tag('base');
    scene.write('later.txt', 'stays');
    session.append(user('two'), assistant('2'));
    const back = await store.resume('base');
    assert.is(back?.session.id, session.id);
    assert.equal(back?.messages, [user('one'), assistant('1')]);
    assert.ok(existsSync(join(scene.project, 'later.txt')));
    back?.recorder.append(user('three'), assistant('3'));
    await store.close();
    const now = await store.messages(session.id);
    assert.equal(now, [user('one'), assistant('1'), user('three'), assistant('3')]);
    assert.equal(await store.messages(`${session.id}@2`), [
      user('one'),
      assistant('1'),
      user('two'),
      assistant('2'),
    ]);
  }),
);

sessions('rows 56, 57, 58: restore plans, takes files back, and proposes the call again', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create();
    const call = { name: 'write', input: { path: 'a.txt' }, callId: 'c1' };
    scene.write('a.txt', 'before');
    session.append(user('change a'), toolUse('c1', call.input));
    const point = await session.checkpoint(call);
    scene.write('a.txt', 'after');
    scene.write('b.txt', 'new');
    session.append(toolResult('c1'), assistant('Done.'));
    const plan = await store.planRestore(point ?? '');
    assert.equal(plan?.write, ['a.txt']);
    assert.equal(plan?.delete, ['b.txt']);
    assert.is(readFileSync(join(scene.project, 'a.txt'), 'utf8'), 'after');
    const outcome = await plan?.apply();
    assert.equal(outcome?.call, call);
    assert.is(readFileSync(join(scene.project, 'a.txt'), 'utf8'), 'before');
    const retry = await store.resume(session.id, { pending: 'keep' });
    assert.equal(retry?.messages, [user('change a'), toolUse('c1', call.input)]);
    assert.equal(retry?.call, call);
    assert.equal(retry?.orphans, []);
    retry?.recorder.append(toolResult('c1', 'again'), assistant('Again.'));
    await store.close();
    assert.is((await store.messages(session.id))?.length, 4);
    await store.undo();
    assert.is(readFileSync(join(scene.project, 'a.txt'), 'utf8'), 'after');
  }),
);

sessions('rows 69, 92, 93: a fork begins with the conversation and leaves the first as it is', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create();
    session.append(user('one'), assistant('1'));
    await session.save();
    const fork = await store.fork(undefined, { name: 'other way' });
    const taken = await store.resume(fork?.id ?? '');
    assert.is.not(taken?.session.id, session.id);
    assert.equal(taken?.messages, [user('one'), assistant('1')]);
    taken?.recorder.append(user('two'), assistant('2'));
    session.append(user('zwei'), assistant('II'));
    await store.close();
    assert.equal((await store.messages('other way'))?.at(-1), assistant('2'));
    assert.equal((await store.messages(session.id))?.at(-1), assistant('II'));
    const again = await store.resume(session.id, { fork: true });
    assert.is.not(again?.session.id, session.id);
    assert.is(again?.messages.length, 4);
    await store.close();
  }),
);

sessions('row 83: what the hook on resume gives is added, and written with the next message', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    store.create().append(user('one'), assistant('1'));
    await store.close();
    const added = user('note: the tests are red');
    const taken = await store.resume('latest', { onResume: () => [added] });
    assert.equal(taken?.messages.at(-1), added);
    await store.close();
    assert.is((await store.messages('latest'))?.length, 2);
    const again = await store.resume('latest', { onResume: () => [added] });
    again?.recorder.append(assistant('So I see.'));
    await store.close();
    assert.equal((await store.messages('latest'))?.slice(2), [added, assistant('So I see.')]);
  }),
);

sessions('rows 70, 71: with nothing to be kept, nothing is written and nothing found', () =>
  withLibrary(async (scene) => {
    const store = await scene.open({ persist: false });
    const session = store.create();
    session.append(user('secret'));
    assert.is(await session.checkpoint({ name: 'write', input: {} }), null);
    assert.equal(session.messages, [user('secret')]);
    assert.equal(await store.list(), []);
    assert.is(await store.resume(session.id), null);
    assert.is(await codeOf(() => store.tag('x')), 'guard');
    await store.close();
    assert.equal(readdirSync(scene.directory), ['project']);
  }),
);

sessions('rows 125, 127: save by interval, and give the model no more messages than wanted', () =>
  withLibrary(async (scene) => {
    const store = await scene.open({ saveIntervalMs: 5 });
    assert.equal(scene.warnings, ['saveIntervalMs is raised from 5 to 1000']);
    const session = store.create();
    session.append(user('one'), assistant('1'));
    await session.save();
    session.append({
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'c', name: 'n', input: {} }],
    });
    scene.runTimers();
    await session.save();
    const [newest, last] = (await store.checkpoints(session.id)) ?? [];
    assert.equal([newest?.subject, last?.kind], ['saved by itself', 'turn']);
    session.append(toolResult('c'), assistant('.'), user('two'), assistant('2'));
    await store.close();
    const { messages } = (await store.resume('latest', { maxMessages: 3 })) ?? {};
    assert.equal(messages, [user('two'), assistant('2')]);
    await store.close();
    assert.is((await store.messages('latest'))?.length, 7);
  }),
);

sessions('rows 2, 7, 32, 43, 44: runs slash commands, and says what is left to do', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const first = store.create();
    first.append(user('one'), assistant('1'));
    await first.close();
    const session = store.create();
    session.append(user('two'), assistant('2'));
    assert.is((await store.runSlashCommand('/rename my second one')).kind, 'done');
    assert.is((await store.resolve(session.id))?.name, 'my second one');
    assert.is((await store.runSlashCommand('/chat save base')).kind, 'done');
    session.append(user('three'), assistant('3'));
    const listed = await store.runSlashCommand('/resume');
    assert.is(listed.kind, 'choose');
    assert.match(listed.text, /1 .*my second one[\s\S]*2 .*one/);
    const asked = await store.runSlashCommand('/resume 2');
    assert.is(asked.kind, 'confirm');
    assert.is(asked.kind === 'confirm' && asked.yes, '/resume 2 --yes');
    const back = await store.runSlashCommand('/chat resume base');
    assert.is(back.kind === 'resumed' && back.resumed.messages.length, 2);
    assert.equal((await store.runSlashCommand('/nonsense')).kind, 'failed');
    const other = await store.runSlashCommand('/continue 2 --yes');
    assert.is(other.kind === 'resumed' && other.resumed.session.id, first.id);
    assert.is((await store.runSlashCommand('/resume nobody --yes')).kind, 'failed');
    await store.close();
  }),
);

sessions('row 58: /restore proposes the call again', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create();
    const call = { name: 'write', input: { path: 'a.txt' }, callId: 'c1' };
    session.append(user('make a'), toolUse('c1', call.input));
    const point = await session.checkpoint(call);
    scene.write('a.txt', 'a');
    session.append(toolResult('c1'), assistant('Done.'));
    const asked = await store.runSlashCommand(`/restore ${point}`);
    assert.is(asked.kind, 'confirm');
    const back = await store.runSlashCommand(asked.kind === 'confirm' ? asked.yes : '');
    assert.is(back.kind, 'resumed');
    assert.equal(back.kind === 'resumed' && back.resumed.call, call);
    assert.is(back.kind === 'resumed' && back.resumed.messages.length, 2);
    assert.not.ok(existsSync(join(scene.project, 'a.txt')));
    await store.close();
  }),
);

sessions('refuses what JSON would not give back, and nothing of it is written', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create();
    const bytes = { role: 'user' as const, content: [{ type: 'file', data: new Uint8Array(3) }] };
    assert.throws(() => session.append(user('fine'), bytes), /'data' holds a Uint8Array/);
    assert.equal(session.messages, []);
    assert.not.ok(existsSync(scene.data));
    await store.close();
  }),
);

sessions('takes nothing more once it is closed', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create();
    session.append(user('one'), assistant('1'));
    const tip = await session.save();
    await session.close();
    assert.throws(() => session.append(user('two')), /was closed/);
    assert.is(await codeOf(() => session.checkpoint({ name: 'write', input: {} })), 'guard');
    assert.is(await session.save(), tip);
  }),
);

sessions('refuses what is too deep to be read back', () =>
  withLibrary(async (scene) => {
    const session = (await scene.open()).create();
    let deep: object = {};
    for (let depth = 0; depth < 600; depth += 1) deep = { deep };
    assert.throws(() => session.append({ role: 'user', content: [deep] }), /nests deeper/);
  }),
);

sessions('the wish of the user that nothing is recorded holds here too', () =>
  withLibrary(async (scene) => {
    const environment = { HOME: scene.directory, GSESS_DISABLE: '1' };
    const store = await scene.open({ environment });
    store.create().append(user('hello'));
    await store.close();
    assert.is(store.repository, null);
    assert.not.ok(existsSync(scene.data));
    assert.is.not((await scene.open({ environment, persist: true })).repository, null);
  }),
);

sessions('what a killed process had said is taken in by the next, before anything is listed', () =>
  withLibrary(async (scene) => {
    const directory = join(scene.data, 'spool', 'pilot', 'aaaaaaaa-0000-4000-8000-000000000001');
    mkdirSync(directory, { recursive: true });
    const lines = [
      { $gsess: 'begin', agent: 'pilot', directory: scene.project, at: '2025-01-02T03:04:05.000Z' },
      user('tidy up'),
      toolUse('c1'),
    ];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    writeFileSync(join(directory, 'transcript.jsonl'), `${text}\n{"role":"us`);
    const store = await scene.open();
    assert.not.ok(existsSync(directory));
    assert.match(scene.warnings.join(), '11 bytes');
    const taken = await store.resume('latest');
    assert.equal(taken?.messages.slice(0, 2), [user('tidy up'), toolUse('c1')]);
    assert.is(taken?.messages.length, 3);
    assert.equal(taken?.orphans, [{ name: 'write', input: {}, callId: 'c1' }]);
    assert.is(taken?.interruption, 'interrupted_turn');
    assert.is(taken?.session.turns, 1);
    await store.close();
  }),
);

sessions('what is said of another directory stays where it is', () =>
  withLibrary(async (scene) => {
    const directory = join(scene.data, 'spool', 'pilot', 'aaaaaaaa-0000-4000-8000-000000000001');
    mkdirSync(directory, { recursive: true });
    const begin = {
      $gsess: 'begin',
      agent: 'pilot',
      directory: scene.data,
      at: '2025-01-02T03:04:05.000Z',
    };
    const text = [begin, user('elsewhere')].map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(join(directory, 'transcript.jsonl'), text);
    const store = await scene.open();
    assert.equal(await store.list(), []);
    assert.ok(existsSync(join(directory, 'transcript.jsonl')));
  }),
);

sessions('ends the wait for another process by a signal', () =>
  withLibrary(async (scene) => {
    const store = await scene.open();
    const session = store.create();
    session.append(user('one'));
    const over = AbortSignal.abort(new Error('enough'));
    const saved = session.save({ signal: over }).then(String, ({ message }: Error) => message);
    assert.is(await saved, 'enough');
    await store.close();
    assert.is((await store.latest())?.turns, 1);
  }),
);

sessions.run();
