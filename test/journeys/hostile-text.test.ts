// Text that acts on a terminal, wherever text comes from: prompts, answers, tools, names of files and branches, tags, records, locks,
// errors. Every command shows it, as text, as JSON and on a terminal, and not one byte of what comes out does anything.
// The runners of the tests look at every output; here the commands are given something to trip over.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { safeColouredLines, safeJson, safeLines, safeText } from '../../src/ui/safe-text.ts';
import { forgeCheckpoint } from '../support/forged-checkpoint.ts';
import { HOSTILE, hostileSession, plantMore } from '../support/hostile-session.ts';
import { assertInert, hostileOutput } from '../support/output-scan.ts';
import { runOnTerminal, terminalTool } from '../support/pseudo-terminal.ts';
import { commandRunner } from '../support/run-command.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { skipHere } from '../support/skip-here.ts';

const texts = suite('text that acts on a terminal');

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
