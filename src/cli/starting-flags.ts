// The flags by which agents are started and taken up (`--resume`, `--continue`, `--list-sessions`, …), given to gsess itself in place of
// a command: each line of them is one of the commands, written as people are used to it from their agents. Pure: words become the words
// of the command, or an error says which of them do not go together.

import { GsessError } from '../errors.ts';
import { withOwnName } from './other-names.ts';

interface StartingFlag {
  /** One letter each. */
  readonly letters?: readonly string[];
  /** What stands for its value in help; one in brackets may be left out. */
  readonly value?: string;
  readonly description: string;
}

const STARTING_FLAGS = {
  resume: {
    letters: ['r'],
    value: '[REF]',
    description: "go on with a session, as 'gsess resume'",
  },
  continue: {
    letters: ['c', 'C'],
    value: '[REF]',
    description: "go on with the latest session, or another, as 'gsess continue'",
  },
  'from-pr': { value: 'PR', description: 'go on with the session of a pull request' },
  'fork-session': { description: 'with these: in a new session, which leaves the old one alone' },
  'session-id': { value: 'UUID', description: 'the id of the new session' },
  'session-name': { value: 'NAME', description: 'the name of the session' },
  'resume-session-at': {
    value: 'MESSAGE',
    description: 'with --resume: end the conversation with this message',
  },
  'rewind-files': {
    value: 'MESSAGE',
    description: 'with --resume: take the files back to this prompt, and do nothing else',
  },
  'no-session-persistence': { description: 'keep nothing of what the agent does' },
  checkpointing: { description: 'keep the files too, whatever the settings say' },
  'list-sessions': { description: "as 'gsess list'" },
  'delete-session': { value: 'REF', description: "as 'gsess delete', without a question" },
} as const satisfies Readonly<Record<string, StartingFlag>>;

type Name = keyof typeof STARTING_FLAGS;

/** Flags of the commands that these stand for whose values are not to be taken for words. */
const WITH_VALUE = ['--session', '--model', '--agent', '--prompt', '--permission-mode'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface StartingLine {
  /** A flag whose value was left out stands for the empty text. */
  readonly given: ReadonlyMap<Name, string>;
  /** Flags for the command itself. */
  readonly passed: readonly string[];
  /** What stands behind `--`. */
  readonly agent: readonly string[] | undefined;
  readonly prompt: string | undefined;
}

/** The line with its command in front, by its own name; the same line where that is so already. */
export function expandStartingFlags(words: readonly string[]): readonly string[] {
  if (!beginsWithStartingFlag(words)) return withOwnName(words);
  const line = readLine(words);
  checkLine(line);
  return commandOf(line);
}

/** For help, manual pages and completion. */
export function startingFlagEntries(): { readonly term: string; readonly description: string }[] {
  return flags().map(([name, { letters = [], value, description }]) => ({
    term: [...letters.map((letter) => `-${letter}`), `--${name}`]
      .join(', ')
      .concat(value === undefined ? '' : ` ${value}`),
    description,
  }));
}

/** The flags as words, and what the word behind each is the name of. */
export function startingFlagWords(): readonly {
  readonly words: readonly string[];
  readonly description: string;
  readonly completes: 'session' | undefined;
}[] {
  return flags().map(([name, { letters = [], value, description }]) => ({
    words: [`--${name}`, ...letters.map((letter) => `-${letter}`)],
    description,
    completes: value?.includes('REF') ? 'session' : undefined,
  }));
}

function flags(): readonly (readonly [Name, StartingFlag])[] {
  return Object.entries(STARTING_FLAGS) as unknown as readonly (readonly [Name, StartingFlag])[];
}

function flagOf(word: string): readonly [Name, StartingFlag] | undefined {
  const [plain = ''] = word.split('=');
  return flags().find(
    ([name, { letters = [] }]) =>
      plain === `--${name}` || letters.some((letter) => word === `-${letter}`),
  );
}

function beginsWithStartingFlag(words: readonly string[]): boolean {
  for (let index = 0; words[index]?.startsWith('-') === true && words[index] !== '--'; index += 1) {
    const word = words[index] ?? '';
    if (flagOf(word) !== undefined) return true;
    if (WITH_VALUE.includes(word)) index += 1;
  }
  return false;
}

function readLine(words: readonly string[]): StartingLine {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  const given = new Map<Name, string>();
  const passed: string[] = [];
  const said: string[] = [];
  const left = [...own];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const flag = flagOf(word);
    if (flag !== undefined) given.set(flag[0], flagValue(word, flag, { given, left }));
    else if (!word.startsWith('-')) said.push(word);
    else passed.push(word, ...(WITH_VALUE.includes(word) ? left.splice(0, 1) : []));
  }
  const agent = end < 0 ? undefined : words.slice(end + 1);
  return { given, passed, agent, prompt: said.length === 0 ? undefined : said.join(' ') };
}

/** What stands behind the equals sign, else the next word where the flag takes one. */
function flagValue(
  word: string,
  [name, { value: placeholder }]: readonly [Name, StartingFlag],
  { given, left }: { readonly given: ReadonlyMap<Name, string>; readonly left: string[] },
): string {
  if (given.has(name)) throw usage(`--${name} is given more than once`);
  const at = word.indexOf('=');
  if (at >= 0) {
    if (placeholder === undefined) throw usage(`--${name} takes no value`);
    return word.slice(at + 1);
  }
  const takesNext = placeholder !== undefined && left[0]?.startsWith('-') === false;
  return takesNext ? (left.shift() ?? '') : '';
}

function checkLine({ given, prompt }: StartingLine): void {
  for (const [name, { value }] of flags()) {
    const needsValue = value !== undefined && !value.startsWith('[');
    if (needsValue && given.get(name) === '') throw usage(`--${name} needs a value`);
  }
  const has = (name: Name) => given.has(name);
  if (has('resume') && has('continue')) {
    throw guard('--resume and --continue cannot be used together');
  }
  for (const name of ['resume-session-at', 'rewind-files'] as const) {
    if (has(name) && !has('resume')) throw guard(`--${name} requires --resume`);
  }
  const alone = (['rewind-files', 'list-sessions', 'delete-session'] as const).find(has);
  if (alone !== undefined) {
    const companion = [...given.keys()].find(
      (name) => name !== alone && !(alone === 'rewind-files' && name === 'resume'),
    );
    if (companion !== undefined) throw guard(`--${alone} and --${companion} do not go together`);
    if (prompt !== undefined) throw guard(`--${alone} stands alone and takes no prompt`);
  }
  checkNewSession(given);
}

function checkNewSession(given: StartingLine['given']): void {
  const goesOn = (['resume', 'continue', 'from-pr'] as const).some((name) => given.has(name));
  const id = given.get('session-id');
  if (id !== undefined && !UUID.test(id)) throw usage(`--session-id is no UUID: '${id}'`);
  if (given.has('fork-session') && !goesOn) {
    throw guard('--fork-session requires --resume or --continue');
  }
  if (id !== undefined && goesOn && !given.has('fork-session')) {
    throw guard('--session-id with --resume or --continue requires --fork-session');
  }
  if (given.has('from-pr') && (given.get('resume') || given.get('continue'))) {
    throw guard('--from-pr finds the session; --resume and --continue cannot name another');
  }
}

function commandOf({ given, passed, agent, prompt }: StartingLine): readonly string[] {
  const valued = (name: Name, flag = `--${name}`) => {
    const value = given.get(name);
    return value === undefined ? [] : [`${flag}=${value}`];
  };
  const named = (name: Name, flag = `--${name}`) => (given.has(name) ? [flag] : []);
  const behind = agent === undefined ? [] : ['--', ...agent];
  if (given.has('list-sessions')) return ['list', ...passed, ...behind];
  if (given.has('delete-session')) {
    return ['delete', ...passed, '--yes', '--', given.get('delete-session') ?? ''];
  }
  if (given.has('rewind-files')) {
    const session = given.get('resume') ? valued('resume', '--session') : [];
    return ['rewind', ...session, ...passed, '--yes', '--', given.get('rewind-files') ?? ''];
  }
  const started = [
    ...valued('session-id'),
    ...named('no-session-persistence'),
    ...named('checkpointing'),
  ];
  const verb = given.has('continue') ? 'continue' : 'resume';
  if (given.has('resume') || given.has('continue') || given.has('from-pr')) {
    const reference = given.get('resume') || given.get('continue');
    return [
      verb,
      ...valued('from-pr'),
      ...named('fork-session', '--fork'),
      ...valued('resume-session-at', '--at'),
      ...valued('session-name'),
      ...started,
      ...(prompt === undefined ? [] : [`--prompt=${prompt}`]),
      ...passed,
      ...(reference ? ['--', reference] : []),
    ];
  }
  if (prompt !== undefined) throw noAgent(given);
  return ['run', ...valued('session-name', '--name'), ...started, ...passed, ...behind];
}

function noAgent(given: StartingLine['given']): GsessError {
  const [name = 'checkpointing'] = given.keys();
  return new GsessError('usage', `--${name} needs an agent to start`, {
    hint: `Name it after '--': 'gsess --${name}${'value' in STARTING_FLAGS[name] ? ' …' : ''} -- claude'.`,
  });
}

function usage(message: string): GsessError {
  return new GsessError('usage', message, { hint: `See 'gsess help'.` });
}

function guard(message: string): GsessError {
  return new GsessError('guard', message, { hint: `See 'gsess help'.` });
}
