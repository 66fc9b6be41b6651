// The verbs that change a session, as tests of the library call them on a driven session: references as people write them, Claude's own
// form of a conversation, the files of the project as one value to compare.

import { claude } from '../../src/agents/claude/claude.ts';
import { conversationForm } from '../../src/cli/conversation-form.ts';
import { GsessError } from '../../src/errors.ts';
import type { Checkpoint } from '../../src/session/checkpoint.ts';
import type { TranscriptReader } from '../../src/session/conversation.ts';
import { currentSession } from '../../src/session/current-session.ts';
import { resolveCheckpoint } from '../../src/session/reference.ts';
import { referencesOf } from '../../src/session/references.ts';
import {
  type RestoreOutcome,
  type RestoreRequest,
  restoreCheckpoint,
} from '../../src/session/restore-checkpoint.ts';
import type { ConversationForm } from '../../src/session/resume-session.ts';
import type { SessionRecord } from '../../src/session/session-record.ts';
import { type UndoOutcome, undoOperation } from '../../src/session/undo-operation.ts';
import { placesIn } from './agent-places.ts';
import { type Manifest, manifestOf } from './disk-manifest.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from './session-driver.ts';
import { withTemporaryDirectory } from './temporary-directory.ts';

export const readerOf = (): TranscriptReader => claude.format.read;

export function claudeForm(home: string): ConversationForm {
  return conversationForm(claude, placesIn(home), Date.now);
}

/** What a reference means, the current session being the one of this project. */
export function checkpointAt({ store, project }: SessionDriver, text: string): Checkpoint {
  const current = () => currentSession(store, { root: project, changes: false });
  const references = referencesOf(store, { current, readerOf });
  return store.checkpoint(resolveCheckpoint(text, references).value.id);
}

/** Takes a session back; files and conversation unless told. */
export function restoreTo(
  driver: SessionDriver,
  called: string,
  wishes: Partial<RestoreRequest> = {},
): Promise<RestoreOutcome> {
  const { store, session, project: root } = driver;
  const checkpoint = checkpointAt(driver, called);
  const both = { files: true, conversation: true };
  const request = { checkpoint, session, root, called, readerOf, ...both, ...wishes };
  return restoreCheckpoint(store, request, undefined);
}

export function takeBack(
  { store, project: root }: SessionDriver,
  direction: 'undo' | 'redo',
  everything = false,
): Promise<UndoOutcome> {
  return undoOperation(store, { root, direction, everything });
}

export function filesOf({ project }: SessionDriver): Manifest {
  return manifestOf(project);
}

/** The record of a session at its tip; of the driven one unless told. */
export function recordOf({ store, session: own }: SessionDriver, session = own): SessionRecord {
  const tip = store.tip(session);
  if (tip === undefined) throw new Error(`no session '${session}'`);
  return store.record(store.checkpoint(tip));
}

/** Three turns: files made, changed and removed by the agent, and changed by hand in between and at the end. */
export async function threeTurns(driver: SessionDriver): Promise<Manifest[]> {
  const after: Manifest[] = [];
  driver.write('notes.txt', 'mine\n');
  await driver.prompt('make it');
  await driver.tool('Write', { file_path: 'a.txt' }, () => driver.write('a.txt', 'one\n'));
  await driver.tool('Bash', { command: 'mkdir' }, () => driver.write('deep/er/b.txt', 'b\n'));
  await driver.turn('made');
  after.push(filesOf(driver));
  driver.write('notes.txt', 'mine, changed\n');
  await driver.prompt('change it');
  await driver.tool('Edit', { file_path: 'a.txt' }, () => driver.write('a.txt', 'two\n'));
  await driver.turn('changed');
  after.push(filesOf(driver));
  await driver.prompt('tidy up');
  await driver.tool('Bash', { command: 'rm -r deep' }, () => driver.remove('deep'));
  await driver.turn('tidied');
  driver.write('by-hand.txt', 'by hand\n');
  driver.write('a.txt', 'two, and by hand\n');
  after.push(filesOf(driver));
  return after;
}

/** A session of three turns, and a sound store after whatever is done with it. */
export function withThreeTurns(
  use: (driver: SessionDriver, directory: string) => Promise<void>,
): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await threeTurns(driver);
    await use(driver, directory);
    assertStoreIsSound(driver.store);
  });
}

/** What the action is refused with. */
export async function errorOf(action: Promise<unknown>): Promise<GsessError> {
  try {
    await action;
  } catch (error) {
    if (error instanceof GsessError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The code that the action is refused with; 'done' if it is not. */
export async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof GsessError) return error.code;
    throw error;
  }
  return 'done';
}
