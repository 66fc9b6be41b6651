// What `gsess restore` shows when it is not told where to go back to: the turns of the current session, as they can be named.

import { GsessError } from '../errors.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import type { Store } from '../session/store.ts';
import { ageText } from '../ui/human-units.ts';
import { sayChosen } from './chosen-session.ts';
import type { Context } from './context.ts';
import { renderTable } from './table.ts';
import type { Workspace } from './workspace.ts';

const TURNS_MAX = 50;

/** Lists the turns; throws `usage` where nobody sits there to choose. */
export async function offerTurns(context: Context, workspace: Workspace): Promise<void> {
  const { output, surroundings } = context;
  const session = workspace.current({ changes: true });
  const turns = turnsOf(workspace.store, session);
  sayChosen(context, session);
  const now = surroundings.now();
  const table = renderTable(
    [
      { heading: 'TURN' },
      { heading: 'ENDED' },
      { heading: 'WHAT', isFlexible: true },
      { heading: 'ID', paint: output.paint.faint },
    ],
    turns.map(({ turn, at, subject, id }) => [
      `@${turn}`,
      ageText(at.getTime(), now),
      subject,
      id.slice(0, 10),
    ]),
    output.columns,
  );
  if (context.isInteractive) {
    await output.result(undefined, () => table);
    output.note(`Name one of them: 'gsess restore @${turns.at(-1)?.turn ?? 1}'.`);
    return;
  }
  if (!output.json) output.note(table);
  throw new GsessError('usage', 'Name the checkpoint to go back to', {
    hint: `A turn is '@1', '@2' and so on; 'gsess log' shows all checkpoints.`,
    data: { turns: turns.map(({ id, turn, subject, at }) => ({ id, turn, subject, at })) },
  });
}

/** The newest checkpoint of each turn that the agent made, newest turn first. */
function turnsOf(store: Store, session: SessionSummary): Checkpoint[] {
  const turns: Checkpoint[] = [];
  for (const checkpoint of store.history(session.tip)) {
    if (turns.length === TURNS_MAX) break;
    const { turn, kind } = checkpoint;
    const isOfAgent = ['prompt', 'tool', 'turn', 'import'].includes(kind);
    if (turn > 0 && isOfAgent && turns.at(-1)?.turn !== turn) turns.push(checkpoint);
  }
  return turns;
}
