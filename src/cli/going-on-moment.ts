// The session and the moment of it that somebody wants to go on from, by what they wrote: a reference, a message, a pull request, a
// transcript file, or nothing for the latest. Only looks, but that a file is taken in first.

import { GsessError } from '../errors.ts';
import { conversationThrough } from '../session/conversation.ts';
import { namesPullRequest, sessionsOfPullRequest } from '../session/find-by-pr.ts';
import { ambiguousSessions } from '../session/reference.ts';
import { firstHolding } from '../session/references.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { calledOf } from './chosen-session.ts';
import type { Context } from './context.ts';
import type { GoingOn } from './going-on-options.ts';
import { findElsewhere } from './session-elsewhere.ts';
import { sessionOfFile } from './session-of-file.ts';
import { type Moment, openWorkspace, openWorkspaceOf, type Workspace } from './workspace.ts';

export interface GoingOnMoment extends Moment {
  /** A message to end the conversation with. */
  readonly through?: string;
}

export interface Start {
  readonly workspace: Workspace;
  readonly moment: GoingOnMoment;
  /** The session is of another project. */
  readonly isElsewhere: boolean;
}

const HOW = { changes: true };

/** Throws `not-found` or `ambiguous`; then nothing was changed. */
export async function findStart(context: Context, wish: GoingOn): Promise<Start> {
  const file = wish.file === undefined ? undefined : await sessionOfFile(context, wish.file);
  const named = file ?? wish.reference;
  const { workspace, moment, isElsewhere } = await findHere(context, wish, named);
  return { workspace, moment: momentIn(workspace, moment, wish.at), isElsewhere };
}

/** In this project; where it has no such session, in the one that has. */
async function findHere(
  context: Context,
  { reading, fromPr, agent }: GoingOn,
  named: string | undefined,
): Promise<Start> {
  let here: Workspace | undefined;
  const others = agent === undefined ? [] : [agent];
  try {
    here = await openWorkspace(context, others);
    if (fromPr !== undefined) {
      const moment = here.subject(ofPullRequest(here, fromPr).id, { ...HOW, reading: 'id' });
      return { workspace: here, moment, isElsewhere: false };
    }
    const moment = here.subject(named ?? latestUnlessNamed(context), { ...HOW, reading });
    return { workspace: here, moment, isElsewhere: false };
  } catch (error) {
    const isNone = error instanceof GsessError && error.code === 'not-found';
    if (!isNone || named === undefined || reading === 'tag' || reading === 'index') throw error;
    const elsewhere = findElsewhere(context, named, here?.store);
    if (elsewhere === undefined) throw error;
    const workspace = await openWorkspaceOf(context, elsewhere.store, others);
    const moment = workspace.subject(elsewhere.session.id, { ...HOW, reading: 'id' });
    return { workspace, moment, isElsewhere: true };
  }
}

/** What is gone on with where nothing is said: the latest session, unless `--session` says another. */
function latestUnlessNamed({ sessionReference }: Context): string | undefined {
  return sessionReference === undefined ? 'latest' : undefined;
}

function ofPullRequest({ store, readerOf }: Workspace, text: string): SessionSummary {
  if (!namesPullRequest(text)) {
    throw new GsessError('usage', `Not a pull request: '${text}'`, {
      hint: 'Give its number, or its address.',
    });
  }
  const [session, ...others] = sessionsOfPullRequest(store, text, readerOf);
  if (session !== undefined && others.length === 0) return session;
  if (session !== undefined) throw ambiguousSessions(text, [session, ...others]);
  throw new GsessError('not-found', `No session of pull request '${text}' in this project`, {
    hint: `'gsess show' tells the pull requests of a session, as far as its agent noted them.`,
  });
}

function momentIn(
  workspace: Workspace,
  named: GoingOnMoment,
  at: string | undefined,
): GoingOnMoment {
  if (at === undefined) return named;
  const { store } = workspace;
  const { session } = named;
  if (at.startsWith('@')) return workspace.checkpoint(`${session.id}${at}`, HOW);
  const tip = store.checkpoint(session.tip);
  const said = conversationThrough(store, { messageId: at, tip }, workspace.readerOf);
  if (said === undefined) return ofSession(workspace, workspace.checkpoint(at, HOW), session);
  const checkpoint = store.checkpoint(firstHolding(store, session, said.bytes));
  return { session, checkpoint, through: at };
}

function ofSession({ store }: Workspace, moment: Moment, session: SessionSummary): Moment {
  for (const { id } of store.history(session.tip)) {
    if (id === moment.checkpoint.id) return { session, checkpoint: moment.checkpoint };
  }
  throw new GsessError(
    'guard',
    `Checkpoint '${moment.checkpoint.id}' is not of '${calledOf(session)}'`,
    {
      hint: `'gsess resume' with the checkpoint alone takes it where it is.`,
    },
  );
}
