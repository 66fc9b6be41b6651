// Compares what gsess has with what the oracle has, by the means of whoever looks: files on disk, trees of commits, lists, tags, the bytes
// of conversations. Throws at the first difference, with what should be and what is.

import { readFileSync } from 'node:fs';
import { type JsonPath, pathOfJson } from '../../src/git/raw-path.ts';
import type { Checkpoint } from '../../src/session/checkpoint.ts';
import { nativeFormOf } from '../../src/session/resume-session.ts';
import type { Store } from '../../src/session/store.ts';
import { readStored, storedPath } from '../../src/session/stored-transcript.ts';
import { listTags } from '../../src/session/tag.ts';
import { CAPTURED_REASONS, type SkipReason } from '../../src/worktree/skipped.ts';
import { claudeForm } from '../support/session-verbs.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import type { ModelWorld, Moment } from './model-world.ts';
import { textsIn, textsOf } from './said.ts';
import {
  above,
  faults,
  readCheckpoint,
  readCheckpointWithGit,
  readDisk,
  type TreeReader,
} from './tree-oracle.ts';

/** Throws unless the two are the same as text. */
export function same(what: string, found: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(found), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: should be ${should}, is ${is}`);
}

function sameTree(what: string, found: Moment['files'], expected: Moment['files']): void {
  const wrong = faults(expected, found);
  if (wrong.length > 0) throw new Error(`${what}:\n  ${wrong.join('\n  ')}`);
}

export function checkDisk(world: ModelWorld): void {
  sameTree('the disk', readDisk(world.driver.project), world.disk);
}

/** The lists, after each verb. */
export function checkAll(world: ModelWorld): void {
  if (world.moments.length === 0) return;
  const { store } = world;
  const sessions = store.sessions();
  const listed = sessions.map(({ id, name }) => [id, name]).sort();
  same('the list', listed, [...world.names].sort());
  const tags = listTags(store).map(({ name, checkpoint }) => [name, checkpoint]);
  same('the tags', tags.sort(), [...world.tags].sort());
  same('damaged refs', [...store.damage], []);
  const { pending, activeNativeId } = store.record(store.tipOf(world.session));
  const { nativeId, waiting } = world.place;
  same('the native ids', [activeNativeId, pending?.nativeId], [nativeId, waiting?.nativeId]);
}

/** A checkpoint, when it is made. */
export function checkMoment(
  { store }: ModelWorld,
  { tree, id, kind }: Checkpoint,
  moment: Moment,
): void {
  const what = `the ${kind} checkpoint ${id.slice(0, 10)}`;
  sameTree(`files of ${what}`, readCheckpoint(ownReader(store), tree), moment.files);
  const entry = store.entry({ tree }, 'skipped.json');
  const listed: { path: JsonPath; reason: SkipReason }[] =
    entry === undefined ? [] : JSON.parse(store.objects.read(entry.id).content.toString());
  const left = listed.filter(({ reason }) => !CAPTURED_REASONS.includes(reason));
  const outermost = [...moment.leftOut].filter(
    (path) => !above(path).some((place) => moment.leftOut.has(place)),
  );
  same(
    `what is left out of ${what}`,
    left.map(({ path }) => pathOfJson(path)).sort(),
    outermost.sort(),
  );
}

export function ownReader({ objects }: Store): TreeReader {
  return {
    tree: (id) => objects.readTree(id as Moment['id']),
    content: (id) => objects.read(id as Moment['id']).content,
  };
}

/** What is stored of the conversation: at least what was there when the verb began, and nothing that is not in the file. */
export function checkTranscript(world: ModelWorld, told: Buffer, now: Buffer): void {
  const { store, driver, session } = world;
  const transcripts = store.entry(store.tipOf(session), 'transcript')?.id;
  const path = storedPath(driver.nativeId);
  const stored = Buffer.concat([...readStored(store.objects, { transcripts, path })]);
  const expected = now.subarray(0, Math.max(told.length, stored.length));
  same('the stored transcript', stored.toString(), expected.toString());
}

/** The conversation in the form in which it would be handed to the agent now. */
export function checkConversation(world: ModelWorld): void {
  const { store, session, place, driver } = world;
  const native = nativeFormOf(store, session, { form: claudeForm(driver.home) });
  same('the conversation', textsIn(native), textsOf(place.waiting?.said ?? place.said));
  if (place.waiting === undefined) {
    same('the transcript', native.toString(), readFileSync(driver.transcriptPath, 'utf8'));
  }
}

/** At the end: everything once more, with the eyes of stock git. */
export function checkWithGit(world: ModelWorld, momentsMax: number): void {
  const { directory } = world.store.repository;
  assertStoreIsTidy(directory);
  for (const { id, files } of world.moments.slice(-momentsMax)) {
    sameTree(`files of ${id} as git has them`, readCheckpointWithGit(directory, id), files);
  }
}
