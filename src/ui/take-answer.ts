// What an answer makes of the browser's state. An answer that nobody waits for any more changes nothing.

import { bodyHeight } from './body-height.ts';
import type { Answer } from './browser-effect.ts';
import {
  type BrowserState,
  type Layer,
  type MomentList,
  type Notice,
  type Pager,
  type PlanView,
  popLayer,
  type Step,
  step,
  topLayer,
  withTopLayer,
} from './browser-state.ts';
import { filterSessions } from './filter-sessions.ts';
import { foldLines, linesOf } from './fold-text.ts';
import { takeCandidates } from './press-in-line.ts';
import { withList } from './press-in-list.ts';
import { settleMoments } from './press-in-moments.ts';
import { scrolled } from './press-in-pager.ts';
import { LOOKING, MOMENTS_AT_ONCE, openText, withNotice } from './run-binding.ts';

type Ticketed = { readonly ticket?: number | undefined };
type OfType<T extends Answer['type']> = Extract<Answer, { type: T }> & Ticketed;

/** So many lines are shown of a text; the rest is told of. */
const LINES_MAX = 50_000;

export function takeAnswer(state: BrowserState, answer: Answer & Ticketed): Step {
  switch (answer.type) {
    case 'listed':
      return takeList(state, answer);
    case 'bound':
      return step({ ...state, bindings: answer.bindings });
    case 'moments':
      return takeMoments(state, answer);
    case 'tags':
      return updateMoments(state, (view) => ({ ...view, tags: answer.tags }));
    case 'counted':
      return updateMoments(state, (view) => ({
        ...view,
        counts: new Map([...view.counts, ...answer.counts]),
      }));
    case 'text':
      return step(withText(state, answer.text, answer.ticket));
    case 'planned':
      return step(withPlan(state, answer));
    case 'deletes': {
      const plan = topLayer(state);
      const { deleted, of } = answer;
      const idle = { ...state, busy: undefined };
      if (plan?.kind !== 'plan') return step(idle);
      return step(withTopLayer(idle, { ...plan, deletes: { deleted, of } }));
    }
    case 'done':
      return done(state, answer.notice);
    case 'told':
      return step(told(state, answer), { do: 'list', scope: state.list.scope });
    case 'leave': {
      const { session } = answer;
      return step({ ...state, outcome: { kind: 'resume', session, checkpoint: undefined } });
    }
    case 'completed': {
      const { asking } = state;
      return asking?.what === 'line' ? takeCandidates(state, asking, answer) : step(state);
    }
    case 'failed':
      return step(failed(state, answer));
  }
}

function takeList(state: BrowserState, answer: OfType<'listed'>): Step {
  const { scope, sessions, isWhole, tagged, now } = answer;
  const isOther = scope !== state.list.scope;
  const list = filterSessions({ ...state.list, scope, sessions, isWhole, tagged }, state, {
    keepsCursor: !isOther,
  });
  // Something else may be under way by now.
  const busy = state.busy === LOOKING ? undefined : state.busy;
  const listed = withList({ ...state, now, busy }, list);
  const layers = listed.layers.map((layer) => refreshed(layer, sessions));
  const moved = layers.findLast((layer, index): layer is MomentList => {
    const before = listed.layers[index];
    if (layer.kind !== 'moments' || before?.kind !== 'moments') return false;
    return layer.listed.session.tip !== before.listed.session.tip;
  });
  const next = { ...listed, layers };
  if (moved === undefined) return step(next);
  const count = moved.cursor + MOMENTS_AT_ONCE;
  return step(next, { do: 'moments', listed: moved.listed, count });
}

function refreshed(layer: Layer, sessions: OfType<'listed'>['sessions']): Layer {
  if (layer.kind !== 'moments') return layer;
  const id = layer.listed.session.id;
  const listed = sessions.find(({ session }) => session.id === id);
  return listed === undefined ? layer : { ...layer, listed };
}

function takeMoments(state: BrowserState, answer: OfType<'moments'>): Step {
  const { session, from, moments, isWhole } = answer;
  return updateMoments(state, (view) => {
    if (view.listed.session.id !== session) return view;
    if (from === undefined) return afresh(view, moments, isWhole);
    if (view.moments.at(-1)?.parents[0] !== from) return view;
    const all = [...view.moments, ...moments];
    const cursor = view.seeksEnd ? all.length - 1 : view.cursor;
    return { ...view, moments: all, isWhole, cursor, seeksEnd: view.seeksEnd && !isWhole };
  });
}

/** From the newest on; the cursor stays on its moment. */
function afresh(view: MomentList, moments: MomentList['moments'], isWhole: boolean): MomentList {
  const present = view.moments[view.cursor]?.id;
  const cursor = Math.max(
    0,
    moments.findIndex(({ id }) => id === present),
  );
  return { ...view, moments, isWhole, cursor };
}

/** Changes the moments that are looked at, whatever lies over them. */
function updateMoments(state: BrowserState, update: (view: MomentList) => MomentList): Step {
  const at = state.layers.findLastIndex(({ kind }) => kind === 'moments');
  const view = state.layers[at];
  if (view?.kind !== 'moments') return step(state);
  const over = state.layers.slice(at + 1);
  const { state: settled, effects } = settleMoments(
    { ...state, layers: state.layers.slice(0, at + 1) },
    update(view),
  );
  return { state: { ...settled, layers: [...settled.layers, ...over] }, effects };
}

/** Puts the text where it is waited for. */
function withText(state: BrowserState, text: string, ticket: number | undefined): BrowserState {
  const layers = state.layers.map((layer): Layer => {
    if (layer.kind !== 'pager' || !layer.isLoading || layer.ticket !== ticket) return layer;
    return filled(state, layer, text);
  });
  return { ...state, layers };
}

function filled(state: BrowserState, pager: Pager, text: string): Pager {
  const all = linesOf(text);
  const more = all.length - LINES_MAX;
  const lines = more > 0 ? [...all.slice(0, LINES_MAX), `… and ${more} more lines`] : all;
  const whole = { ...pager, text: lines, lines: foldLines(lines, state.columns), isLoading: false };
  const end = pager.fromEnd ? Number.POSITIVE_INFINITY : 0;
  return scrolled({ ...whole, top: 0 }, end, bodyHeight(state, 'pager'));
}

function withPlan(state: BrowserState, answer: OfType<'planned'>): BrowserState {
  const layers = state.layers.map((layer): Layer => {
    if (layer.kind !== 'plan' || !layer.isLoading || layer.ticket !== answer.ticket) return layer;
    const text = linesOf(answer.text);
    const part = answer.part ?? layer.restore?.part;
    return {
      ...layer,
      text,
      lines: foldLines(text, state.columns),
      isLoading: false,
      ...(layer.restore && part ? { restore: { ...layer.restore, part } } : {}),
      carriesOut: answer.carriesOut,
    };
  });
  return { ...state, layers };
}

/** What was planned is done, or what was asked for: the plan goes, and everything is read anew. */
function done(state: BrowserState, notice: Notice): Step {
  const isPlan = topLayer(state)?.kind === 'plan';
  const closed = isPlan ? popLayer(state) : state;
  return step(
    { ...closed, busy: undefined, notice },
    { do: 'list', scope: state.list.scope },
    { do: 'tags', listed: undefined },
  );
}

function told(state: BrowserState, { notice, text }: OfType<'told'>): BrowserState {
  const idle = { ...state, busy: undefined, notice };
  if (text === undefined) return idle;
  return openText(idle, notice.text, foldLines(linesOf(text), state.columns));
}

function failed(state: BrowserState, { message, hint, ticket }: OfType<'failed'>): BrowserState {
  const idle = { ...state, busy: undefined };
  const text = hint === undefined ? message : `${message}\n${hint}`;
  const waiting = (layer: Layer): layer is Pager | PlanView =>
    layer.kind !== 'moments' && layer.isLoading && layer.ticket === ticket;
  if (ticket === undefined || !state.layers.some(waiting)) {
    return withNotice(idle, hint === undefined ? message : `${message}. ${hint}`, 'bad');
  }
  const lines = linesOf(text);
  const layers = idle.layers.map(
    (layer): Layer =>
      waiting(layer)
        ? { ...layer, text: lines, lines: foldLines(lines, state.columns), isLoading: false }
        : layer,
  );
  return { ...idle, layers };
}
