// The moments of a session as rows of text: prompts stand out, and what was done for them is set in.

import type { Checkpoint } from '../session/checkpoint.ts';
import { bodyHeight } from './body-height.ts';
import type { BrowserState, ChangeCounts, MomentList } from './browser-state.ts';
import { shortAgeText } from './human-units.ts';
import { lineOfCells } from './layout-line.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { textWidth } from './text-width.ts';

const POINTER_WIDTH = 1;
const MARK_WIDTH = 1;
const TURN_WIDTH = 4;
const FILES_WIDTH = 11;
const FILES_FROM = 56;
const TIME_WIDTH = 4;
const TAGS_SHARE = 3;

export function layoutMoments(state: BrowserState, view: MomentList, paint: Paint): string[] {
  const { columns } = state;
  const height = bodyHeight(state, 'moments');
  const files = columns >= FILES_FROM ? FILES_WIDTH : 0;
  const widths = [POINTER_WIDTH, MARK_WIDTH, TURN_WIDTH, files, TIME_WIDTH];
  const taken = widths.filter((width) => width > 0).reduce((sum, width) => sum + width + 1, 0);
  const shape = { files, what: Math.max(8, columns - taken) };
  const rows = view.moments.slice(view.top, view.top + height).map((moment, index) => {
    const isPicked = view.top + index === view.cursor;
    const line = momentLine(moment, { state, view, shape, paint, isPicked });
    return isPicked ? paint.picked(line) : line;
  });
  const heading = lineOfCells([
    { text: '', width: POINTER_WIDTH },
    { text: '', width: MARK_WIDTH },
    { text: 'TURN', width: TURN_WIDTH },
    { text: 'WHAT', width: shape.what },
    { text: 'FILES', width: files },
    { text: 'TIME', width: TIME_WIDTH, align: 'right' },
  ]);
  return [paint.faint(heading), ...rows];
}

function momentLine(
  moment: Checkpoint,
  {
    state,
    view,
    shape,
    paint,
    isPicked,
  }: {
    readonly state: BrowserState;
    readonly view: MomentList;
    readonly shape: { readonly files: number; readonly what: number };
    readonly paint: Paint;
    readonly isPicked: boolean;
  },
): string {
  const isPrompt = moment.kind === 'prompt';
  const tags = (view.tags.get(moment.id) ?? []).map((tag) => `[${safeText(tag)}]`).join(' ');
  const tagsWidth = Math.min(textWidth(tags), Math.floor(shape.what / TAGS_SHARE));
  const subjectWidth = tagsWidth === 0 ? shape.what : shape.what - tagsWidth - 1;
  return lineOfCells([
    { text: isPicked ? '>' : '', width: POINTER_WIDTH },
    { text: view.marked?.id === moment.id ? 'm' : '', width: MARK_WIDTH, paint: paint.accent },
    {
      text: isPrompt ? String(moment.turn) : '',
      width: TURN_WIDTH,
      align: 'right',
      paint: paint.faint,
    },
    {
      text: `${isPrompt ? '' : '  '}${safeText(subjectOf(moment))}`,
      width: subjectWidth,
      paint: paintOf(moment, paint),
    },
    { text: tags, width: tagsWidth, paint: paint.accent },
    { text: countsText(view.counts.get(moment.id)), width: shape.files },
    {
      text: shortAgeText(moment.at.getTime(), state.now),
      width: TIME_WIDTH,
      align: 'right',
      paint: isPicked ? undefined : paint.faint,
    },
  ]);
}

/** The turn stands in a column of its own. */
export function subjectOf({ kind, turn, subject }: Checkpoint): string {
  const prefix = `${kind} ${turn}: `;
  return subject.startsWith(prefix) ? subject.slice(prefix.length) : subject;
}

function paintOf({ kind }: Checkpoint, paint: Paint): (text: string) => string {
  if (kind === 'prompt') return paint.strong;
  return kind === 'restore' || kind === 'fork' || kind === 'rename' ? paint.accent : String;
}

function countsText(counts: ChangeCounts | undefined): string {
  if (counts === undefined) return '';
  const { added, modified, deleted } = counts;
  return [['+', added] as const, ['~', modified] as const, ['-', deleted] as const]
    .flatMap(([sign, count]) => (count === 0 ? [] : [`${sign}${count}`]))
    .join(' ');
}
