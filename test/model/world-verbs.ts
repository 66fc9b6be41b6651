// The verbs that capture a session and bring it back: what gsess does, and what the oracle says of it.

import { existsSync, lstatSync, readFileSync } from 'node:fs';
import type { RawPath } from '../../src/git/raw-path.ts';
import { catchUp } from '../../src/session/catch-up.ts';
import { previewRestore, restoreCheckpoint } from '../../src/session/restore-checkpoint.ts';
import { conversationMoves } from '../../src/session/restore-conversation.ts';
import { resumeSession } from '../../src/session/resume-session.ts';
import { isEmptyPlan } from '../../src/worktree/restore-plan.ts';
import { bytesPath } from '../support/disk-manifest.ts';
import { claudeForm, readerOf } from '../support/session-verbs.ts';
import { afterRestore, deletesMuch, narrowed } from './expected-files.ts';
import { covered } from './left-out.ts';
import type { ModelWorld, Moment } from './model-world.ts';
import { andThen } from './said.ts';
import type { Edit } from './tree-edits.ts';
import { faults, isDirectory, type Tree } from './tree-oracle.ts';
import { checkConversation, checkTranscript, same } from './world-checks.ts';

/** The agent's own file; nothing before its first word. */
function transcriptOf({ driver }: ModelWorld): Buffer {
  return existsSync(driver.transcriptPath) ? readFileSync(driver.transcriptPath) : Buffer.alloc(0);
}

async function capturing(
  world: ModelWorld,
  name: string,
  send: () => Promise<Tree | undefined>,
): Promise<void> {
  const told = transcriptOf(world);
  await world.doing({ name, files: 'taken', run: send });
  checkTranscript(world, told, transcriptOf(world));
}

export async function prompt(world: ModelWorld): Promise<void> {
  const { place } = world;
  const isTaken = place.waiting !== undefined && place.waiting.nativeId === world.resumed;
  const [nativeId, said] = isTaken
    ? [place.waiting.nativeId, place.waiting.said]
    : [place.nativeId, place.said];
  await world.speakUnder(nativeId);
  const text = `please ${world.next()}`;
  const number = Math.max(0, ...world.turns) + 1;
  await capturing(world, 'prompt', async () => {
    await world.driver.prompt(text);
    // Whoever is asked under the old id goes on there, and nothing waits any more.
    world.place = { nativeId, said: [...said, { number, texts: [text] }], waiting: undefined };
    return undefined;
  });
  world.turns.push(number);
  same('the turn', world.store.tipOf(world.session).turn, number);
  world.isTurnOpen = true;
}

/** The agent calls a tool, which does these edits. */
export async function useTool(world: ModelWorld, edits: readonly Edit[]): Promise<void> {
  const before = world.disk;
  await capturing(world, 'tool', async () => {
    await world.driver.tool('Bash', { command: 'edit' }, () => {
      for (const edit of edits) world.edit(edit);
    });
    const after = world.disk;
    world.disk = before;
    return after;
  });
}

export async function endTurn(world: ModelWorld): Promise<void> {
  const text = `done ${world.next()}`;
  await capturing(world, 'turn', async () => {
    await world.driver.turn(text);
    return undefined;
  });
  world.place = { ...world.place, said: andThen(world.place.said, text) };
  const { id } = world.store.tipOf(world.session);
  world.endings.set(id, world.place.said);
  world.isTurnOpen = false;
}

/** An event that is no moment of its own. */
export async function lookOnce(world: ModelWorld): Promise<void> {
  await capturing(world, 'manual', async () => {
    await world.driver.event({ subject: 'a look' });
    return undefined;
  });
  const newest = world.moments.at(-1)?.files ?? new Map();
  same('what a look did not keep', faults(covered(world.disk), newest), []);
}

export interface RestoreWishes {
  /** Counted from the newest checkpoint. */
  readonly back: number;
  readonly files: boolean;
  readonly conversation: boolean;
  readonly within?: string;
}

/** As `gsess restore` does it: the last words taken in, the plan made, and nothing done where nothing differs. */
export async function restore(world: ModelWorld, wishes: RestoreWishes): Promise<void> {
  const { store, session } = world;
  const target = world.moments.at(-1 - (wishes.back % world.moments.length));
  if (target === undefined) return;
  const endOfTurn = world.endings.get(target.id);
  const conversation = wishes.conversation && endOfTurn !== undefined && !world.isTurnOpen;
  const files = wishes.files || !conversation;
  await catchingUp(world);
  const within = wishes.within === undefined ? {} : { within: [wishes.within as RawPath] };
  const checkpoint = store.checkpoint(target.id);
  const base = { checkpoint, session, root: world.driver.project, called: 'it', readerOf };
  const request = { ...base, files, conversation, ...within };
  const expected = files ? expectedAfter(world, target, wishes.within) : world.disk;
  const moves = conversation && conversationMoves(store, request);
  if (expected === 'blocked') {
    await refusing(world, () =>
      restoreCheckpoint(world.store, { ...request, conversation: false }, undefined),
    );
    return;
  }
  const plan = files ? previewRestore(store, request) : undefined;
  const writes = plan !== undefined && !isEmptyPlan(plan);
  if (!writes) same('the disk without a plan', faults(world.disk, expected), []);
  if (!writes && !moves) return;
  const wanted = { ...request, files: writes, conversation: moves };
  if (writes && deletesMuch(world.disk, expected)) {
    await refusing(
      world,
      () => restoreCheckpoint(world.store, wanted, plan),
      'confirmation-needed',
    );
  }
  const before = world.place;
  const present = world.disk;
  const untouched = timesOf(world);
  await world.doing({
    name: writes && moves ? 'restore' : writes ? 'restore files' : 'restore conversation',
    files: writes ? 'taken' : 'kept',
    run: async () => {
      const agreed = { ...wanted, agreed: 'any' } as const;
      const { pending } = await restoreCheckpoint(world.store, agreed, plan);
      if (moves && pending !== undefined && endOfTurn !== undefined) {
        world.place = { ...before, waiting: { nativeId: pending.nativeId, said: endOfTurn } };
      }
      return expected;
    },
  });
  untouched();
  if (writes) {
    const kept = world.moments.find(
      ({ files: held }) => faults(covered(present), held).length === 0,
    );
    same('whether the present was kept', kept !== undefined, true);
  }
  const after = world.place;
  world.did({
    summary: 'restore',
    conversation: { before, after },
    ...(writes ? { files: { before: covered(present), after: covered(world.disk) } } : {}),
  });
  checkConversation(world);
}

function expectedAfter(world: ModelWorld, { files, leftOut }: Moment, within: string | undefined) {
  const target = within === undefined ? files : narrowed(world.disk, files, within);
  return afterRestore(world.disk, { files: target, leftOut });
}

/** Takes in what the agent has written since the last event, as all verbs do that use the conversation. */
export async function catchingUp(world: ModelWorld): Promise<void> {
  const { store, session, driver } = world;
  await world.doing({
    name: 'catch up',
    files: 'kept',
    run: async () => void (await catchUp(store, session, claudeForm(driver.home).sideFiles)),
  });
  if (world.place.nativeId === driver.nativeId) {
    checkTranscript(world, transcriptOf(world), transcriptOf(world));
  }
}

/** Something is in the way: nothing may be changed but that the present was kept. */
export async function refusing(
  world: ModelWorld,
  action: () => Promise<unknown>,
  code = 'tree-changed',
): Promise<void> {
  await world.doing({
    name: 'blocked',
    files: 'taken',
    run: async () => {
      same('the refusal', await world.codeOf(action()), code);
      return undefined;
    },
  });
}

/** Remembers times and inodes; what comes back throws unless all that did not differ still has them. */
function timesOf(world: ModelWorld): () => void {
  const look = (path: string) => {
    const { mtimeNs, ino } = lstatSync(bytesPath(world.driver.project, path), { bigint: true });
    return `${ino} ${mtimeNs}`;
  };
  const before = world.disk;
  const times = new Map(
    [...before].filter(([, entry]) => !isDirectory(entry)).map(([path]) => [path, look(path)]),
  );
  return () => {
    for (const [path, time] of times) {
      if (world.disk.get(path) === before.get(path))
        same(`inode and time of ${path}`, look(path), time);
    }
  };
}

/** Back to the agent, as `gsess resume` hands it over; it goes on under the id it is given. */
export async function resume(world: ModelWorld): Promise<void> {
  const { store, session, driver, place } = world;
  await world.doing({
    name: place.waiting === undefined ? 'resume as it is' : 'resume',
    files: 'kept',
    run: async () => {
      const ready = await resumeSession(store, session, claudeForm(driver.home));
      same('the id to resume', ready.nativeId, place.waiting?.nativeId ?? place.nativeId);
      return undefined;
    },
  });
  world.resumed = place.waiting?.nativeId;
  checkConversation(world);
}
