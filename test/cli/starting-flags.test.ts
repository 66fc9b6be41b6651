import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { expandStartingFlags, startingFlagEntries } from '../../src/cli/starting-flags.ts';
import { GsessError } from '../../src/errors.ts';

const flags = suite('the flags that stand in place of a command');

const ID = '11111111-1111-4111-8111-111111111111';
const MESSAGE = 'aaaaaaaa-1111-4111-8111-111111111111';

const MEANT: readonly (readonly [string, string])[] = [
  ['-r', 'resume'],
  ['-r auth', 'resume -- auth'],
  ['--resume auth', 'resume -- auth'],
  ['--resume=auth', 'resume -- auth'],
  ['--resume 2 --print --json', 'resume --print --json -- 2'],
  ['--json -r auth', 'resume --json -- auth'],
  ['-c', 'continue'],
  ['-C', 'continue'],
  ['-C 2', 'continue -- 2'],
  ['--continue 1', 'continue -- 1'],
  ['--continue latest', 'continue -- latest'],
  ['-c --fork-session', 'continue --fork'],
  [`--resume a --fork-session --session-id ${ID}`, `resume --fork --session-id=${ID} -- a`],
  ['-r a --session-name new', 'resume --session-name=new -- a'],
  ['-r a --fork-session --session-name=new', 'resume --fork --session-name=new -- a'],
  [`--resume a --resume-session-at ${MESSAGE}`, `resume --at=${MESSAGE} -- a`],
  [`--resume a --rewind-files ${MESSAGE}`, `rewind --session=a --yes -- ${MESSAGE}`],
  [`--rewind-files ${MESSAGE} -r`, `rewind --yes -- ${MESSAGE}`],
  ['--from-pr 12', 'resume --from-pr=12'],
  ['--from-pr https://h/o/r/pull/12 -c', 'continue --from-pr=https://h/o/r/pull/12'],
  ['-r --from-pr 12', 'resume --from-pr=12'],
  ['--list-sessions', 'list'],
  ['--list-sessions --json', 'list --json'],
  ['--delete-session 3', 'delete --yes -- 3'],
  ['--delete-session=abc --json', 'delete --json --yes -- abc'],
  ['-r auth fix the test', 'resume --prompt=fix the test -- auth'],
  ['-r auth --model m', 'resume --model m -- auth'],
  ['-c --checkpointing', 'continue --checkpointing'],
  ['-r a --no-session-persistence', 'resume --no-session-persistence -- a'],
  ['--checkpointing', 'run --checkpointing'],
  ['--session-name new', 'run --name=new'],
  ['ls -n 3', 'list -n 3'],
  ['sessions', 'list'],
  ['--json sessions list -n 1', '--json list -n 1'],
  ['--checkpointing -- claude', 'run --checkpointing -- claude'],
  ['--no-session-persistence -- codex exec x', 'run --no-session-persistence -- codex exec x'],
  ['--session-name new -- claude -p hi', 'run --name=new -- claude -p hi'],
  [`--session-id ${ID} -- claude`, `run --session-id=${ID} -- claude`],
];

for (const [line, meant] of MEANT) {
  flags(`'gsess ${line}' is 'gsess ${meant}'`, () => {
    const words = expandStartingFlags(line.split(' '));
    assert.is(words.join(' '), meant);
    parseCommandLine(words, COMMANDS);
  });
}

const LEFT = [
  'list',
  '',
  '--json',
  '--session -r list',
  'git log -c',
  'run -- claude --resume',
  '-h',
];

for (const line of LEFT) {
  flags(`'gsess ${line}' is left as it is`, () => {
    const words = line.split(' ');
    assert.is(expandStartingFlags(words), words);
  });
}

const REFUSED: readonly (readonly [string, string, string?])[] = [
  ['-r a -c', '--resume and --continue cannot be used together'],
  ['-c --resume', '--resume and --continue cannot be used together'],
  [`--resume-session-at ${MESSAGE}`, '--resume-session-at requires --resume'],
  [`-c --resume-session-at ${MESSAGE}`, '--resume-session-at requires --resume'],
  [`--rewind-files ${MESSAGE}`, '--rewind-files requires --resume'],
  [`-c --rewind-files ${MESSAGE}`, '--rewind-files requires --resume'],
  [`-r a --rewind-files ${MESSAGE} do it`, '--rewind-files stands alone and takes no prompt'],
  [
    `-r a --rewind-files ${MESSAGE} --fork-session`,
    '--rewind-files and --fork-session do not go together',
  ],
  ['--list-sessions -r a', '--list-sessions and --resume do not go together'],
  ['--delete-session 3 -c', '--delete-session and --continue do not go together'],
  ['--list-sessions now', '--list-sessions stands alone and takes no prompt'],
  ['--fork-session', '--fork-session requires --resume or --continue'],
  [`-r a --session-id ${ID}`, '--session-id with --resume or --continue requires --fork-session'],
  ['-r a --fork-session --session-id x', "--session-id is no UUID: 'x'", 'usage'],
  ['-r a --from-pr 12', '--from-pr finds the session; --resume and --continue cannot name another'],
  ['--delete-session', '--delete-session needs a value', 'usage'],
  ['-r a --session-id --fork-session', '--session-id needs a value', 'usage'],
  ['-r a -r b', '--resume is given more than once', 'usage'],
  ['-c --fork-session=x', '--fork-session takes no value', 'usage'],
  ['--checkpointing do it', '--checkpointing needs an agent to start', 'usage'],
  [`--session-id ${ID} do it`, '--session-id needs an agent to start', 'usage'],
];

for (const [line, message, code = 'guard'] of REFUSED) {
  flags(`'gsess ${line}' is refused: ${message}`, () => {
    try {
      expandStartingFlags(line.split(' '));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, GsessError);
      const { message: said, code: given, exitStatus, hint } = error as GsessError;
      assert.equal([said, given, exitStatus], [message, code, 2]);
      assert.match(hint ?? '', 'gsess ');
    }
  });
}

flags('are told in the help, each with its letters and its value', () => {
  const terms = startingFlagEntries().map(({ term }) => term);
  assert.ok(terms.includes('-c, -C, --continue [REF]'));
  assert.ok(terms.includes('--from-pr PR'));
  assert.is(terms.length, 12);
});

flags.run();
