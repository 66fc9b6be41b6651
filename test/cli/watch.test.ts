// Watching, in process: what becomes a checkpoint, when, and whose a session is.

import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claudeConnection } from '../../src/agents/claude/connection.ts';
import { hookCommand } from '../../src/cli/hook-command.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { commandRunner } from '../support/run-command.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { Clock, keptBytes, tell, WatchScene } from '../support/watch-scene.ts';

interface Scene {
  readonly driver: SessionDriver;
  readonly watch: WatchScene;
  prompt(text: string): void;
  call(id: string, command: string): void;
  result(id: string): void;
  reply(text: string): void;
}

function withScene(
  use: (scene: Scene) => Promise<void>,
  { saveInterval } = DEFAULT_SETTINGS,
): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const clock = new Clock();
    const settings = { ...DEFAULT_SETTINGS, saveInterval };
    const driver = await startSession(directory, { surroundings: { now: clock.now, settings } });
    const user = (content: unknown) =>
      driver.append({ type: 'user', message: { role: 'user', content } });
    const assistant = (...content: object[]) => {
      const message = { id: `msg_${content.length}`, role: 'assistant', model: 'm', content };
      driver.append({ type: 'assistant', message: { ...message, id: JSON.stringify(content) } });
    };
    driver.write('a.txt', 'one\n');
    await use({
      driver,
      watch: new WatchScene(driver, clock),
      prompt: user,
      call: (id, command) => assistant({ type: 'tool_use', id, name: 'Bash', input: { command } }),
      result: (id) => user([{ type: 'tool_result', tool_use_id: id, content: 'done' }]),
      reply: (text) => assistant({ type: 'text', text }),
    });
  });
}

function connectHooks({ home }: SessionDriver): void {
  writeFileSync(
    join(home, '.claude', 'settings.json'),
    claudeConnection.add(undefined, hookCommand('claude')),
  );
}

const watching = suite('watching');

const EVERY_SECOND = { ...DEFAULT_SETTINGS, saveInterval: 1000 };

watching('makes a checkpoint of each thing an agent writes, with the files of that moment', () =>
  withScene(async ({ driver, watch, prompt, call, result, reply }) => {
    await watch.start();
    prompt('clean up');
    assert.equal(await watch.look(), ['prompt: prompt 1: clean up']);
    call('c1', 'make');
    assert.equal(await watch.look(), ['tool: before Bash make']);
    driver.write('a.txt', 'two\n');
    result('c1');
    assert.equal(await watch.look(), ['manual: after Bash make']);
    reply('It is clean.');
    assert.equal(await watch.look(), []);
    assert.equal(await watch.look(), ['turn: turn 1: It is clean.']);
    assert.equal(await watch.look(), []);
    assert.equal(await watch.finish(), []);
    assert.is(keptBytes(driver), statSync(driver.transcriptPath).size);
    const gsess = commandRunner(driver);
    const [atPrompt, , , atTurn] = watch.made.map(({ checkpoint }) => checkpoint.id);
    const diff = await gsess(['diff', `${atPrompt}`, `${atTurn}`]);
    assert.match(diff.stdout, /-one\n\+two/);
  }, EVERY_SECOND),
);

watching('saves what is no moment of its own once the interval is over, and at the end', () =>
  withScene(
    async ({ driver, watch, prompt, call, result }) => {
      await watch.start();
      prompt('clean up');
      await watch.look();
      call('c1', 'make');
      assert.equal(await watch.look(), ['tool: before Bash make']);
      result('c1');
      assert.equal(await watch.look(4999), []);
      assert.equal(await watch.look(1), ['manual: after Bash make']);
      call('c2', 'test');
      assert.equal(await watch.look(), ['tool: before Bash test']);
      result('c2');
      assert.equal(await watch.look(), []);
      assert.equal(await watch.finish(), ['manual: after Bash test']);
      assert.is(keptBytes(driver), statSync(driver.transcriptPath).size);
    },
    { ...DEFAULT_SETTINGS, saveInterval: 5000 },
  ),
);

watching('lets no prompt wait behind what is no moment of its own', () =>
  withScene(async ({ watch, prompt, call, result }) => {
    await watch.start();
    prompt('clean up');
    await watch.look();
    call('c1', 'make');
    await watch.look();
    result('c1');
    assert.equal(await watch.look(), []);
    prompt('never mind');
    assert.equal(await watch.look(), ['prompt: prompt 2: never mind']);
    assert.equal(await watch.finish(), []);
  }),
);

watching('is refused where nothing is to be recorded', () =>
  withTemporaryDirectory(async (directory) => {
    const settings = { ...DEFAULT_SETTINGS, autoSave: false };
    const driver = await startSession(directory, { surroundings: { settings } });
    const gsess = commandRunner(driver);
    const { status, stderr } = await gsess(['watch']);
    assert.equal([status, /the setting autoSave is false/.test(stderr)], [2, true], stderr);
    const { stdout } = await gsess(['status']);
    assert.match(stdout, /^Nothing is recorded: the setting autoSave is false\.$/m);
    const doctor = await gsess(['doctor', '--quick']);
    assert.match(doctor.stdout, /recording.* nothing is recorded: the setting autoSave is false/);
    const disabled = await gsess(['status'], { environment: { GSESS_DISABLE: '1' } });
    assert.match(disabled.stdout, /^Nothing is recorded: GSESS_DISABLE is set\.$/m);
  }),
);

watching('cuts the conversation at a checkpoint as hooks would', () =>
  withScene(async ({ driver, watch, prompt, reply }) => {
    await watch.start();
    for (const number of [1, 2]) {
      prompt(`ask ${number}`);
      await watch.look();
      reply(`say ${number}`);
      await watch.look();
      await watch.look();
    }
    const gsess = commandRunner(driver);
    const prompts = watch.made.map(({ checkpoint }) => checkpoint);
    const second = prompts.find(({ subject }) => subject.startsWith('prompt 2'));
    for (const reference of [`${second?.id}`, '@1']) {
      const { stdout } = await gsess(['export', reference, '--format', 'native'], { raw: true });
      assert.match(stdout, /say 1/, reference);
      assert.not.match(stdout, /ask 2/, reference);
    }
  }),
);

watching('captures at most once a second, and at the end whatever waits', () =>
  withScene(async ({ driver, watch, prompt, call, result, reply }) => {
    await watch.start();
    prompt('go');
    call('c1', 'a');
    assert.equal(await watch.look(10), ['prompt: prompt 1: go']);
    assert.equal(await watch.look(500), []);
    result('c1');
    call('c2', 'b');
    assert.equal(await watch.look(499), []);
    assert.equal(await watch.look(1), ['tool: before Bash b']);
    result('c2');
    reply('done');
    prompt('and again');
    assert.equal(await watch.look(10), []);
    assert.equal(await watch.finish(), ['prompt: prompt 2: and again']);
    assert.is(keptBytes(driver), statSync(driver.transcriptPath).size);
  }),
);

watching('waits for the rest of a torn line, and takes it as it is at the end', () =>
  withScene(async ({ driver, watch, prompt }) => {
    await watch.start();
    prompt('go');
    await watch.look();
    const whole = statSync(driver.transcriptPath).size;
    appendFileSync(driver.transcriptPath, '{"type":"user","uuid":"torn","mess');
    assert.equal(await watch.look(), []);
    assert.equal(await watch.look(), []);
    assert.is(keptBytes(driver), whole);
    assert.equal(await watch.finish(), ['manual: more of the transcript']);
    assert.is(keptBytes(driver), statSync(driver.transcriptPath).size);
    await watch.start();
    appendFileSync(driver.transcriptPath, 'age":{"role":"user","content":"late"}}\n');
    assert.equal(await watch.look(), ['prompt: prompt 2: late']);
    assert.is(keptBytes(driver), statSync(driver.transcriptPath).size);
  }),
);

watching('goes on after it was killed, with what was written meanwhile', () =>
  withScene(async ({ driver, watch, prompt, reply }) => {
    await watch.start();
    prompt('one');
    await watch.look();
    reply('said one');
    prompt('two');
    await watch.start();
    assert.equal(await watch.look(), []);
    assert.equal(
      driver.log().map(tell),
      ['prompt: prompt 2: two', 'prompt: prompt 1: one'],
      'the look at the start',
    );
    assert.is(keptBytes(driver), statSync(driver.transcriptPath).size);
  }),
);

watching('never shrinks what is kept when a transcript shrinks or vanishes', () =>
  withScene(async ({ driver, watch, prompt, reply }) => {
    await watch.start();
    prompt('one');
    reply('said one');
    await watch.look();
    await watch.look();
    const kept = keptBytes(driver);
    const before = driver.log().length;
    const [first = ''] = readFileSync(driver.transcriptPath, 'utf8').split('\n');
    writeFileSync(driver.transcriptPath, `${first}\n`);
    assert.equal(await watch.look(), []);
    rmSync(driver.transcriptPath);
    assert.equal(await watch.look(), []);
    await watch.finish();
    assert.is(keptBytes(driver), kept);
    assert.is(driver.log().length, before);
  }),
);

watching('lets be what was there before, until more is written to it', () =>
  withScene(async ({ driver, watch, prompt, reply }) => {
    prompt('old');
    await watch.start();
    assert.equal(await watch.finish(), []);
    reply('new');
    assert.equal(await watch.finish(), ['turn: turn 0: new']);
    assert.is(keptBytes(driver), statSync(driver.transcriptPath).size);
  }),
);

watching('leaves alone a session that hooks tell of', () =>
  withScene(async ({ driver, watch, prompt, reply }) => {
    connectHooks(driver);
    await watch.start();
    const id = await driver.prompt('told by a hook');
    assert.equal(await watch.look(), []);
    reply('more');
    for (let look = 0; look < 5; look += 1) assert.equal(await watch.look(), []);
    assert.equal(await watch.finish(), []);
    prompt('again');
    await watch.start();
    assert.equal(await watch.finish(), []);
    assert.equal(
      driver.log().map((checkpoint) => checkpoint.id),
      [id],
    );
  }),
);

watching('takes a session whose hooks are silent, and keeps it when started anew', () =>
  withScene(async ({ driver, watch, prompt, reply }) => {
    connectHooks(driver);
    await watch.start();
    prompt('untold');
    assert.equal(await watch.look(), []);
    assert.equal(await watch.look(2000), []);
    assert.equal(await watch.look(1000), ['prompt: prompt 1: untold']);
    await watch.start();
    reply('still untold');
    assert.equal(await watch.finish(), ['turn: turn 1: still untold']);
    // Now the user trusts the hooks.
    await driver.prompt('told');
    assert.equal(await watch.look(), []);
    reply('and answered');
    assert.equal(await watch.finish(), []);
  }),
);

watching('says once what it could not capture, and tries again', () =>
  withScene(async ({ driver, watch, prompt }) => {
    await watch.start();
    prompt('go');
    const projects = join(driver.surroundings.dataDirectory, 'projects');
    writeFileSync(projects, '');
    await watch.look();
    await watch.look();
    assert.is(watch.said.match(/could not be made/g)?.length, 1, watch.said);
    rmSync(projects);
    assert.equal(await watch.look(), ['prompt: prompt 1: go']);
  }),
);

watching.run();
