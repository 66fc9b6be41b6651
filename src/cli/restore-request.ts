// What the user's wishes about a restore come to: which halves of the checkpoint, in which directory, below which paths.

import { relative, resolve } from 'node:path';
import { GsessError } from '../errors.ts';
import { type RawPath, rawPath } from '../git/raw-path.ts';
import { waitingConversation } from '../session/conversation.ts';
import type { RestoreRequest } from '../session/restore-checkpoint.ts';
import { holdsConversation } from '../session/restore-conversation.ts';
import { calledOf } from './chosen-session.ts';
import type { Context } from './context.ts';
import { namedRoot } from './take-back.ts';
import type { Moment, Workspace } from './workspace.ts';

export interface RestoreWishes {
  readonly files: boolean;
  readonly conversation: boolean;
  /** As given, relative to the working directory. */
  readonly path: readonly string[];
  readonly root: string | undefined;
}

interface Wished {
  readonly called: string;
  readonly wishes: RestoreWishes;
  readonly moment: Moment;
}

/** Throws `guard` for a session of another directory, `usage` for a path outside of it. */
export function restoreRequest(
  context: Context,
  workspace: Workspace,
  { called, wishes, moment }: Wished,
): RestoreRequest {
  const { checkpoint, session, isSession } = moment;
  const { files, conversation } = halvesOf(context, workspace, { wishes, moment });
  const root = files ? rootOf(context, workspace, { wishes, moment }) : workspace.root;
  const within = wishes.path.map((path) => pathIn(root, path, context));
  return {
    checkpoint,
    session: session.id,
    upTo: isSession ? waitingConversation(workspace.store, checkpoint) : undefined,
    root,
    files,
    conversation,
    called,
    readerOf: workspace.readerOf,
    ...(within.length === 0 ? {} : { within }),
  };
}

type Halves = Pick<RestoreRequest, 'files' | 'conversation'>;

/** Both unless one is asked for, or there is only one. */
function halvesOf(
  { output }: Context,
  { store }: Workspace,
  { wishes, moment }: Pick<Wished, 'wishes' | 'moment'>,
): Halves {
  const { files, conversation, path } = wishes;
  if (files || conversation) return { files: files || path.length > 0, conversation };
  if (path.length > 0) return { files: true, conversation: false };
  const holdsFiles = moment.checkpoint.files !== 'none';
  const holdsWords = holdsConversation(store, moment.checkpoint);
  if (!holdsWords) output.note('It holds no conversation: the files alone go back.');
  if (!holdsFiles) output.note('It holds no files: the conversation alone goes back.');
  return { files: holdsFiles || !holdsWords, conversation: holdsWords };
}

function rootOf(
  context: Context,
  { store, root }: Workspace,
  { wishes, moment }: Pick<Wished, 'wishes' | 'moment'>,
): string {
  if (wishes.root !== undefined) return namedRoot(context, wishes.root);
  const recorded = store.presentRoot(moment.session.root);
  if (recorded === root) return root;
  throw new GsessError(
    'guard',
    `The files of '${calledOf(moment.session)}' are in '${recorded}', not in '${root}'`,
    {
      hint: `Go there, or say where to write them with '--root DIR'.`,
      data: { recorded, root },
    },
  );
}

function pathIn(root: string, path: string, { cwd }: Context): RawPath {
  const isInside = cwd === root || cwd.startsWith(`${root}/`);
  const inside = relative(root, resolve(isInside ? cwd : root, path));
  if (inside === '..' || inside.startsWith('../')) {
    throw new GsessError('usage', `'${path}' is not in '${root}'`);
  }
  return rawPath(inside);
}
