// Text that acts on a terminal, wherever text comes from: prompts, answers, tools, names of files and branches, tags, records, locks,
// errors. Every command shows it, as text, as JSON and on a terminal, and not one byte of what comes out does anything.
// The runners of the tests look at every output; here the commands are given something to trip over.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { FailureLog } from '../../src/session/failure-log.ts';
import { createTag } from '../../src/session/tag.ts';
import { safeColouredLines, safeJson, safeLines, safeText } from '../../src/ui/safe-text.ts';
import { bytesPath } from '../support/disk-manifest.ts';
import { forgeCheckpoint } from '../support/forged-checkpoint.ts';
import { gitText } from '../support/git-oracle.ts';
import { assertInert, hostileOutput } from '../support/output-scan.ts';
import { runOnTerminal, terminalTool } from '../support/pseudo-terminal.ts';
import { commandRunner } from '../support/run-command.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { skipHere } from '../support/skip-here.ts';

const texts = suite('text that acts on a terminal');

/** What sets titles, clipboards and links, clears, hides, rings, turns round, ends in the middle, and heaps up. */
const HOSTILE = [
  '\u001b[2J\u001b[8mhidden',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\',
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u001bP+q544e\u001b\\',
  '\u009b31m\u009d0;c1\u009c\u0090x',
  'over\rwritten\b\b\u0007',
  '\u202egpj.\u2066exe\u200b\ufeff\u00ad\u{e0041}',
  `storm${'\u0301'.repeat(60)}`,
  '\u2028\u2029\u0085\u000b\u000c',
  'unended \u001b]0;',
].join(' ');
/** The same as bytes of a name on disk, C1 alone too; no NUL and no '/'. */
const NAME = Buffer.from(`${HOSTILE.replaceAll('/', '_').slice(0, 90)}`).toString('latin1');
const LONE_C1 = '\x9b31m\x9d0;x\x9c';

async function hostileSession(directory: string): Promise<SessionDriver> {
  const driver = await startSession(directory, { cwd: 'sub\u001b]0;cwd\u0007' });
  const put = (name: string, content: string) => {
    mkdirSync(driver.project, { recursive: true });
    writeFileSync(bytesPath(driver.project, name), content);
  };
  mkdirSync(join(driver.project, 'sub\u001b]0;cwd\u0007'), { recursive: true });
  mkdirSync(join(driver.project, '.git', 'objects'), { recursive: true });
  mkdirSync(join(driver.project, '.git', 'refs'));
  writeFileSync(
    join(driver.project, '.git', 'HEAD'),
    `ref: refs/heads/branch\u001b]0;x\u0007\u202e\n`,
  );
  writeFileSync(join(driver.project, '.git', 'config'), '[core]\n\trepositoryformatversion = 0\n');
  put(NAME, `one ${HOSTILE}\n`);
  put(LONE_C1, 'one\n');
  put(`.env.${LONE_C1}\x1b[2J`, 'secret\n');
  await driver.prompt(`first ${HOSTILE}`);
  await driver.tool(
    `Tool ${HOSTILE}`,
    { file_path: HOSTILE, command: HOSTILE, [HOSTILE]: 1 },
    () => {
      put(NAME, `two ${HOSTILE}\r\n\u009b2J\n`);
      put(`new ${LONE_C1}`, HOSTILE);
    },
  );
  await driver.turn(HOSTILE);
  const fields = { model: HOSTILE, permissionMode: HOSTILE, provider: HOSTILE };
  await driver.event({ kind: 'prompt', subject: HOSTILE, prompt: HOSTILE, ...fields });
  driver.append({ type: 'summary', summary: HOSTILE });
  driver.append({
    type: 'assistant',
    message: {
      id: HOSTILE,
      model: HOSTILE,
      role: 'assistant',
      content: [
        { type: 'text', text: HOSTILE },
        { type: 'thinking', thinking: HOSTILE },
        { type: 'tool_use', id: HOSTILE, name: HOSTILE, input: { [HOSTILE]: HOSTILE } },
      ],
    },
  });
  const call = { name: HOSTILE, input: { command: HOSTILE }, callId: HOSTILE };
  await driver.event({ kind: 'tool', subject: HOSTILE, call });
  return driver;
}

/** What only somebody else could have put there: a tag, a subject and trailers, a record, failures. */
async function plantMore(driver: SessionDriver): Promise<void> {
  const { store, session, project: root, surroundings } = driver;
  const at = store.repository.directory;
  const checkpoint = driver.log()[2];
  if (checkpoint === undefined) throw new Error('no checkpoint');
  await createTag(store, {
    name: 'turned \u202e\u200b round',
    checkpoint: checkpoint.id,
    session,
    root,
  });
  const raw = [`object ${checkpoint.id}`, 'type commit', 'tag t', 'tagger x <x@x> 0 +0000'];
  const input = `${raw.join('\n')}\n\n${HOSTILE.replaceAll(/[\v\f]/g, '')}\n`;
  const id = gitText(at, ['hash-object', '-t', 'tag', '-w', '--literally', '--stdin'], { input });
  gitText(at, ['update-ref', 'refs/tags/t', id]);
  forgeCheckpoint(at, session, {
    record: (record) => ({ ...record, branch: HOSTILE, title: HOSTILE, name: HOSTILE }),
    message: (text) =>
      text
        .replace(/^.*\n/, `${HOSTILE.replaceAll(/[\v\f]/g, '')}\n`)
        .replace(/^Gsess-Title: .*$/m, `Gsess-Title: \u001b]0;trailer\u0007`)
        .replace(/^Gsess-Branch: .*$/m, `Gsess-Branch: \u009b2J`),
  });
  const failures = new FailureLog(surroundings.dataDirectory);
  const at0 = new Date(surroundings.now()).toISOString();
  failures.add({
    at: at0,
    agent: HOSTILE,
    event: HOSTILE,
    code: HOSTILE,
    message: HOSTILE,
    cwd: HOSTILE,
  });
}

/** By command; what is not here is run without arguments, so that no command goes unseen. */
const RUNS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  connect: [['--check'], [HOSTILE]],
  list: [[], ['--session', HOSTILE]],
  log: [[], ['1']],
  show: [[], ['@1'], ['@1~1'], ['--conversation'], [HOSTILE], ['t']],
  diff: [['@1', '--stat'], ['--name-only'], ['--now', '--stat'], ['--now', '--', HOSTILE]],
  resume: [['1', '--print'], [HOSTILE]],
  continue: [['--print']],
  restore: [['@1', '--dry-run'], ['@1', '--files', '--yes'], ['@1', '--path', HOSTILE], [HOSTILE]],
  undo: [[], ['--root', HOSTILE]],
  redo: [[]],
  tag: [['--list'], [HOSTILE], ['ok\u202e', '@1'], ['--delete', HOSTILE]],
  fork: [['@1', '--name', 'fork \u202e'], [HOSTILE], ['@1', '--worktree', `/dev/null/${HOSTILE}`]],
  rename: [
    ['1', 'named \u200b'],
    ['1', HOSTILE],
  ],
  delete: [['1'], [HOSTILE], ['2', '--yes']],
  import: [
    ['claude', HOSTILE],
    [HOSTILE, 'x'],
  ],
  export: [['--format', 'json'], ['--format', 'jsonl'], ['--native-id', HOSTILE], [HOSTILE]],
  verify: [[]],
  where: [[], [HOSTILE]],
  completion: [['bash'], [HOSTILE]],
  help: [[], ['list'], [HOSTILE]],
  hook: [[HOSTILE]],
  run: [['--', `/dev/null/${HOSTILE}`]],
  watch: [[HOSTILE], []],
};

/** Does what Ctrl-C does to a command that goes on until then. */
function interruptOnce(): () => void {
  const timer = setInterval(() => {
    if (process.listenerCount('SIGINT') === 0) return;
    clearInterval(timer);
    process.emit('SIGINT');
  }, 200);
  return () => clearInterval(timer);
}

texts(
  'HI-11, HI-12: every command prints hostile text as text, in words, in JSON and on a terminal',
  () =>
    withSealedUser(async ({ directory }) => {
      const driver = await hostileSession(directory);
      await plantMore(driver);
      const run = commandRunner(driver);
      const gsess: typeof run = Object.assign(async (...asked: Parameters<typeof run>) => {
        const settle = asked[0][0] === 'watch' ? interruptOnce() : () => undefined;
        return await run(...asked).finally(settle);
      }, run);
      let escapes = 0;
      for (const { name } of COMMANDS) {
        // What git says is git's.
        if (name === 'git') continue;
        await gsess([name, '--no-such-option\u001b[2J']);
        if (RUNS[name] === undefined) await gsess([name], { terminal: 60 });
        for (const [index, words] of (RUNS[name] ?? []).entries()) {
          for (const how of index === 0 ? [[], ['--json']] : [['--json']]) {
            const { stdout, stderr } = await gsess([name, ...words, ...how]);
            escapes += `${stdout}${stderr}`.match(/\\x1b|\\u001b/g)?.length ?? 0;
          }
          await gsess([name, ...words], { terminal: 60 });
        }
      }
      // An agent that nobody knows has a name of its own choice.
      forgeCheckpoint(driver.store.repository.directory, driver.session, {
        record: (record) => ({ ...record, agent: HOSTILE }),
        message: (text) => text.replace(/^Gsess-Agent: .*$/m, 'Gsess-Agent: \u001b]0;a\u0007'),
      });
      for (const verb of ['list', 'show', 'log', 'status', 'current', 'resume']) {
        for (const how of [[], ['--json']]) await gsess([verb, ...how]);
        await gsess([verb], { terminal: 60 });
      }
      assert.ok(escapes > 200, `the commands showed ${escapes} of them`);
    }),
);

texts('HI-11: what a person sees on a terminal holds no sequence but our own', () => {
  if (terminalTool() === undefined) {
    skipHere('HI-11 on a terminal: nothing here makes a pseudo-terminal');
    return;
  }
  return withSealedUser(async (user) => {
    const driver = await hostileSession(user.directory);
    await plantMore(driver);
    const runs: readonly (readonly [readonly string[], string])[] = [
      [['show', '--conversation'], 'q'],
      [['export', '1', '--format', 'native'], ''],
      [['restore', '@1', '--files'], 'n\n'],
      [['--complete', 'show', ''], ''],
    ];
    for (const [words, typed] of runs) {
      const { output } = runOnTerminal(user, words, {
        typed,
        environment: { GSESS_PAGER: 'cat -' },
      });
      const shown = Buffer.from(output.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
      assertInert(`gsess ${words.join(' ')}`, { terminal: shown }, { terminal: true });
      assert.ok(output.length > 0, words.join(' '));
    }
  });
});

texts('HI-12: an error of the system shows the path it is about as text', () =>
  withSealedUser((user) => {
    const environment = { GSESS_DATA_DIR: `/dev/null/${HOSTILE.replaceAll('/', '_')}` };
    const input = '{"hook_event_name":"Stop"}';
    for (const words of [['status']]) {
      user.run(words, { environment: { ...environment, GSESS_DEBUG: '1' } });
      user.run([...words, '--json'], { environment });
    }
    const { stdout, stderr } = user.run(['hook', 'claude'], { environment, input });
    assert.equal([stdout, stderr], ['', '']);
    user.run(['list'], { environment: { GSESS_SESSION: HOSTILE, CLAUDE_CONFIG_DIR: HOSTILE } });
    user.run(['list'], { environment: { GSESS_DATA_DIR: HOSTILE } });
  }),
);

/** Pieces of sequences and of everything else, in any order. */
const PIECES = [
  ...['\u001b', '[', ']', '0;', '52;c;', '8;;', '\u0007', '\u009b', '\u009d', '\u009c', '\u0090'],
  ...['\\', 'P', '31m', '2J', '?25l', '\r', '\n', '\t', '\b', '\0', '\u007f', ' ', 'a', 'é', '字'],
  ...['\u202e', '\u2066', '\u200b', '\u200d', '\ufeff', '\ufe0f', '\u0301', '\u0489', '\u{1f44d}'],
  ...['\ud800', '\udfff', '\u2028', '\u0085', '\u{e0001}', '\u3164', '\uffff', '\u{10ffff}', '"'],
];

texts(
  'HI-11: no mixture of such pieces gets through any of the functions that make text safe',
  () => {
    const random = seededRandom(20_260_101);
    for (let round = 0; round < 3000; round += 1) {
      const length = random.below(30);
      const text = Array.from({ length }, () => PIECES[random.below(PIECES.length)]).join('');
      for (const [name, safe] of [
        ['safeText', safeText(text)],
        ['safeLines', safeLines(text)],
        ['safeJson', safeJson({ [text]: text })],
      ] as const) {
        assert.is(
          hostileOutput(Buffer.from(safe)),
          undefined,
          `${name} of ${JSON.stringify(text)}`,
        );
      }
      const coloured = Buffer.from(safeColouredLines(text));
      assert.is(hostileOutput(coloured, { terminal: true }), undefined, JSON.stringify(text));
      assert.not.match(safeText(text), /[\n\t]/);
      assert.equal(JSON.parse(safeJson([text])), [text]);
      assert.is(safeText(safeText(text)), safeText(text), 'what is safe stays as it is');
    }
  },
);

texts.run();
