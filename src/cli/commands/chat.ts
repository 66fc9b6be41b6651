// gsess chat: the conversation saved under a tag, and gone back to. As in the agents that have /chat, files stay as they are unless they
// are asked for; and unlike there, nothing that was said later is lost.

import { GsessError } from '../../errors.ts';
import { forkSession } from '../../session/fork-session.ts';
import { parseName } from '../../session/name.ts';
import { recover } from '../../session/operate.ts';
import { resumeTarget } from '../../session/resume-target.ts';
import { isSessionId } from '../../session/session-id.ts';
import { caughtUp } from '../caught-up.ts';
import { calledOf, idOfFork } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import type { Yes } from '../confirm-deletion.ts';
import type { Context } from '../context.ts';
import { goBack } from '../go-back.ts';
import { afterGoingBack } from '../next-step.ts';
import { giveTag, removeTag, tellTags } from '../tag-verbs.ts';
import {
  type Moment,
  openPlaceIfAny,
  openWorkspace,
  sessionHere,
  type Workspace,
} from '../workspace.ts';

const ACTIONS = ['save', 'resume', 'load', 'list', 'delete', 'rm', 'remove'] as const;

interface Wanted {
  readonly name: string;
  readonly files: boolean;
  readonly force: boolean;
  readonly yes: Yes;
}

export const chat = defineCommand({
  name: 'chat',
  summary: 'save the conversation under a tag, and go back to it',
  details: `'save' gives the conversation as it stands now a tag, 'resume' takes the session back to one, 'list' shows
    them with the time they were given, 'delete' removes one. Tags are those of 'gsess tag'.

    Going back leaves the files as they are, unless --files says to take them back too; what was said
    since stays in the session, and 'gsess undo' takes all of it back. The tag of another session begins a
    fork of that session.`,
  positionals: {
    action: { description: 'what to do', required: true, choices: ACTIONS },
    tag: {
      description: 'the tag: 1 to 100 characters, not a number',
      variadic: true,
      completes: 'tag',
    },
  },
  options: {
    files: { type: 'boolean', description: 'with resume: take the files back too' },
    force: {
      type: 'boolean',
      alias: 'f',
      description: 'do not ask before a tag is moved or removed',
    },
    yes: {
      type: 'boolean',
      alias: 'y',
      values: ['large'],
      description: 'do not ask before files change; =large: not even where many are deleted',
    },
  },
  examples: [
    { command: 'gsess chat save before-refactor', description: 'tag the conversation' },
    { command: 'gsess chat resume before-refactor', description: 'go back to it' },
    { command: 'gsess chat list', description: 'list the tags' },
  ],
  slash: {},
  run: async (context, { action, tag, ...flags }) => {
    const name = tag.join(' ');
    if (action === 'list') {
      if (name !== '') throw usage(`'list' takes no tag`);
      return await tellTags(context, openPlaceIfAny(context)?.store);
    }
    if (name === '') throw usage(`'${action}' needs a tag`);
    const wanted = { name, ...flags };
    if (action === 'save') return await save(context, wanted);
    const workspace = await openWorkspace(context);
    if (action === 'resume' || action === 'load') return await resume(context, workspace, wanted);
    await removeTag(context, workspace, { name, force: wanted.force || wanted.yes !== false });
  },
});

function usage(message: string): GsessError {
  return new GsessError('usage', message, {
    hint: 'Say save, resume or delete and a tag, or list.',
  });
}

async function save(context: Context, { name, force, yes }: Wanted): Promise<void> {
  parseName(name, 'tag');
  const { workspace, moment } = await present(context);
  if (moment.session.turns === 0) throw nothingSaid();
  await giveTag(context, workspace, { name, moment, force: force || yes !== false });
}

/** The current session as far as its agent has written it. */
async function present(
  context: Context,
): Promise<{ readonly workspace: Workspace; readonly moment: Moment }> {
  try {
    const workspace = await openWorkspace(context);
    const found = workspace.checkpoint(undefined, { changes: true });
    return { workspace, moment: await caughtUp(context, workspace, { ...found, isNamed: false }) };
  } catch (error) {
    const { sessionReference: named } = context;
    const isNew = named === undefined || isSessionId(named);
    // A session is kept from its first prompt on; a store that is gone is another matter.
    const isUnknown = error instanceof GsessError && error.code === 'not-found';
    if (isNew && isUnknown && error.data['store'] === undefined) throw nothingSaid(error);
    throw error;
  }
}

function nothingSaid(cause?: GsessError): GsessError {
  return new GsessError('guard', 'Nothing was said in this session yet: there is nothing to save', {
    hint: 'Say something first.',
    ...(cause === undefined ? {} : { cause }),
  });
}

async function resume(
  context: Context,
  workspace: Workspace,
  { name, files, yes }: Wanted,
): Promise<void> {
  const found = workspace.checkpoint(name, { changes: true, reading: 'tag' });
  const current = sessionHere(() => workspace.current({ changes: false }));
  if (resumeTarget(found, current) === 'fork') {
    if (files) {
      throw new GsessError('guard', `'${name}' is of another session, ${calledOf(found.session)}`, {
        hint: `Leave --files out to fork from it, then 'gsess restore' takes the files.`,
      });
    }
    return await forkFrom(context, workspace, { name, ...found });
  }
  const asTag = { id: false, name: false, tag: true, index: false };
  const halves = { files, conversation: true, path: [], root: undefined };
  // Nothing is lost by it and undo takes it back, so that only files ask.
  const wishes = { ...asTag, ...halves, 'dry-run': false, yes: files ? yes : true };
  await goBack(context, workspace, { called: name, wishes });
}

async function forkFrom(
  context: Context,
  workspace: Workspace,
  { name, ...found }: Moment & { readonly name: string },
): Promise<void> {
  const { store, root, readerOf } = workspace;
  await recover(store, root);
  const { checkpoint, session } = await caughtUp(context, workspace, { ...found, isNamed: true });
  const made = await forkSession(store, { checkpoint, session: session.id, here: root, readerOf });
  const { pending } = made;
  if (pending !== null) context.next = afterGoingBack(made.session, pending);
  const value = {
    session: made.session,
    forkedFrom: { session: session.id, checkpoint: checkpoint.id },
    nativeId: pending?.nativeId ?? null,
  };
  await context.output.result(value, () =>
    [
      `'${name}' is of another session, ${calledOf(session)}: forked from it`,
      `gsess resume ${idOfFork(made.session)}   goes on there`,
    ].join('\n'),
  );
}
