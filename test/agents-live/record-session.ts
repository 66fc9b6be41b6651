// Records one real session of three turns for the tests and the demo, and trims it to what they need.
//
//     node build/test/agents-live/record-session.js fixtures/sessions/claude-three-turns
//
// What it writes is described in fixtures/README.md.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { claudeConnection } from '../../src/agents/claude/connection.ts';
import { installAgents } from './install-agents.ts';
import type { Reply } from './model-script.ts';
import {
  type RecordedHook,
  recordedHooks,
  recordingCommand,
  sideDirectory,
} from './recording-hook.ts';
import { type Json, type Replacement, trimRecord, trimValue } from './trim-transcript.ts';
import { type World, withWorld } from './world.ts';

const SESSION_ID = '3f2a9c1e-5d04-4b7e-9a16-0c8d2e41f7b3';

const BEFORE: Readonly<Record<string, string>> = {
  'README.md': '# flags\n\nA command line that knows its flags.\n',
  'notes.txt': 'ask about --force\n',
  'src/flags.ts': "export const flags = ['--verbose'];\n",
};

const TURNS: readonly { readonly text: string; readonly script: readonly Reply[] }[] = [
  {
    text: 'Add a --force flag',
    script: [
      { read: 'src/flags.ts' },
      {
        write: 'src/force.ts',
        content:
          "export const name = '--force';\n\nexport const isForced = (words: string[]) => words.includes(name);\n",
        think: 'A file of its own keeps the list short.',
        text: 'I will put it into a file of its own.',
      },
      {
        edit: 'src/flags.ts',
        old: "['--verbose']",
        new: "['--verbose', '--force']",
      },
      { say: 'There is a --force flag now.' },
    ],
  },
  {
    text: 'Rename --force to --yes',
    script: [
      [
        { edit: 'src/force.ts', old: "'--force'", new: "'--yes'", text: 'Both places at once.' },
        { edit: 'src/flags.ts', old: "'--force'", new: "'--yes'" },
      ],
      { run: 'mv src/force.ts src/yes.ts' },
      { run: 'cat src/force.ts' },
      { say: 'The flag is called --yes, and so is its file.' },
    ],
  },
  {
    text: 'Delete the notes, and have the flag documented',
    script: [
      { run: 'rm notes.txt' },
      {
        agent: [
          {
            write: 'docs/flags.md',
            content: '# Flags\n\n`--yes` answers every question with yes.\n',
          },
          { say: 'Documented in docs/flags.md.' },
        ],
        asked: 'Document the --yes flag',
      },
      { say: 'The notes are gone, and the flag is documented.' },
    ],
  },
];

interface Recording {
  readonly hooks: readonly RecordedHook[];
  /** Texts of the transcript and of the files beside it, by the names of the fixture. */
  readonly texts: ReadonlyMap<string, string>;
  readonly replacements: readonly Replacement[];
}

const TRANSCRIPT = 'transcript.jsonl';

async function record(world: World): Promise<Recording> {
  const { claude } = world;
  for (const [path, content] of Object.entries(BEFORE)) {
    mkdirSync(dirname(join(world.project, path)), { recursive: true });
    writeFileSync(join(world.project, path), content);
  }
  const recordPath = join(world.directory, 'hooks.jsonl');
  const command = recordingCommand(recordPath, world.project);
  claude.writeSettings(claudeConnection.add(undefined, command));
  const conversation = claude.converse({ sessionId: SESSION_ID });
  for (const { script, text } of TURNS) await conversation.say(script, text);
  await conversation.close();

  const hooks = recordedHooks(recordPath);
  const transcript = String(hooks[0]?.payload['transcript_path']);
  const beside = sideDirectory(transcript);
  const sideNames = Object.keys(hooks.at(-1)?.sideBytes ?? {});
  const read = (path: string) => readFileSync(path, 'utf8');
  const slug = (path: string) => path.replace(/[^A-Za-z0-9]/g, '-');
  return {
    hooks,
    texts: new Map([
      [TRANSCRIPT, read(transcript)],
      ...sideNames.map((name): [string, string] => [name, read(join(beside, name))]),
    ]),
    replacements: [
      { from: command, to: 'gsess hook claude' },
      { from: slug(world.project), to: '-home-dev-flags' },
      { from: world.project, to: '/home/dev/flags' },
      { from: world.home, to: '/home/dev' },
      { from: world.directory, to: '/tmp' },
      { from: release(), to: '6.1.0' },
    ],
  };
}

/** A trimmed text, and where in it what stood at a line end of the recorded one stands now. */
function trimLines(text: string, replacements: readonly Replacement[]) {
  const positions = new Map([[0, 0]]);
  let recorded = 0;
  let trimmed = '';
  for (const line of text.split(/(?<=\n)/)) {
    const record = JSON.parse(line) as Json;
    recorded += Buffer.byteLength(line);
    trimmed += JSON.stringify(trimRecord(record, replacements)) + (line.endsWith('\n') ? '\n' : '');
    positions.set(recorded, Buffer.byteLength(trimmed));
  }
  return { trimmed, positions };
}

function writeFixture(directory: string, { hooks, texts, replacements }: Recording): void {
  rmSync(directory, { recursive: true, force: true });
  const positions = new Map<string, ReadonlyMap<number, number>>();
  for (const [name, text] of texts) {
    const lines = trimLines(text, replacements);
    positions.set(name, lines.positions);
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), lines.trimmed);
  }
  const moved = (name: string, recorded: number): number => {
    const position = positions.get(name)?.get(recorded);
    if (position === undefined) throw new Error(`'${name}' was not at a line end at ${recorded}`);
    return position;
  };
  const events = hooks.map((hook) => ({
    payload: trimValue(hook.payload as Json, replacements),
    transcriptBytes:
      hook.transcriptBytes === undefined ? null : moved(TRANSCRIPT, hook.transcriptBytes),
    sideBytes: Object.fromEntries(
      Object.entries(hook.sideBytes)
        .filter(([name]) => name.endsWith('.jsonl'))
        .map(([name, bytes]) => [name, moved(name, bytes)]),
    ),
    files: hook.files,
  }));
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(join(directory, 'events.jsonl'), lines.join(''));
}

const target = process.argv[2];
if (target === undefined) throw new Error('say where to put the recording');
const agents = await installAgents(['claude']);
if ('unavailable' in agents) throw new Error(agents.unavailable);
await withWorld(agents, async (world) => writeFixture(target, await record(world)));
