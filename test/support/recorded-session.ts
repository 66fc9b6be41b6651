// Plays a recorded session of a real agent again, event by event: before each hook call the project holds the files and the agent's
// transcript the bytes they held at that moment of the recording. Made-up paths of the recording become those of the player.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RecordedEvent {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Null where the agent had not begun the file yet. */
  readonly transcriptBytes: number | null;
  readonly sideBytes: Readonly<Record<string, number>>;
  readonly files: Readonly<Record<string, string>>;
}

/** One hook call, ready to be made: the agent's files and the project's are as they were. */
export interface PlayedEvent {
  readonly number: number;
  readonly name: string;
  /** For the hook's standard input. */
  readonly input: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface Stage {
  /** Claude's files go below `.claude` in it. */
  readonly home: string;
  readonly project: string;
}

const top = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const RECORDED_PATH = /-home-dev-flags|\/home\/dev\/flags|\/home\/dev(?=["/\\])/g;

export function recordingDirectory(name: string): string {
  return join(top, 'fixtures', 'sessions', name);
}

export function recordedEvents(name: string): readonly RecordedEvent[] {
  const text = readFileSync(join(recordingDirectory(name), 'events.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedEvent);
}

/** Sets the stage for each event in turn. */
export function* playRecordedSession(name: string, stage: Stage): Generator<PlayedEvent> {
  for (const [index, event] of recordedEvents(name).entries()) {
    const input = relocated(JSON.stringify(event.payload), stage);
    const payload = JSON.parse(input) as { hook_event_name: string; transcript_path: string };
    setFiles(stage.project, event.files);
    setTranscript(name, stage, { event, path: payload.transcript_path });
    yield { number: index + 1, name: payload.hook_event_name, input, files: event.files };
  }
}

/** JSON text with the player's paths in it. */
function relocated(text: string, { home, project }: Stage): string {
  const escaped = (path: string) => JSON.stringify(path).slice(1, -1);
  return text.replace(RECORDED_PATH, (path) => {
    if (path.startsWith('-')) return project.replace(/[^A-Za-z0-9]/g, '-');
    return escaped(path === '/home/dev' ? home : project);
  });
}

function setTranscript(
  name: string,
  stage: Stage,
  { event, path }: { readonly event: RecordedEvent; readonly path: string },
): void {
  const directory = recordingDirectory(name);
  const copy = (from: string, to: string, bytes?: number) => {
    const recorded = readFileSync(join(directory, from)).subarray(0, bytes);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, relocated(recorded.toString(), stage));
  };
  if (event.transcriptBytes !== null) copy('transcript.jsonl', path, event.transcriptBytes);
  const beside = path.replace(/\.jsonl$/, '');
  for (const [side, bytes] of Object.entries(event.sideBytes)) {
    copy(side, join(beside, side), bytes);
    const about = side.replace(/\.jsonl$/, '.meta.json');
    if (existsSync(join(directory, about))) copy(about, join(beside, about));
  }
}

/** Makes the directory hold these files and no others but `.git`; a file that is right already is left alone. */
function setFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const isGits = path === '.git' || path.startsWith('.git/');
    if (isGits || path in files) continue;
    if (statSync(join(directory, path)).isFile()) rmSync(join(directory, path));
  }
  for (const [path, content] of Object.entries(files)) {
    const place = join(directory, path);
    if (existsSync(place) && readFileSync(place, 'utf8') === content) continue;
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, content);
  }
}
