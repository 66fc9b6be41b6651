// What a key that stands for a command begins: it opens what there is to look at, asks for what is still needed, or shows the plan of
// what it would do. Nothing is changed from here: that takes an answer.

import type { ObjectId } from '../git/object-id.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { Against, Effect, TakeBack } from './browser-effect.ts';
import {
  type Asking,
  type Binding,
  type BrowserState,
  type ListedSession,
  type Notice,
  type Pager,
  type PlanView,
  pushLayer,
  type Step,
  step,
} from './browser-state.ts';
import { keysText } from './keys-text.ts';
import { EMPTY_LINE, lineOf } from './typed-line.ts';

/** What the cursor is on. */
export interface Subject {
  readonly listed: ListedSession;
  /** Undefined for the session as it stands. */
  readonly checkpoint: Checkpoint | undefined;
  readonly marked?: Checkpoint | undefined;
}

export const MOMENTS_AT_ONCE = 100;
/** What is done while the list is read, and over once it is there. */
export const LOOKING = 'Looking for sessions';

export function runBinding(
  state: BrowserState,
  { command, option }: Binding,
  subject: Subject | undefined,
): Step {
  switch (command) {
    case 'help':
      return step(openKeys(state));
    case 'undo':
    case 'redo':
      return planTakeBack(state, command);
    default:
      return subject === undefined
        ? step(withNotice(state, 'There is nothing to do that with.'))
        : runOn(state, { command, option }, subject);
  }
}

function runOn(
  state: BrowserState,
  { command, option }: Pick<Binding, 'command' | 'option'>,
  subject: Subject,
): Step {
  const { listed, checkpoint } = subject;
  const looks = LOOKS[command];
  if (looks !== undefined) return looks(state, subject);
  if (listed.project !== null) {
    return command === 'resume'
      ? step(busy(state, 'Looking for it'), { do: 'elsewhere', listed })
      : step(withNotice(state, 'It is of another project: go on there with Enter.', 'bad'));
  }
  switch (command) {
    case 'resume':
      return resume(state, subject);
    case 'restore':
      return checkpoint === undefined
        ? step(state)
        : planRestore(state, { ...subject, checkpoint });
    case 'delete':
      return planDelete(state, listed);
    case 'tag':
      return ask(state, subject, { what: 'tag', label: 'name of the tag' });
    case 'rename':
      return ask(state, subject, { what: 'rename', label: 'new name' }, listed.session.name ?? '');
    case 'fork':
      return option === 'worktree'
        ? ask(state, subject, { what: 'worktree', label: 'fork into the new directory' })
        : ask(state, subject, { what: 'fork', label: 'name of the fork, or none' });
    default:
      return step(state);
  }
}

const LOOKS: Readonly<Record<string, (state: BrowserState, subject: Subject) => Step>> = {
  log: (state, { listed }) => openMoments(state, listed),
  show: openConversation,
  diff: (state, { checkpoint, ...subject }) =>
    checkpoint === undefined ? step(state) : openDiff(state, { ...subject, checkpoint }, 'before'),
};

function resume(state: BrowserState, { listed, checkpoint }: Subject): Step {
  const { session } = listed;
  if (session.live) return step(withNotice(state, 'Its agent is running: go on there.', 'bad'));
  const isTip = checkpoint === undefined || checkpoint.id === session.tip;
  const at = isTip ? undefined : checkpoint.id;
  return step({ ...state, outcome: { kind: 'resume', session: session.id, checkpoint: at } });
}

function openMoments(state: BrowserState, listed: ListedSession): Step {
  const layer = {
    kind: 'moments',
    listed,
    moments: [],
    isWhole: false,
    seeksEnd: false,
    counts: new Map(),
    tags: new Map(),
    marked: undefined,
    cursor: 0,
    top: 0,
  } as const;
  return step(
    pushLayer(state, layer),
    { do: 'moments', listed, count: MOMENTS_AT_ONCE },
    { do: 'tags', listed },
  );
}

function openConversation(state: BrowserState, { listed, checkpoint }: Subject): Step {
  return openPager(
    state,
    { title: titleOf(listed), fromEnd: true },
    { do: 'preview', listed, checkpoint: checkpoint?.id },
  );
}

/** Shows what became of the files; in place of the difference that is shown, if it is one of the same moment. */
export function openDiff(
  state: BrowserState,
  { listed, checkpoint, marked }: Subject & { readonly checkpoint: Checkpoint },
  against: Against,
): Step {
  return openPager(
    state,
    {
      title: checkpoint.subject,
      fromEnd: false,
      diff: { listed, checkpoint, marked, against },
    },
    { do: 'diff', listed, checkpoint: checkpoint.id, against },
  );
}

function openPager(
  state: BrowserState,
  pager: Pick<Pager, 'title' | 'fromEnd' | 'diff'>,
  effect: Effect,
): Step {
  const ticket = state.nextTicket;
  const layer: Pager = { ...emptyPager, ...pager, ticket, isLoading: true };
  return step({ ...pushLayer(state, layer), nextTicket: ticket + 1 }, { ...effect, ticket });
}

const emptyPager = { kind: 'pager', text: [], lines: [], top: 0, ticket: 0 } as const;

function openKeys(state: BrowserState): BrowserState {
  return openText(state, 'keys', keysText(state.bindings));
}

/** A text that is there already, to be looked through. */
export function openText(
  state: BrowserState,
  title: string,
  text: readonly string[],
): BrowserState {
  const pager = { ...emptyPager, title, text, lines: text, isLoading: false, fromEnd: false };
  return pushLayer(state, pager);
}

function planRestore(
  state: BrowserState,
  { listed, checkpoint }: Subject & { readonly checkpoint: Checkpoint },
): Step {
  const part = { files: true, conversation: true };
  return openPlan(
    state,
    { title: `restore: ${checkpoint.subject}`, restore: { listed, checkpoint, part } },
    { do: 'plan-restore', listed, checkpoint: checkpoint.id, part },
  );
}

function planTakeBack(state: BrowserState, direction: TakeBack): Step {
  return openPlan(
    state,
    { title: direction, takeBack: direction },
    { do: 'plan-take-back', direction },
  );
}

function planDelete(state: BrowserState, listed: ListedSession): Step {
  return openPlan(state, { title: `delete: ${titleOf(listed)}` }, { do: 'plan-delete', listed });
}

function openPlan(
  state: BrowserState,
  plan: Pick<PlanView, 'title' | 'restore' | 'takeBack'>,
  effect: Effect,
): Step {
  const ticket = state.nextTicket;
  const layer: PlanView = {
    kind: 'plan',
    text: [],
    lines: [],
    top: 0,
    isLoading: true,
    carriesOut: undefined,
    deletes: undefined,
    ticket,
    ...plan,
  };
  return step({ ...pushLayer(state, layer), nextTicket: ticket + 1 }, { ...effect, ticket });
}

function ask(
  state: BrowserState,
  { listed, checkpoint }: Subject,
  what: Pick<Asking, 'what' | 'label'>,
  text = '',
): Step {
  const line = text === '' ? EMPTY_LINE : lineOf(text);
  const asking = { ...what, line, listed, checkpoint: checkpointOf(checkpoint), candidates: [] };
  return step({ ...state, asking, notice: undefined });
}

function checkpointOf(checkpoint: Checkpoint | undefined): ObjectId | undefined {
  return checkpoint?.id;
}

function titleOf({ session }: ListedSession): string {
  return session.name ?? session.title;
}

export function withNotice(
  state: BrowserState,
  text: string,
  tone: Notice['tone'] = 'plain',
): BrowserState {
  return { ...state, notice: { tone, text } };
}

export function busy(state: BrowserState, what: string): BrowserState {
  return { ...state, busy: what, notice: undefined };
}
