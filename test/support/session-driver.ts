// An agent as gsess sees one, played in a directory of its own: a transcript file that grows, a project whose files change, and an event
// at each moment, sent through the library. The clock is fixed and moves a second at each look, so everything but commit ids
// that depend on random ids comes out the same each time. As in life the transcript lags the events.

import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { sideFilesOf } from '../../src/agents/claude/locate.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { type CaptureEvent, capture } from '../../src/session/capture.ts';
import type { Checkpoint } from '../../src/session/checkpoint.ts';
import { locateProject } from '../../src/session/project.ts';
import { type SessionId, sessionIdOf } from '../../src/session/session-id.ts';
import { openStoreOf, type Store } from '../../src/session/store.ts';
import { DEFAULT_SETTINGS, type Surroundings } from '../../src/session/surroundings.ts';
import { processes } from './process-table.ts';
import { assertStoreIsTidy } from './tidy-store.ts';

/** In the past, so that no file is ever older than the moment it was looked at. */
const BEGINNING = Date.UTC(2025, 0, 2, 3, 4, 5);
export const FIRST_NATIVE_ID = '11111111-1111-4111-8111-111111111111';

export interface SessionOptions {
  readonly nativeId?: string;
  /** Relative to the project; the project itself unless told. */
  readonly cwd?: string;
  readonly surroundings?: Partial<Surroundings>;
}

export interface SessionDriver {
  readonly project: string;
  readonly home: string;
  readonly nativeId: string;
  readonly session: SessionId;
  readonly transcriptPath: string;
  readonly surroundings: Surroundings;
  /** Opened anew at each look, as another process would see it. */
  readonly store: Store;
  /** The user says something; each of these resolves to the checkpoint it made. */
  prompt(text: string): Promise<ObjectId>;
  /** The agent is about to call a tool; `effect` is what the tool then does, after which the agent reports its end. */
  tool(name: string, input: object, effect?: () => void): Promise<ObjectId>;
  /** The agent has answered. */
  turn(text: string): Promise<ObjectId>;
  /** Any other event; undefined where it left no checkpoint. */
  event(event: Partial<CaptureEvent>): Promise<ObjectId | undefined>;
  /** Puts a file into the project, its directories too. */
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  /** Adds a record to the transcript, without an event. */
  append(record: object): void;
  /** The checkpoints of the session, newest first. */
  log(): Checkpoint[];
}

/** Surroundings with a home, a data directory and a clock of their own; the directories are those of `withSealedUser`. */
export function sealedSurroundings(
  directory: string,
  changes: Partial<Surroundings> = {},
): Surroundings {
  let seconds = 0;
  for (const name of ['home', 'data', 'project', 'tmp']) {
    mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
  }
  return {
    now: () => {
      seconds += 1;
      return BEGINNING + seconds * 1000;
    },
    processes,
    ancestors: () => [],
    userId: process.getuid?.(),
    newNativeId: () => randomUUID(),
    home: join(directory, 'home'),
    temporaryDirectory: join(directory, 'tmp'),
    dataDirectory: join(directory, 'data'),
    settings: DEFAULT_SETTINGS,
    lockWaitMs: 5000,
    ...changes,
  };
}

/** Begins a session in `<directory>/project`; nothing is captured before its first event. */
export async function startSession(
  directory: string,
  options: SessionOptions = {},
): Promise<SessionDriver> {
  const surroundings = sealedSurroundings(directory, options.surroundings);
  const { home } = surroundings;
  const nativeId = options.nativeId ?? FIRST_NATIVE_ID;
  const project = join(directory, 'project');
  const cwd = join(project, options.cwd ?? '.');
  const transcriptPath = join(
    home,
    '.claude',
    'projects',
    cwd.replace(/[^A-Za-z0-9]/g, '-'),
    `${nativeId}.jsonl`,
  );
  mkdirSync(dirname(transcriptPath), { recursive: true });
  const session = sessionIdOf('claude', nativeId);
  const agent = fakeAgent({ nativeId, cwd, transcriptPath, surroundings });
  let opened: Store | undefined;
  const openStore = (): Store => {
    const store = openStoreOf(locateProject(project, surroundings), surroundings);
    if (store === undefined) throw new Error('nothing was captured yet');
    // Thousands of looks in one process would hold as many packs open until they are collected.
    opened?.objects.close();
    opened = store;
    return store;
  };
  return {
    project,
    home,
    nativeId,
    session,
    transcriptPath,
    surroundings,
    get store() {
      return openStore();
    },
    ...agent,
    write: (path, content) => {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), content);
    },
    remove: (path) => rmSync(join(project, path), { recursive: true }),
    log: () => {
      const store = openStore();
      const tip = store.tip(session);
      return tip === undefined ? [] : [...store.history(tip)];
    },
  };
}

/** Throws unless stock git finds the store sound to the last object, and nothing was left lying about in it. */
export function assertStoreIsSound(store: Store): void {
  assertStoreIsTidy(store.repository.directory);
}

interface Place {
  readonly nativeId: string;
  readonly cwd: string;
  readonly transcriptPath: string;
  readonly surroundings: Surroundings;
}

type Agent = Pick<SessionDriver, 'prompt' | 'tool' | 'turn' | 'event' | 'append'>;

function fakeAgent(place: Place): Agent {
  const { nativeId, cwd, transcriptPath, surroundings } = place;
  let records = 0;
  // An agent that was resumed goes on from what its transcript ends with.
  let parentUuid = lastUuidIn(transcriptPath);
  const idOf = (kind: string) => {
    records += 1;
    return `${kind}-${nativeId.slice(0, 8)}-${String(records).padStart(4, '0')}`;
  };
  const append = (record: object) => {
    const uuid = idOf('record');
    const timestamp = new Date(surroundings.now()).toISOString();
    const common = { parentUuid, isSidechain: false, uuid, timestamp, sessionId: nativeId, cwd };
    appendFileSync(transcriptPath, `${JSON.stringify({ ...common, ...record })}\n`);
    parentUuid = uuid;
  };
  const reply = (...content: object[]) => {
    const message = { id: idOf('msg'), role: 'assistant', model: 'claude-opus-5-5', content };
    append({ type: 'assistant', message });
  };
  const send = async (event: Partial<CaptureEvent>) => {
    const basis = { agent: 'claude', nativeId, cwd, kind: 'manual', subject: 'something' } as const;
    // Agents name their transcript before there is one.
    const transcript = { path: transcriptPath, sideFiles: sideFilesOf(transcriptPath) };
    const report = await capture({ ...basis, transcript, ...event }, surroundings);
    return report.checkpoint;
  };
  return {
    append,
    event: send,
    prompt: async (text) => {
      const promptId = idOf('prompt');
      const id = await send({ kind: 'prompt', subject: text, prompt: text, promptId });
      append({ type: 'user', promptId, message: { role: 'user', content: text } });
      return checkpointOf(id);
    },
    tool: async (name, input, effect) => {
      const callId = idOf('toolu');
      reply({ type: 'tool_use', id: callId, name, input });
      const subject = `before ${name}`;
      const id = await send({ kind: 'tool', subject, call: { name, input, callId } });
      effect?.();
      await send({ subject: `after ${name}` });
      const content = [{ type: 'tool_result', tool_use_id: callId, content: 'done' }];
      append({ type: 'user', message: { role: 'user', content } });
      return checkpointOf(id);
    },
    turn: async (text) => {
      const id = await send({ kind: 'turn', subject: text });
      reply({ type: 'text', text });
      return checkpointOf(id);
    },
  };
}

function lastUuidIn(transcriptPath: string): string | null {
  if (!existsSync(transcriptPath)) return null;
  const lines = readFileSync(transcriptPath, 'utf8').split('\n').filter(Boolean);
  return JSON.parse(lines.at(-1) ?? '{}').uuid ?? null;
}

function checkpointOf(id: ObjectId | undefined): ObjectId {
  if (id === undefined) throw new Error('the event left no checkpoint');
  return id;
}
