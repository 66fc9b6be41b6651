// The list of sessions as rows of text. A narrow screen leaves columns out; title and time are there always.

import { bodyHeight } from './body-height.ts';
import type { BrowserState, ListedSession } from './browser-state.ts';
import { soughtText, titleOf } from './filter-sessions.ts';
import { fuzzyPlaces } from './fuzzy-match.ts';
import { bytesText, shortAgeText } from './human-units.ts';
import { type Cell, highlight, lineOfCells } from './layout-line.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { textWidth } from './text-width.ts';
import { typedText } from './typed-line.ts';

interface Column {
  readonly heading: string;
  readonly width: number;
  readonly align?: 'right';
  /** Left out on a screen of fewer columns; with the projects there is less room. */
  readonly from: number;
  readonly besideProjects?: number;
  readonly text: (row: ListedSession, state: BrowserState) => string;
}

const COLUMNS: readonly Column[] = [
  {
    heading: 'PROJECT',
    width: 14,
    from: 60,
    text: ({ project }) => (project === null ? '' : safeText(project.split('/').at(-1) ?? '')),
  },
  { heading: 'BRANCH', width: 12, from: 48, text: ({ session }) => safeText(session.branch ?? '') },
  {
    heading: 'TIME',
    width: 4,
    align: 'right',
    from: 0,
    text: ({ session }, { now }) => shortAgeText(Date.parse(session.updatedAt), now),
  },
  { heading: 'AGENT', width: 8, from: 60, text: ({ session }) => safeText(session.agent) },
  {
    heading: 'TURNS',
    width: 5,
    align: 'right',
    from: 68,
    besideProjects: 90,
    text: ({ session }) => String(session.turns),
  },
  {
    heading: 'SIZE',
    width: 8,
    align: 'right',
    from: 76,
    besideProjects: 100,
    text: ({ session }) => bytesText(session.bytes),
  },
];
const POINTER_WIDTH = 1;
const MARKS_WIDTH = 2;
const TITLE_WIDTH_MIN = 8;

/** The body of the screen: the filter, the headings, and as many rows as fit. */
export function layoutList(state: BrowserState, paint: Paint): string[] {
  const { list, columns } = state;
  const height = bodyHeight(state, 'sessions');
  const visible = list.shown.slice(list.top, list.top + height);
  const lanes = list.lanes.slice(list.top, list.top + height);
  const shape = shapeOf(state, visible, Math.max(0, ...lanes.map((lane) => lane.length)));
  const rows = visible.map((row, index) => {
    const isPicked = list.top + index === list.cursor;
    const line = sessionLine(row, { state, shape, lane: lanes[index] ?? '', paint, isPicked });
    return isPicked ? paint.picked(line) : line;
  });
  const empty = rows.length > 0 ? [] : [paint.faint(`  ${emptyText(state)}`)];
  return [filterLine(state, paint), paint.faint(headingLine(shape, columns)), ...rows, ...empty];
}

interface Shape {
  readonly lane: number;
  readonly title: number;
  readonly columns: readonly Column[];
}

function shapeOf(
  { columns, list, branch }: BrowserState,
  visible: readonly ListedSession[],
  lane: number,
): Shape {
  const isNeeded: Readonly<Record<string, boolean>> = {
    PROJECT: list.scope === 'all',
    BRANCH: branch !== undefined || visible.some(({ session }) => session.branch !== null),
  };
  const shown = COLUMNS.filter(({ heading, from, besideProjects = from }) => {
    const isRoom = columns >= (list.scope === 'all' ? besideProjects : from);
    return isRoom && isNeeded[heading] !== false;
  });
  const taken = [POINTER_WIDTH, MARKS_WIDTH, lane, ...shown.map(({ width }) => width)]
    .filter((width) => width > 0)
    .reduce((sum, width) => sum + width + 1, 0);
  return { lane, title: Math.max(TITLE_WIDTH_MIN, columns - taken), columns: shown };
}

function headingLine({ lane, title, columns }: Shape, width: number): string {
  const cells: Cell[] = [
    { text: '', width: POINTER_WIDTH },
    { text: '', width: MARKS_WIDTH },
    { text: '', width: lane },
    { text: 'TITLE', width: title },
    ...columns.map(({ heading, width, align }) => ({
      text: heading,
      width,
      ...(align && { align }),
    })),
  ];
  return lineOfCells(cells).slice(0, width);
}

function sessionLine(
  row: ListedSession,
  {
    state,
    shape,
    lane,
    paint,
    isPicked,
  }: {
    readonly state: BrowserState;
    readonly shape: Shape;
    readonly lane: string;
    readonly paint: Paint;
    readonly isPicked: boolean;
  },
): string {
  const { session } = row;
  const { title, folded } = titleOf(session);
  const { mark, paintMark } = markOf(session, paint);
  const found = (text: string) =>
    highlight(text, fuzzyPlaces(soughtText(state.list), folded), paint.accent);
  return lineOfCells([
    { text: isPicked ? '>' : '', width: POINTER_WIDTH },
    { text: mark, width: MARKS_WIDTH, paint: paintMark },
    { text: lane, width: shape.lane, paint: paint.faint },
    { text: title, width: shape.title, paint: found },
    ...shape.columns.map(({ text, width, align }) => ({
      text: text(row, state),
      width,
      ...(align && { align }),
      paint: isPicked ? undefined : paint.faint,
    })),
  ]);
}

function markOf({ live, isInTurn, forkedFrom }: ListedSession['session'], paint: Paint) {
  const fork = forkedFrom === null ? '' : 'Y';
  if (live) return { mark: `*${fork}`, paintMark: paint.good };
  if (isInTurn) return { mark: `!${fork}`, paintMark: paint.warning };
  return { mark: fork === '' ? '' : ` ${fork}`, paintMark: paint.accent };
}

const FILTER_PROMPT = 'filter: ';

function filterLine({ list }: BrowserState, paint: Paint): string {
  const typed = safeText(typedText(list.filter));
  return paint.faint(FILTER_PROMPT) + (typed === '' ? paint.faint('type') : paint.strong(typed));
}

/** The column in which the next character of the filter goes. */
export function filterCursor({ list }: BrowserState): number {
  return textWidth(FILTER_PROMPT + safeText(list.filter.before));
}

function emptyText({ list }: BrowserState): string {
  if (typedText(list.filter) !== '') return 'No title has that in it.';
  if (list.onlyTagged) return 'No session has a tag.';
  if (list.onlyBranch) return 'No session was on this branch.';
  return list.isWhole ? 'No sessions.' : '';
}
