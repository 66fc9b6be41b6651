// What the browser shows of one session or moment: what was said, and what became of the files.

import type { Checkpoint } from '../../session/checkpoint.ts';
import { compareFiles } from '../../session/file-changes.ts';
import type { Store } from '../../session/store.ts';
import type { Effect } from '../../ui/browser-effect.ts';
import { countText } from '../../ui/human-units.ts';
import type { Paint } from '../../ui/paint.ts';
import { diffFiles, type FileDiff } from '../../worktree/file-diff.ts';
import type { TreeChange } from '../../worktree/tree-diff.ts';
import { catchUpSession } from '../catch-up-session.ts';
import type { Context } from '../context.ts';
import { conversationText } from '../conversation-text.ts';
import { type DiffSides, sidesBetween, withDisk } from '../diff-sides.ts';
import { patchText, statText } from '../diff-text.ts';
import { readConversationOf } from '../read-conversation-of.ts';
import type { Workspace } from '../workspace.ts';

/** What is compared beyond this is counted and not shown: nobody reads it on a screen. */
const PATCH_BYTES_MAX = 4_000_000;

/** As far as the agent has written by now, unless an earlier moment is asked for. */
export async function conversationOf(
  context: Context,
  workspace: Workspace,
  { listed, checkpoint }: Extract<Effect, { do: 'preview' }>,
): Promise<string> {
  const { store } = workspace;
  const isSession = checkpoint === undefined;
  const present = store.summary(listed.session.id) ?? listed.session;
  const isOfHere = isSession && listed.project === null;
  const session = isOfHere ? await catchUpSession(context, workspace, present) : present;
  const subject = { session, checkpoint: store.checkpoint(checkpoint ?? session.tip), isSession };
  const said = readConversationOf(workspace, subject);
  const text = said === undefined ? '' : conversationText(said, context.output.paint);
  return text === '' ? 'Nothing was said yet.' : text;
}

export async function differenceOf(
  store: Store,
  { listed: { session }, checkpoint: id, against }: Extract<Effect, { do: 'diff' }>,
  paint: Paint,
): Promise<string> {
  const checkpoint = store.checkpoint(id);
  const shown = (sides: DiffSides) => Promise.resolve(differenceText(sides, paint));
  if (against === 'now') return withDisk(store, { checkpoint, session }, shown);
  const before = against === 'before' ? parentOf(store, checkpoint) : store.checkpoint(against);
  if (before === undefined) return 'It is the first moment there is: nothing came before it.';
  return shown(sidesBetween(store, { before, after: checkpoint, session }));
}

function parentOf(store: Store, { parents: [parent] }: Checkpoint): Checkpoint | undefined {
  return parent === undefined ? undefined : store.checkpoint(parent);
}

function differenceText({ objects, before, after, warnings }: DiffSides, paint: Paint): string {
  const changes = compareFiles(objects, before, after);
  if (changes.length === 0) return [...warnings, 'No file differs.'].join('\n');
  const { diffs, left } = diffsWithin(changes, objects);
  const more = left > 0 ? `\n… and ${countText(left, 'more file')}` : '';
  const head = warnings.map((warning) => `${paint.warning(warning)}\n`).join('');
  return `${head}${statText(diffs, paint)}${more}\n\n${patchText(diffs, paint)}`;
}

function diffsWithin(changes: readonly TreeChange[], objects: DiffSides['objects']) {
  const diffs: FileDiff[] = [];
  let bytes = 0;
  let done = 0;
  for (const change of changes) {
    if (bytes > PATCH_BYTES_MAX) break;
    for (const diff of diffFiles([change], objects)) {
      diffs.push(diff);
      bytes += diff.patch.length;
    }
    done += 1;
  }
  return { diffs, left: changes.length - done };
}
