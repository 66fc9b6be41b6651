// A session of 10,000 events, captured through the library as an agent that embeds gsess would: one checkpoint an event, or one a turn
// of 20. Nothing packs it but what capturing itself does. Its newest store is remembered, for figures that look at it afterwards.

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type CaptureEvent, capture } from '../src/session/capture.ts';
import type { Surroundings } from '../src/session/surroundings.ts';
import { newBenchUser } from './bench-user.ts';
import { EVENTS_PER_TURN, transcriptEvents } from './transcript-events.ts';
import { bytesOnDisk, keptDirectory } from './workplace.ts';

export const EVENTS = 10_000;
export const NATIVE_ID = '3f2a9c1e-5d04-4b7e-9a16-0c8d2e41f7b3';

export type Pace = 'event' | 'turn';

export interface BuiltSession {
  readonly pace: Pace;
  /** The bare repository. */
  readonly store: string;
  /** What makes the library talk to it. */
  readonly data: string;
  readonly transcript: string;
  readonly rawBytes: number;
  /** Of each checkpoint. */
  readonly milliseconds: readonly number[];
  /** The most that the store ever took, times the transcript, once that had a megabyte. */
  readonly mostBlocks: number;
}

const LOOK_FROM_BYTES = 1_000_000;
const LOOKS = 40;
const WARM_UP_EVENTS = 400;

/** What one run of an agent appends to its transcript and tells gsess. */
export class LongSession {
  readonly pace: Pace;
  readonly transcript: string;
  readonly surroundings: Surroundings;
  store = '';
  readonly #project: string;
  #told = 0;

  constructor(pace: Pace, name = 'session') {
    const user = newBenchUser(name);
    const settings = { ...user.surroundings.settings, gcAuto: true };
    this.pace = pace;
    this.surroundings = { ...user.surroundings, settings };
    this.transcript = join(user.home, `${NATIVE_ID}.jsonl`);
    this.#project = join(user.home, 'project');
    mkdirSync(this.#project);
    writeFileSync(join(this.#project, 'a.txt'), 'a\n');
  }

  /** Milliseconds that a checkpoint takes; what is appended is appended before. */
  async take(lines: string): Promise<number> {
    appendFileSync(this.transcript, lines);
    const event = this.#event();
    const since = performance.now();
    const { store } = await capture(event, this.surroundings);
    const took = performance.now() - since;
    this.store = store.repository.directory;
    return took;
  }

  #event(): CaptureEvent {
    const place = this.#told % EVENTS_PER_TURN;
    const number = this.#told;
    this.#told += 1;
    const common = {
      agent: 'claude',
      nativeId: NATIVE_ID,
      cwd: this.#project,
      subject: `what is done in step ${number}`,
      transcript: { path: this.transcript, sideFiles: [] },
    };
    if (this.pace === 'turn' || place === EVENTS_PER_TURN - 1) return { ...common, kind: 'turn' };
    if (place === 0) return { ...common, kind: 'prompt', prompt: `please do step ${number}` };
    const input = { file_path: `/home/dev/flags/src/part-${number}.ts` };
    const call = { name: 'Edit', input, callId: `toolu_${number}` };
    return { ...common, kind: 'tool', call };
  }
}

/** Captures the whole session, and remembers it; `session` and `more` are for going on with it. */
export async function buildSession(
  pace: Pace,
): Promise<BuiltSession & { readonly session: LongSession; readonly more: Iterator<string> }> {
  await warmUp(pace);
  const session = new LongSession(pace);
  const milliseconds: number[] = [];
  let mostBlocks = 0;
  const more = piecesOf(pace, Number.POSITIVE_INFINITY);
  while (milliseconds.length < checkpoints(pace)) {
    milliseconds.push(await session.take(more.next().value ?? ''));
    const isLook = milliseconds.length % Math.ceil(checkpoints(pace) / LOOKS) === 0;
    const raw = statSync(session.transcript).size;
    if (isLook && raw >= LOOK_FROM_BYTES) {
      mostBlocks = Math.max(mostBlocks, bytesOnDisk(session.store) / raw);
    }
  }
  const { store, transcript, surroundings } = session;
  const rawBytes = statSync(transcript).size;
  const data = surroundings.dataDirectory;
  const built = { pace, store, data, transcript, rawBytes, milliseconds, mostBlocks };
  writeFileSync(notePath(pace), JSON.stringify(built));
  return { ...built, session, more };
}

/** The newest one that was built. */
export async function builtSession(pace: Pace): Promise<BuiltSession> {
  if (!existsSync(notePath(pace))) return buildSession(pace);
  const noted = JSON.parse(readFileSync(notePath(pace), 'utf8')) as BuiltSession;
  return existsSync(noted.store) ? noted : buildSession(pace);
}

/** What is appended before each checkpoint. */
export function* piecesOf(pace: Pace, events: number): Generator<string> {
  const size = pace === 'turn' ? EVENTS_PER_TURN : 1;
  let lines: string[] = [];
  for (const line of transcriptEvents(events)) {
    lines.push(line);
    if (lines.length < size) continue;
    yield lines.join('');
    lines = [];
  }
}

function checkpoints(pace: Pace): number {
  return pace === 'turn' ? EVENTS / EVENTS_PER_TURN : EVENTS;
}

/** Else the first tenth would be slow for being compiled, and the last one look good beside it. */
async function warmUp(pace: Pace): Promise<void> {
  const session = new LongSession(pace, 'warm-up');
  for (const lines of piecesOf(pace, WARM_UP_EVENTS)) await session.take(lines);
}

function notePath(pace: Pace): string {
  return join(keptDirectory('sessions'), `${pace}.json`);
}
