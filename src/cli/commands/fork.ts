// gsess fork: begins a session from a checkpoint of another.

import { resolve } from 'node:path';
import { shellQuote } from '../../agents/shell-line.ts';
import { waitingConversation } from '../../session/conversation.ts';
import { forkIntoDirectory } from '../../session/fork-into-directory.ts';
import { forkSession } from '../../session/fork-session.ts';
import { safeText } from '../../ui/safe-text.ts';
import { caughtUp } from '../caught-up.ts';
import { idOfFork, sayChosen } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import { READING_OPTIONS_BESIDE_NAME, readingOf } from '../reading-options.ts';
import { openWorkspace } from '../workspace.ts';

export const fork = defineCommand({
  name: 'fork',
  summary: 'begin a session from a checkpoint of another',
  details: `The fork holds the conversation exactly as far as the checkpoint, and its files. The session it
    comes from stays as it is and may go on, even while its agent is running.

    Without --worktree both share this directory, and its files stay as they are: 'gsess restore'
    takes them to the fork's. With --worktree the files of the checkpoint are written into a new
    directory of the fork's own; what gsess never captures (ignored files, secrets) is not in it, and
    it is no git worktree. 'gsess undo' takes the fork away and leaves that directory.`,
  positionals: {
    checkpoint: {
      description: 'where the fork begins; left out, where the current session stands',
      completes: 'checkpoint',
    },
  },
  options: {
    ...READING_OPTIONS_BESIDE_NAME,
    name: { type: 'string', placeholder: 'NAME', description: 'the name of the new session' },
    worktree: {
      type: 'string',
      placeholder: 'DIR',
      description: 'write the files into this directory, which must be new or empty',
      completes: 'directory',
    },
  },
  examples: [
    { command: 'gsess fork @2 --name other-way', description: 'try another way from turn 2 on' },
    { command: 'gsess fork --worktree ../try', description: 'go on beside, with files of its own' },
  ],
  slash: {},
  keys: [
    { view: 'sessions', key: 'ctrl+f', label: 'fork' },
    { view: 'moments', key: 'f', label: 'fork' },
    { view: 'moments', key: 'w', label: 'fork into a directory', option: 'worktree' },
  ],
  run: async (context, { checkpoint: reference, name, worktree, ...flags }) => {
    const workspace = await openWorkspace(context);
    const { store } = workspace;
    const found = workspace.checkpoint(reference, { changes: true, reading: readingOf(flags) });
    sayChosen(context, found.session);
    const isNamed = reference !== undefined;
    const moment = await caughtUp(context, workspace, { ...found, isNamed });
    const { checkpoint, session, isSession } = moment;
    const request = {
      checkpoint,
      session: session.id,
      upTo: isSession ? waitingConversation(store, checkpoint) : undefined,
      here: workspace.root,
      readerOf: workspace.readerOf,
      ...(name === undefined ? {} : { name }),
    };
    const made =
      worktree === undefined
        ? { ...(await forkSession(store, request)), root: session.root, files: null }
        : await forkIntoDirectory(store, { ...request, directory: resolve(context.cwd, worktree) });
    const value = {
      id: made.session,
      name: store.summary(made.session)?.name ?? null,
      checkpoint: made.checkpoint,
      forkedFrom: { session: session.id, checkpoint: checkpoint.id },
      root: made.root,
      files: made.files,
      nativeId: made.pending?.nativeId ?? null,
    };
    await context.output.result(value, () =>
      [
        `Forked at ${checkpoint.id.slice(0, 10)}: ${safeText(checkpoint.subject)}`,
        ...(made.files === null ? [] : [`${made.files} files in ${safeText(made.root)}`]),
        `gsess resume ${wordFor(value.name) ?? idOfFork(made.session)}   goes on there`,
      ].join('\n'),
    );
  },
});

/** A name as a shell takes it; undefined where there is none that can be shown so. */
function wordFor(name: string | null): string | undefined {
  return name === null || safeText(name) !== name ? undefined : shellQuote(name);
}
