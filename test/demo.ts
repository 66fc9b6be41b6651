// The main job on a recorded real session, through the built command line: `npm run demo`. Shows each command as it is typed and what it
// truly prints, proves what it claims by comparing bytes, and keeps all of it in a fresh directory for whoever wants to look.
//
// The home, the data directory and the project are throwaway ones. Exits 1 at the first step that fails or proof that does not hold.

import * as assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellQuote } from '../src/agents/shell-line.ts';
import { playRecordedSession, recordedEvents } from './support/recorded-session.ts';
import { GSESS_PROGRAM } from './support/run-gsess.ts';

const RECORDING = 'claude-three-turns';
type Files = Readonly<Record<string, string>>;

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'gsess-demo-')));
const [home, data, project] = ['home', 'data', 'flags'].map((name) => {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
}) as [string, string, string];

const environment = {
  PATH: process.env['PATH'],
  HOME: home,
  GSESS_DATA_DIR: data,
  CLAUDE_CONFIG_DIR: join(home, '.claude'),
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C.UTF-8',
  TERM: 'dumb',
};

const say = (text: string) => process.stdout.write(`${text}\n`);
const tell = (text: string) => say(`\n# ${text}`);
let proofs = 0;

function prove(claim: string, check: () => void): void {
  check();
  proofs += 1;
  say(`  proof: ${claim}`);
}

/** What the program printed, both streams in the order in which a terminal would show them. */
function run(program: string, args: readonly string[], input = ''): string {
  const printed = join(directory, '.printed');
  const descriptor = openSync(printed, 'w+');
  const { status, error } = spawnSync(program, args, {
    cwd: project,
    env: environment,
    input,
    stdio: ['pipe', descriptor, descriptor],
  });
  closeSync(descriptor);
  const output = readFileSync(printed, 'utf8');
  rmSync(printed);
  if (error !== undefined) throw error;
  assert.equal(status, 0, `'${program} ${args.join(' ')}' exited ${status}: ${output}`);
  return output;
}

const quietly = (args: readonly string[], input?: string) =>
  run(process.execPath, [GSESS_PROGRAM, ...args], input);

/** Runs gsess and shows it as in a terminal. */
function gsess(...args: readonly string[]): string {
  say(`$ ${['gsess', ...args].map(shellQuote).join(' ')}`);
  const output = quietly(args);
  if (output !== '') say(output.trimEnd());
  return output;
}

function json(...args: readonly string[]): unknown {
  return JSON.parse(quietly([...args, '--json']));
}

function hasGit(): boolean {
  return spawnSync('git', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** What is on disk below a directory, by path; `.git` apart. */
function filesOf(top: string, within: (path: string) => boolean): Files {
  const found = readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(top.length + 1))
    .filter(within)
    .sort();
  return Object.fromEntries(found.map((path) => [path, readFileSync(join(top, path), 'latin1')]));
}

const isGits = (path: string) => path.startsWith('.git/');
const projectFiles = () => filesOf(project, (path) => !isGits(path));
const gitFiles = () => filesOf(project, isGits);
const asRead = (files: Files) =>
  Object.fromEntries(
    Object.entries(files)
      .map(([path, text]): [string, string] => [path, Buffer.from(text).toString('latin1')])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

function makeProject(): void {
  tell(`A project, a home and a data directory, all below ${directory}`);
  const [first] = recordedEvents(RECORDING);
  for (const [path, text] of Object.entries(first?.files ?? {})) {
    mkdirSync(join(project, path, '..'), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  if (!hasGit()) return;
  run('git', ['init', '--quiet', '--initial-branch=main']);
  run('git', ['add', '.']);
  const who = ['-c', 'user.name=dev', '-c', 'user.email=dev@example.invalid'];
  run('git', [...who, 'commit', '--quiet', '--message=first']);
}

interface Played {
  /** The project's files at the end of each turn. */
  readonly turns: readonly Files[];
  readonly transcript: string;
  readonly nativeId: string;
}

/** Calls `gsess hook claude` for each event of the recording, as Claude Code did. */
function playSession(): Played {
  tell('Claude Code works for three turns. At each event it runs the hook:');
  const turns: Files[] = [];
  let transcript = '';
  let nativeId = '';
  let events = 0;
  for (const event of playRecordedSession(RECORDING, { home, project })) {
    const payload = JSON.parse(event.input) as Record<string, string>;
    transcript = payload['transcript_path'] ?? '';
    nativeId = payload['session_id'] ?? '';
    const printed = quietly(['hook', 'claude'], event.input);
    if (event.name === 'SessionStart') assert.match(printed, /"additionalContext":"gsess keeps/);
    else assert.equal(printed, '', 'a hook prints nothing');
    if (event.name === 'UserPromptSubmit' && !payload['prompt']?.includes('<task-')) turns.push({});
    if (event.name === 'Stop') turns[turns.length - 1] = event.files;
    events += 1;
  }
  say('$ gsess hook claude < event.json');
  say(
    `  ${events} events of Claude Code, one process each; printed is one line, that tells it of gsess`,
  );
  return { turns, transcript, nativeId };
}

function look(): void {
  tell('What happened, the third turn in full');
  gsess('list');
  gsess('log', '--turn', '3');
  tell('What the first turn did to the files');
  gsess('diff', '@1');
  gsess('show', '@1');
}

function goBackAndForth({ turns }: Played): void {
  tell('A name for the end of turn 1, then a change by hand that no agent saw');
  gsess('tag', 'before cleanup', '@1');
  writeFileSync(join(project, 'notes.txt'), 'do not lose this line\n');
  say("$ echo 'do not lose this line' > notes.txt");
  const present = projectFiles();

  tell('Back to turn 1: first the plan, then for real');
  gsess('restore', '@1', '--dry-run');
  gsess('restore', '@1', '--yes');
  prove('the files are those of turn 1, byte for byte', () =>
    assert.deepEqual(projectFiles(), asRead(turns[0] ?? {})),
  );
  gsess('undo');
  prove('the files are those from before, the change by hand included', () =>
    assert.deepEqual(projectFiles(), present),
  );
}

function goOn({ transcript, nativeId }: Played): void {
  tell('Another way from turn 2, in a conversation of its own');
  const before = readFileSync(transcript);
  gsess('fork', '@2', '--name', 'careful');
  const line = gsess('resume', 'careful', '--print');
  const newId = /--resume '?([0-9a-f-]{36})/.exec(line)?.[1] ?? 'none';
  const written = join(transcript, '..', `${newId}.jsonl`);
  prove("the fork's transcript holds turns 1 and 2, and Claude's own file is untouched", () => {
    assert.notEqual(newId, nativeId);
    assert.deepEqual(readFileSync(transcript), before);
    const prompts = recordedEvents(RECORDING)
      .map(({ payload }) => payload)
      .filter((payload) => payload['hook_event_name'] === 'UserPromptSubmit')
      .map((payload) => String(payload['prompt']))
      .filter((prompt) => !prompt.includes('<task-'));
    const text = readFileSync(written, 'utf8');
    const held = prompts.map((prompt) => text.includes(JSON.stringify(prompt)));
    assert.deepEqual(held, [true, true, false]);
  });
}

function takeOut({ transcript, nativeId }: Played): void {
  tell("The conversation in the agent's own form");
  const output = join(directory, 'exported.jsonl');
  gsess('export', nativeId, '--format', 'native', '--output', output);
  prove(`it is Claude's own file, ${readFileSync(transcript).length} bytes`, () =>
    assert.deepEqual(readFileSync(output), readFileSync(transcript)),
  );
}

function checkStore(): void {
  tell('The store, read to the last byte by gsess, and by git');
  gsess('verify');
  if (!hasGit()) return;
  const complaints = gsess('git', 'fsck', '--strict', '--full', '--no-dangling', '--no-progress');
  prove('git finds nothing to complain about', () => assert.equal(complaints, ''));
}

function endWithStore(store: string, nativeId: string): void {
  const git = (...args: readonly string[]) => ['git', '-C', store, ...args];
  const log = json('log', nativeId) as { id: string; kind: string; turn: number }[];
  const endOf = (turn: number) =>
    log.find((moment) => moment.kind === 'turn' && moment.turn === turn)?.id.slice(0, 10);
  const commands = [
    git('log', '--oneline', '--graph', '--branches'),
    git('show', '--stat', nativeId),
    git('diff', `${endOf(1)}:files`, `${endOf(3)}:files`),
  ];
  tell('All of it is an ordinary git repository:');
  say(store);
  if (hasGit()) {
    for (const [program = '', ...args] of commands) assert.notEqual(run(program, args), '');
  }
  for (const words of commands) say(`  ${words.map(shellQuote).join(' ')}`);
  say(`\n${proofs} proofs hold. ${directory} is yours to look at and to remove.`);
}

try {
  makeProject();
  const untouched = gitFiles();
  tell('Once: let Claude Code tell gsess what it does');
  gsess('connect', 'claude');
  const played = playSession();
  look();
  goBackAndForth(played);
  goOn(played);
  takeOut(played);
  const { store } = json('where') as { store: string };
  checkStore();
  prove("the project's own .git is what it was", () => assert.deepEqual(gitFiles(), untouched));
  endWithStore(store, played.nativeId);
} catch (error) {
  process.stderr.write(`\nThe demo failed; what it made is in ${directory}\n`);
  process.stderr.write(
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
}
