// What the browser changes, each by the function that the command of the same name calls, and what it says afterwards: what was done and
// how to take it back. Plans are made here too; nothing is changed by one.

import { resolve } from 'node:path';
import { waitingConversation } from '../../session/conversation.ts';
import { deleteSession } from '../../session/delete-session.ts';
import { forkIntoDirectory } from '../../session/fork-into-directory.ts';
import { forkSession } from '../../session/fork-session.ts';
import { renameSession } from '../../session/rename-session.ts';
import { createTag } from '../../session/tag.ts';
import type { Answer, Effect } from '../../ui/browser-effect.ts';
import type { ListedSession } from '../../ui/browser-state.ts';
import { caughtUp } from '../caught-up.ts';
import type { BrowserDesk } from './browser-desk.ts';
import { commandElsewhere } from './command-elsewhere.ts';
import { completeLine, runLine } from './command-line-in-browser.ts';
import { done } from './done.ts';
import { presentSession } from './present-session.ts';
import { carryOutRestore, planRestoreOf } from './restore-in-browser.ts';
import { carryOutTakeBack, planOfTakeBack } from './take-back-in-browser.ts';

type Act<K extends Effect['do']> = Extract<Effect, { do: K }>;
type Acting = Exclude<
  Effect['do'],
  'list' | 'bind' | 'moments' | 'tags' | 'count' | 'preview' | 'diff'
>;

const TAKEN_BACK = 'undo takes it back';

export async function act(desk: BrowserDesk, effect: Act<Acting>): Promise<Answer> {
  switch (effect.do) {
    case 'tag':
      return tag(desk, effect);
    case 'rename':
      return rename(desk, effect);
    case 'fork':
      return fork(desk, effect);
    case 'plan-delete':
      return planDelete(desk, effect.listed);
    case 'delete':
      return remove(desk, effect.listed);
    case 'plan-restore':
      return planRestoreOf(desk, effect);
    case 'restore':
      return carryOutRestore(desk, effect);
    case 'plan-take-back':
      return planOfTakeBack(desk, effect.direction);
    case 'take-back':
      return carryOutTakeBack(desk, effect);
    case 'elsewhere':
      return commandElsewhere(desk, effect.listed);
    case 'complete':
      return completeLine(desk, effect);
    case 'line':
      return runLine(desk, effect.line);
  }
}

async function tag(
  { place: { store, root } }: BrowserDesk,
  { name, checkpoint, listed }: Act<'tag'>,
): Promise<Answer> {
  const session = listed.session.id;
  const given = await createTag(store, { name, checkpoint, session, root });
  return done(`Tagged '${given.name}': ${TAKEN_BACK}`);
}

async function rename(desk: BrowserDesk, { listed, name }: Act<'rename'>): Promise<Answer> {
  const { store, root } = desk.place;
  const session = presentSession(desk, listed);
  const given = await renameSession(store, { session, name, root });
  return done(`It is called '${given}' now: ${TAKEN_BACK}`);
}

async function fork(desk: BrowserDesk, effect: Act<'fork'>): Promise<Answer> {
  const { name, directory, isSession } = effect;
  const workspace = await desk.workspace(effect.listed);
  const { store, root: here, readerOf } = workspace;
  const moment = await caughtUp(desk.context, workspace, {
    session: presentSession(desk, effect.listed),
    checkpoint: store.checkpoint(effect.checkpoint),
    isSession,
    isNamed: !isSession,
  });
  const { checkpoint, session } = moment;
  const request = {
    checkpoint,
    session: session.id,
    upTo: isSession ? waitingConversation(store, checkpoint) : undefined,
    here,
    readerOf,
    ...(name === '' ? {} : { name }),
  };
  if (directory === undefined) {
    await forkSession(store, request);
    return done(`Forked: it stands in the list, and ${TAKEN_BACK}`);
  }
  const into = resolve(desk.context.cwd, directory);
  const { files } = await forkIntoDirectory(store, { ...request, directory: into });
  return done(
    `Forked, with ${files} files in ${into}: undo takes the fork away, not the directory`,
  );
}

function planDelete(desk: BrowserDesk, listed: ListedSession): Answer {
  const session = presentSession(desk, listed);
  const { name, title, checkpoints, turns, live } = session;
  const days = desk.context.surroundings.settings.trashDays;
  const text = [
    `'${name ?? title}' goes out of the list, with its ${turns} turns and ${checkpoints} checkpoints.`,
    `It stays in the trash for ${days} days, from where undo brings it back.`,
    `Its tags, the agent's own transcript and the files of the project stay as they are.`,
    ...(live ? ['', 'Its agent is running: it is not deleted before that has ended.'] : []),
  ];
  const carriesOut = live ? undefined : ({ do: 'delete', listed } as const);
  return { type: 'planned', text: text.join('\n'), carriesOut };
}

async function remove(desk: BrowserDesk, listed: ListedSession): Promise<Answer> {
  const { store, root } = desk.place;
  const session = presentSession(desk, listed);
  await deleteSession(store, { session, root });
  return done(`Deleted '${session.name ?? session.title}': undo brings it back`);
}
