// gsess show: what there is to know of a session, or of one checkpoint of it, and what was said.

import { callOf } from '../../session/conversation.ts';
import { changesInSession, changesOf, NO_CHANGES } from '../../session/file-changes.ts';
import type { Reading } from '../../session/reference.ts';
import { detailsOf } from '../../session/session-details.ts';
import { skippedOf } from '../../session/skipped-files.ts';
import { listTags } from '../../session/tag.ts';
import { toldInTranscript } from '../../session/told-in-transcript.ts';
import type { Transcript } from '../../transcript/transcript.ts';
import { catchUpSession } from '../catch-up-session.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { conversationText } from '../conversation-text.ts';
import { readConversationOf } from '../read-conversation-of.ts';
import { READING_OPTIONS, readingOf } from '../reading-options.ts';
import {
  changesText,
  momentFacts,
  pendingCallText,
  sessionFacts,
  skippedText,
} from '../session-facts-text.ts';
import { filesJson, messageJson, momentJson, sessionJson, tagJson } from '../session-json.ts';
import { openWorkspace, type Subject, type Workspace } from '../workspace.ts';

export const show = defineCommand({
  name: 'show',
  summary: 'show a session or one checkpoint of it',
  details: `Of a session: its name, agent and model, its turns, its native ids (the agent's own), where it came from, its
    tags, the pull requests that its agent noted, what became of the files in it, and what was left out
    of them at the last look. Of a checkpoint: its kind and turn, the files it changed, the call that
    was about to run, and what was left out.

    With --conversation, what was said up to there: prompts and answers in full, each tool call in
    one line.`,
  positionals: {
    ref: { description: 'the session or the checkpoint', completes: 'checkpoint' },
  },
  options: {
    ...READING_OPTIONS,
    conversation: { type: 'boolean', description: 'print what was said as well' },
  },
  examples: [
    { command: 'gsess show', description: 'show the current session' },
    { command: 'gsess show @2 --conversation', description: 'show the end of its second turn' },
  ],
  slash: {},
  keys: [
    { view: 'sessions', key: 'space', label: 'preview' },
    { view: 'moments', key: 'v', label: 'what was said' },
  ],
  run: async (context, { ref, conversation: withConversation, ...flags }) => {
    const workspace = await openWorkspace(context);
    const subject = await freshSubject(context, workspace, {
      ref,
      reading: readingOf(flags),
      withConversation,
    });
    const said = withConversation ? readConversationOf(workspace, subject) : undefined;
    await (subject.isSession ? showSession : showMoment)(context, workspace, { subject, said });
  },
});

interface Shown {
  readonly subject: Subject;
  readonly said: Transcript | undefined;
}

/** To show what was said to the end, the end must have been taken in. */
async function freshSubject(
  context: Context,
  workspace: Workspace,
  {
    ref,
    reading,
    withConversation,
  }: {
    readonly ref: string | undefined;
    readonly reading: Reading | undefined;
    readonly withConversation: boolean;
  },
): Promise<Subject> {
  const subject = workspace.subject(ref, { changes: false, reading });
  if (!withConversation || !subject.isSession) return subject;
  const session = await catchUpSession(context, workspace, subject.session);
  return { ...subject, session, checkpoint: workspace.store.checkpoint(session.tip) };
}

async function showSession(
  { output, surroundings }: Context,
  { store, readerOf }: Workspace,
  { subject, said }: Shown,
): Promise<void> {
  const { session, checkpoint } = subject;
  const known = detailsOf(store, session);
  const skipped = skippedOf(store, checkpoint);
  const changes = changesInSession(store, session);
  const { model, provider, pullRequests } = toldInTranscript(store, session, {
    reader: readerOf(session.agent),
    wantsModel: known.model === null,
  });
  const details = {
    ...known,
    model: known.model ?? model,
    provider: known.provider ?? provider,
  };
  const value = {
    ...sessionJson(session),
    ...details,
    pullRequests: pullRequests.map(({ number, url = null }) => ({ number, url })),
    files: filesJson(changes),
    tip: session.tip,
    tags: details.tags.map(tagJson),
    skipped,
    ...(said === undefined ? {} : { conversation: saidJson(said) }),
  };
  await output.result(value, () =>
    paragraphs([
      sessionFacts(session, { ...details, pullRequests }, surroundings.now()),
      changesText(changes, output.paint),
      skippedText(skipped),
      said === undefined ? '' : conversationText(said, output.paint),
    ]),
  );
}

async function showMoment(
  { output, surroundings }: Context,
  { store }: Workspace,
  { subject, said }: Shown,
): Promise<void> {
  const { checkpoint, session } = subject;
  const changes = changesOf(store, checkpoint);
  const skipped = skippedOf(store, checkpoint);
  const tags = listTags(store).filter((tag) => tag.checkpoint === checkpoint.id);
  const call = callOf(store, checkpoint);
  const { parents, branch, head, transcriptBytes, files: coverage } = checkpoint;
  const value = {
    ...momentJson(checkpoint, changes),
    session: session.id,
    parents,
    coverage,
    branch,
    head,
    transcriptBytes,
    call: call ?? null,
    tags: tags.map(tagJson),
    skipped,
    ...(said === undefined ? {} : { conversation: saidJson(said) }),
  };
  await output.result(value, () =>
    paragraphs([
      momentFacts(checkpoint, { session, tags, now: surroundings.now() }),
      // All files of a first checkpoint would be news.
      changesText(parents.length === 0 ? NO_CHANGES : changes, output.paint),
      call === undefined ? '' : pendingCallText(call),
      skippedText(skipped),
      said === undefined ? '' : conversationText(said, output.paint),
    ]),
  );
}

function saidJson(said: Transcript) {
  return { turns: said.turns, messages: said.messages.map(messageJson) };
}

function paragraphs(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}
