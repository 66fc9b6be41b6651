// What `gsess restore --list` shows: the moments of the current session that can be gone back to, the ends of its turns and what was
// about to run in them, newest first.

import type { Checkpoint } from '../session/checkpoint.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { ageText } from '../ui/human-units.ts';
import { sayChosen } from './chosen-session.ts';
import type { Context } from './context.ts';
import { renderTable } from './table.ts';
import { openPlaceIfAny, type Place } from './workspace.ts';

const SHOWN_MAX = 100;
const ID_LENGTH = 10;

/** A moment and the word that names it. */
interface Named extends Checkpoint {
  readonly word: string;
}

export async function listCheckpoints(context: Context): Promise<void> {
  const { output, surroundings } = context;
  const place = openPlaceIfAny(context);
  const isEmpty = place === undefined || place.store.sessions().length === 0;
  const session = isEmpty ? undefined : place.current({ changes: false });
  const moments = place && session ? momentsOf(place, session) : [];
  if (session !== undefined) sayChosen(context, session);
  const now = surroundings.now();
  const value = moments.map(({ word, id, kind, turn, subject, at, tool }) => ({
    name: word,
    id,
    kind,
    turn,
    subject,
    at: at.toISOString(),
    tool: tool ?? null,
  }));
  await output.result(value, () => {
    if (moments.length === 0) return 'No checkpoints to go back to yet.';
    return renderTable(
      [
        { heading: 'CHECKPOINT', paint: output.paint.strong },
        { heading: 'WHEN' },
        { heading: 'WHAT', isFlexible: true },
      ],
      moments.map(({ word, at, subject }) => [word, ageText(at.getTime(), now), subject]),
      output.columns,
    );
  });
}

function momentsOf({ store }: Place, session: SessionSummary): readonly Named[] {
  const moments: Named[] = [];
  const turns = new Set<number>();
  for (const checkpoint of store.history(session.tip)) {
    if (moments.length === SHOWN_MAX) break;
    const { id, turn, kind } = checkpoint;
    const isOfAgent = ['prompt', 'tool', 'turn', 'import'].includes(kind);
    if (!isOfAgent || turn === 0) continue;
    // The newest checkpoint that the agent made in a turn is what the turn is called by.
    if (!turns.has(turn)) moments.push({ ...checkpoint, word: `@${turn}` });
    else if (kind === 'tool') moments.push({ ...checkpoint, word: id.slice(0, ID_LENGTH) });
    turns.add(turn);
  }
  return moments;
}
