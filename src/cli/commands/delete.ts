// gsess delete: takes a session out of the list, into the trash; with --purge it erases one for good.

import { GsessError } from '../../errors.ts';
import { deleteSession } from '../../session/delete-session.ts';
import { recover } from '../../session/operate.ts';
import { type PurgeTarget, purgeSession, purgeTarget } from '../../session/purge-session.ts';
import { isSessionId } from '../../session/session-id.ts';
import { type SessionSummary, summaryOf } from '../../session/session-summary.ts';
import { trashedRefs } from '../../session/trash.ts';
import { bytesText, countText } from '../../ui/human-units.ts';
import { calledOf, sayChosen, shortId } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import { confirmErasure } from '../confirm-erasure.ts';
import type { Context } from '../context.ts';
import { readingOf, SESSION_READING_OPTIONS } from '../reading-options.ts';
import { openWorkspace, type Place } from '../workspace.ts';

export const deleteCommand = defineCommand({
  name: 'delete',
  summary: 'take a session out of the list',
  details: `The session goes into the trash of the store, from where 'gsess undo' brings it back; 'gsess gc' lets it go
    after 30 days. Tags in it, the agent's own transcript and the files of the project stay as they are.
    A session whose agent is running is left alone.

    With --purge it is erased for good: its checkpoints, its conversation, its operations in the log,
    and every version of a file that nothing else in the store holds. What a fork or another session
    shares with it stays. It may be in the list or, by its id, in the trash. One that has tags is
    refused unless --with-tags says to erase them too. Nothing brings it back, so --yes is no answer:
    --yes=purge is.`,
  positionals: {
    ref: { description: 'the session', required: true, completes: 'session' },
  },
  options: {
    ...SESSION_READING_OPTIONS,
    purge: { type: 'boolean', description: 'erase it for good' },
    'with-tags': { type: 'boolean', description: 'with --purge: its tags too' },
    yes: {
      type: 'boolean',
      alias: 'y',
      values: ['purge'],
      description: 'do not ask; =purge: not even before it is erased for good',
    },
  },
  examples: [
    { command: 'gsess delete 3', description: 'delete the third of the list' },
    {
      command: 'gsess delete flags --yes',
      description: 'delete one by its name, without a question',
    },
    { command: 'gsess delete flags --purge', description: 'erase it, and ask before' },
  ],
  slash: {},
  keys: [{ view: 'sessions', key: 'ctrl+d', label: 'delete' }],
  run: async (context, { ref: reference, yes, purge, 'with-tags': withTags, ...flags }) => {
    const workspace = await openWorkspace(context);
    const find = () => workspace.session(reference, { changes: true, reading: readingOf(flags) });
    if (purge) return await erase(context, workspace, { reference, find, yes, withTags });
    const session = find();
    const { store, root } = workspace;
    sayChosen(context, session);
    // A live one is refused whatever the answer.
    if (yes === false && !session.live) {
      const question = `Delete '${calledOf(session)}' with its ${session.checkpoints} checkpoints?`;
      if (!(await context.confirm(question))) {
        context.output.note('Nothing was done.');
        context.exitStatus = 1;
        return;
      }
    }
    await deleteSession(store, { session, root });
    const { id, name, title, checkpoints } = session;
    await context.output.result(
      { id, name, title, checkpoints },
      () => `Deleted ${shortId(session)}; 'gsess undo' brings it back`,
    );
  },
});

async function erase(
  context: Context,
  { store, root }: Place,
  wanted: {
    readonly reference: string;
    readonly find: () => SessionSummary;
    readonly yes: boolean | 'purge';
    readonly withTags: boolean;
  },
): Promise<void> {
  const { output } = context;
  await recover(store, root);
  const deleted = deletedSession({ store }, wanted.reference);
  const target = deleted ?? purgeTarget(store, wanted.find().id);
  if (target === undefined) throw new GsessError('not-found', `No session '${wanted.reference}'`);
  const live = store.leases.live().some(({ session }) => session === target.session);
  const session = summaryOf(store.checkpoint(target.tip), { live });
  sayChosen(context, session);
  const tags = target.tags.map(({ name }) => name);
  const withTags = tags.length === 0 ? '' : ` and ${tags.map((name) => `'${name}'`).join(', ')}`;
  const what = `'${calledOf(session)}' with its ${countText(session.checkpoints, 'checkpoint')}`;
  const isAsked = !live && (tags.length === 0 || wanted.withTags);
  const question = `Erase ${what}${withTags} for good? Nothing brings it back.`;
  if (isAsked && !(await confirmErasure(context, wanted.yes, question))) return;
  const purged = await purgeSession(store, target, { withTags: wanted.withTags });
  for (const reason of purged.skipped) output.warn(reason);
  if (purged.left > 0) {
    context.exitStatus = 1;
    output.warn(
      `${countText(purged.left, 'object')} could not be erased yet; 'gsess gc' tries again`,
    );
  }
  const { id, name, title, checkpoints } = session;
  const { objects, bytes, left } = purged;
  await output.result(
    { id, name, title, checkpoints, tags, purged: { objects, bytes, left } },
    () => {
      const back = bytes > 0 ? `, and ${bytesText(bytes)} came back` : '';
      return `Erased ${shortId(session)} for good: ${countText(objects, 'object')} went${back}`;
    },
  );
}

/** A session in the trash, by its id or the only one that begins so; those in the list come first. */
function deletedSession({ store }: Pick<Place, 'store'>, text: string): PurgeTarget | undefined {
  const gone = trashedRefs(store).flatMap(({ session }) =>
    session?.startsWith(text) && store.tip(session) === undefined ? session : [],
  );
  const [only, ...others] = new Set(gone);
  if (only === undefined || others.length > 0 || text.length < 4) return undefined;
  const isListed = store.sessions().some(({ id, name }) => id.startsWith(text) || name === text);
  return isListed && !isSessionId(text) ? undefined : purgeTarget(store, only);
}
