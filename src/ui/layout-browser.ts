// The whole screen as lines of text, from a state and nothing else: a heading, the body, a notice, and the keys that do something here.
// Every line passes the last check for what could act on a terminal.

import { bodyHeight } from './body-height.ts';
import type { Asking, Binding, BrowserState, Layer, Pager, PlanView } from './browser-state.ts';
import { topLayer } from './browser-state.ts';
import { foldWords } from './fold-text.ts';
import { keyLabel } from './key-press.ts';
import { lineOfEnds } from './layout-line.ts';
import { filterCursor, layoutList } from './layout-list.ts';
import { layoutMoments } from './layout-moments.ts';
import type { Paint } from './paint.ts';
import { safeColouredLines, safeText } from './safe-text.ts';
import { textWidth, truncateText } from './text-width.ts';

/** A screen: as many lines as it has rows, and where the cursor blinks if something is typed. */
export interface Screen {
  readonly lines: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number } | undefined;
}

export function layoutBrowser(state: BrowserState, paint: Paint): Screen {
  const layer = topLayer(state);
  const { lines: foot, column } = footLines(state, paint);
  // A notice that is longer than a line lies over the end of the body.
  const height = state.rows - 2 - foot.length;
  const body = padded(bodyOf(state, layer, paint), height);
  const lines = [headingOf(state, layer, paint), ...body, ...foot, hintLine(state, layer, paint)];
  return { lines: lines.map(safeColouredLines), cursor: cursorOf(state, layer, column) };
}

/** In what is typed at the foot, or in the filter. */
function cursorOf(state: BrowserState, layer: Layer | undefined, column: number | undefined) {
  if (column !== undefined) return { row: state.rows - 2, column };
  if (layer !== undefined) return undefined;
  return { row: 1, column: Math.min(filterCursor(state), state.columns - 1) };
}

function bodyOf(state: BrowserState, layer: Layer | undefined, paint: Paint): readonly string[] {
  switch (layer?.kind) {
    case 'moments':
      return layoutMoments(state, layer, paint);
    case 'pager':
      return textBody(state, layer, paint);
    case 'plan':
      return [
        ...padded(textBody(state, layer, paint), bodyHeight(state, 'plan')),
        answerLine(layer, paint),
      ];
    default:
      return layoutList(state, paint);
  }
}

function textBody(state: BrowserState, layer: Pager | PlanView, paint: Paint): readonly string[] {
  if (layer.isLoading) return [paint.faint('  reading …')];
  if (layer.lines.length === 0) return [paint.faint('  Nothing to show.')];
  return layer.lines.slice(layer.top, layer.top + bodyHeight(state, layer.kind));
}

function padded(lines: readonly string[], height: number): string[] {
  return Array.from({ length: height }, (_, index) => lines[index] ?? '');
}

/** What is asked, under a plan. */
function answerLine({ restore, deletes, isLoading }: PlanView, paint: Paint): string {
  if (isLoading) return '';
  if (deletes !== undefined) {
    const { deleted, of } = deletes;
    return paint.bad(`Deletes ${deleted} of ${of} files: D does it.`);
  }
  if (restore === undefined) return '';
  const box = (on: boolean, word: string) => `[${on ? 'x' : ' '}] ${word}`;
  const { files, conversation } = restore.part;
  return `${box(files, 'f files')}  ${box(conversation, 'c conversation')}`;
}

function headingOf(state: BrowserState, layer: Layer | undefined, paint: Paint): string {
  const { columns } = state;
  switch (layer?.kind) {
    case 'moments':
    case 'plan':
    case 'pager':
      return lineOfEnds(columns, [safeText(titleOf(layer)), placeOf(state, layer)], paint);
    default:
      return lineOfEnds(columns, [`gsess: ${safeText(state.project)}`, listFacts(state)], paint);
  }
}

function titleOf(layer: Layer): string {
  if (layer.kind === 'moments') return layer.listed.session.name ?? layer.listed.session.title;
  return layer.title;
}

function placeOf(state: BrowserState, layer: Layer): string {
  if (layer.kind === 'moments') {
    const count = `${layer.moments.length}${layer.isWhole ? '' : '+'}`;
    return layer.moments.length === 0 ? '' : `${layer.cursor + 1} of ${count}`;
  }
  const against = layer.kind === 'pager' ? againstText(layer) : '';
  const height = bodyHeight(state, layer.kind);
  const { length } = layer.lines;
  const seen = Math.min(length, layer.top + height);
  const share = length <= height ? '' : `${Math.floor((100 * seen) / length)} %`;
  return [against, share].filter((text) => text !== '').join(' · ');
}

function againstText({ diff }: Pager): string {
  if (diff === undefined) return '';
  if (diff.against === 'before') return 'against before';
  return diff.against === 'now' ? 'against now' : 'against the marked';
}

function listFacts({ list, branch }: BrowserState): string {
  const { shown, sessions, isWhole, scope, onlyBranch, onlyTagged } = list;
  const count = isWhole ? `${shown.length} of ${sessions.length}` : '';
  return [
    scope === 'all' ? 'all projects' : '',
    onlyBranch ? safeText(branch ?? '') : '',
    onlyTagged ? 'tagged' : '',
    shown.length === sessions.length ? count.replace(/ of .*/, '') : count,
  ]
    .filter((text) => text !== '')
    .join(' · ');
}

interface Foot {
  readonly lines: readonly string[];
  /** Where the cursor is in the last line, if something is typed. */
  readonly column?: number;
}

/** What is typed, what is done, or what was told. */
function footLines({ asking, busy, notice, columns, rows }: BrowserState, paint: Paint): Foot {
  if (asking !== undefined) {
    const { line, column } = askingLine(asking, columns, paint);
    return { lines: [line], column };
  }
  if (busy !== undefined) {
    return { lines: [paint.accent(truncateText(`${safeText(busy)} …`, columns))] };
  }
  if (notice === undefined) return { lines: [''] };
  const tone = { good: paint.good, bad: paint.bad, plain: String }[notice.tone];
  const folded = foldWords(safeText(notice.text), columns);
  return { lines: folded.slice(0, Math.max(1, Math.floor(rows / 3))).map(tone) };
}

/** The end of what was typed stays in sight. */
function askingLine({ what, label, line }: Asking, columns: number, paint: Paint) {
  const prompt = what === 'line' ? label : `${label}: `;
  const room = Math.max(1, columns - textWidth(prompt) - 1);
  const [before, after] = [safeText(line.before), safeText(line.after)];
  const shown = lastColumns(before, room);
  const column = textWidth(prompt) + textWidth(shown);
  const rest = truncateText(after, Math.max(0, columns - 1 - column));
  return { line: `${paint.accent(prompt)}${shown}${rest}`, column };
}

function lastColumns(text: string, columns: number): string {
  let shown = text;
  while (textWidth(shown) > columns) shown = shown.slice([...shown][0]?.length ?? 1);
  return shown;
}

function hintLine(state: BrowserState, layer: Layer | undefined, paint: Paint): string {
  const { asking, columns } = state;
  if (asking?.what === 'line' && asking.candidates.length > 0) {
    const [only, ...others] = asking.candidates;
    const words = asking.candidates.map(({ word }) => safeText(word)).join('  ');
    const text = others.length === 0 ? `${only?.word}  ${only?.description}` : words;
    return paint.faint(truncateText(safeText(text), columns));
  }
  let line = '';
  for (const hint of hintsFor(state, layer)) {
    const longer = line === '' ? hint : `${line} · ${hint}`;
    if (textWidth(longer) > columns) break;
    line = longer;
  }
  return paint.faint(line);
}

function hintsFor({ asking, bindings }: BrowserState, layer: Layer | undefined): string[] {
  if (asking !== undefined) return ['enter does it', 'esc'];
  const of = (view: Binding['view']) =>
    bindings
      .filter((binding) => binding.view === view)
      .map(({ key, label }) => `${keyLabel(key)} ${label}`);
  switch (layer?.kind) {
    case 'moments':
      return ['← back', '? keys', ...of('moments'), 'm mark'];
    case 'pager':
      return layer.diff === undefined
        ? ['← back', '↑↓ scroll']
        : ['← back', 'b before', 'n now', 'm marked', '↑↓ scroll'];
    case 'plan':
      return [...answersTo(layer), '↑↓ scroll'];
    default:
      return ['? keys', ...of('sessions'), 'esc leave'];
  }
}

function answersTo({ carriesOut, deletes }: PlanView): string[] {
  if (carriesOut === undefined) return ['esc back'];
  return [deletes === undefined ? 'y do it' : 'D do it', 'esc do nothing'];
}
