import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { Checkpoint } from '../../src/session/checkpoint.ts';
import type { SessionId } from '../../src/session/session-id.ts';
import type { SessionSummary } from '../../src/session/session-summary.ts';
import type { BrowserEvent, Effect } from '../../src/ui/browser-effect.ts';
import type { Binding, BrowserState, ListedSession } from '../../src/ui/browser-state.ts';
import { filterSessions } from '../../src/ui/filter-sessions.ts';
import { layoutBrowser } from '../../src/ui/layout-browser.ts';
import { createPaint } from '../../src/ui/paint.ts';
import { reduceBrowser } from '../../src/ui/reduce-browser.ts';
import { textWidth } from '../../src/ui/text-width.ts';
import { EMPTY_LINE } from '../../src/ui/typed-line.ts';

const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;

function listed(title: string, more: Partial<SessionSummary> = {}): ListedSession {
  const session: SessionSummary = {
    id: `id of ${title}` as SessionId,
    name: null,
    title,
    agent: 'claude',
    branch: 'main',
    updatedAt: new Date(NOW - 2 * HOUR).toISOString(),
    turns: 3,
    checkpoints: 9,
    bytes: 1500,
    forkedFrom: null,
    isInTurn: false,
    root: '/p',
    live: false,
    nativeIds: [],
    tip: 'a'.repeat(40) as ObjectId,
    ...more,
  };
  return { session, project: null };
}

const BINDINGS: readonly Binding[] = [
  { view: 'sessions', key: 'right', command: 'log', label: 'moments' },
  { view: 'sessions', key: 'enter', command: 'resume', label: 'go on' },
  { view: 'sessions', key: 'ctrl+d', command: 'delete', label: 'delete' },
  { view: 'moments', key: 'space', command: 'diff', label: 'difference' },
  { view: 'moments', key: 'r', command: 'restore', label: 'restore' },
];

function browserOf(sessions: readonly ListedSession[], size = { columns: 80, rows: 12 }) {
  const list = {
    scope: 'project',
    sessions,
    isWhole: true,
    tagged: new Set<SessionId>(),
    filter: EMPTY_LINE,
    onlyBranch: false,
    onlyTagged: false,
    shown: [],
    lanes: [],
    cursor: 0,
    top: 0,
  } as const;
  const state: BrowserState = {
    ...size,
    now: NOW,
    project: 'project',
    branch: 'main',
    bindings: BINDINGS,
    list: filterSessions(list, { branch: 'main' }),
    layers: [],
    asking: undefined,
    notice: undefined,
    busy: undefined,
    nextTicket: 1,
    outcome: undefined,
  };
  return new Played(state);
}

/** A browser whose keys are pressed and whose answers are given one by one. */
class Played {
  state: BrowserState;
  effects: readonly Effect[] = [];

  constructor(state: BrowserState) {
    this.state = state;
  }

  give(event: BrowserEvent): this {
    const { state, effects } = reduceBrowser(this.state, event);
    this.state = state;
    this.effects = effects;
    return this;
  }

  press(...names: readonly string[]): this {
    for (const name of names) {
      const text = name === 'space' ? ' ' : [...name].length === 1 ? name : '';
      this.give({ type: 'key', key: { name, text } });
    }
    return this;
  }

  get screen(): readonly string[] {
    return layoutBrowser(this.state, createPaint(false)).lines.map((line) => line.trimEnd());
  }

  get text(): string {
    return this.screen.join('\n');
  }
}

function moment(index: number): Checkpoint {
  const id = (n: number) => String(n).padStart(40, '0') as ObjectId;
  return {
    id: id(index),
    parents: [id(index + 1)],
    kind: index % 3 === 0 ? 'prompt' : 'tool',
    subject: `moment ${index}`,
    turn: 1,
    at: new Date(NOW - HOUR),
  } as unknown as Checkpoint;
}

const reducer = suite('the browser, key by key');

reducer(
  'filters by what is typed in any case, the best match first, and shows it in colour',
  () => {
    const browser = browserOf([
      listed('mend the flaky test'),
      listed('Format'),
      listed('refmt all'),
    ]);
    browser.press('f', 'M', 't');
    assert.equal(
      browser.state.list.shown.map(({ session }) => session.title),
      ['refmt all', 'Format', 'mend the flaky test'].slice(0, browser.state.list.shown.length),
    );
    const paint = createPaint(true);
    const { lines } = layoutBrowser(browser.state, paint);
    assert.ok(lines.some((line) => line.includes(`re${paint.accent('fmt')} all`)));
    browser.press('escape');
    assert.is(browser.state.list.shown.length, 3);
    assert.equal(browser.press('escape').state.outcome, { kind: 'quit' });
  },
);

reducer('marks what is live, interrupted and forked, and draws the line of forks', () => {
  const origin = listed('origin');
  const forkedFrom = origin.session.id;
  const browser = browserOf([
    listed('fork', { forkedFrom }),
    listed('other', { live: true, isInTurn: true }),
    origin,
    listed('old fork', { forkedFrom, isInTurn: true }),
  ]);
  const rows = browser.screen.slice(3, 7).map((line) => line.slice(0, 20));
  assert.equal(rows, [
    '>  Y ╭ fork         ',
    '  *  │ other        ',
    '     ● origin       ',
    '  !Y ╰ old fork     ',
  ]);
});

reducer('leaves columns out where there is no room, and never a title', () => {
  const wide = listed('字'.repeat(60), { branch: 'ветка-с-длинным-именем' });
  const marks = listed('e\u0301'.repeat(60));
  const turned = listed('שלום עולם '.repeat(9));
  for (let columns = 20; columns <= 120; columns += 1) {
    const browser = browserOf([wide, marks, turned], { columns, rows: 10 });
    for (const line of browser.screen) {
      assert.ok(textWidth(line) <= columns, `${textWidth(line)} of ${columns}: ${line}`);
    }
    assert.match(browser.text, /TITLE/);
    assert.is(browser.screen.length, 10);
  }
});

reducer('shows only this branch, and says so', () => {
  const browser = browserOf([listed('here'), listed('there', { branch: 'other' })]);
  browser.press('ctrl+b');
  assert.match(browser.text, /main · 1 of 2/);
  assert.not.match(browser.text, /there/);
});

reducer('goes on with what is chosen, but not while its agent runs', () => {
  const { session } = listed('one');
  const browser = browserOf([listed('one'), listed('live', { live: true })]);
  assert.equal(browser.press('enter').state.outcome, {
    kind: 'resume',
    session: session.id,
    checkpoint: undefined,
  });
  const other = browserOf([listed('live', { live: true })]).press('enter');
  assert.is(other.state.outcome, undefined);
  assert.match(other.text, /Its agent is running/);
});

reducer('asks how to go on with a session of another project, and changes nothing of it', () => {
  const elsewhere = { ...listed('far'), project: '/far' };
  const browser = browserOf([elsewhere]);
  assert.equal(browser.press('enter').effects, [{ do: 'elsewhere', listed: elsewhere }]);
  browser.give({ type: 'told', notice: { tone: 'plain', text: 'this goes on there' }, text: 'cd' });
  assert.match(browser.text, /this goes on there[\s\S]*cd/);
  const refused = browserOf([elsewhere]).press('ctrl+d');
  assert.equal(refused.effects, []);
  assert.match(refused.text, /of another project/);
});

reducer('deletes nothing before its plan is there and was agreed to', () => {
  const one = listed('one');
  const browser = browserOf([one]).press('ctrl+d');
  assert.equal(
    browser.effects.map((effect) => effect.do),
    ['plan-delete'],
  );
  assert.equal(browser.press('y').effects, []);
  const carriesOut = { do: 'delete', listed: one } as const;
  browser.give({ type: 'planned', text: 'It goes.', carriesOut, ticket: 99 });
  assert.equal(browser.press('y').effects, [], 'a plan that was not asked for');
  browser.give({ type: 'planned', text: 'It goes.', carriesOut, ticket: 1 });
  assert.match(browser.text, /It goes\.[\s\S]*y do it/);
  assert.equal(browser.press('escape').effects, []);
  assert.match(browser.text, /Nothing was done/);
  browser.press('ctrl+d');
  browser.give({ type: 'planned', text: 'It goes.', carriesOut, ticket: 2 });
  assert.equal(browser.press('y').effects, [carriesOut]);
  assert.equal(browser.press('ctrl+d', 'ctrl+c').effects, [], 'while it is done no key is read');
});

reducer('wants a key of its own where many files would be deleted', () => {
  const one = listed('one');
  const browser = browserOf([one]).press('right');
  browser.give({
    type: 'moments',
    session: one.session.id,
    from: undefined,
    moments: [moment(0)],
    isWhole: true,
  });
  browser.press('r');
  const part = { files: true, conversation: false };
  const carriesOut = {
    do: 'restore',
    listed: one,
    checkpoint: moment(0).id,
    part,
    agreed: 0,
  } as const;
  browser.give({ type: 'planned', text: 'Files: 120 deleted', part, carriesOut, ticket: 1 });
  assert.match(browser.text, /\[x\] f files {2}\[ \] c conversation/);
  browser.press('y');
  browser.give({ type: 'deletes', deleted: 120, of: 150 });
  assert.match(browser.text, /Deletes 120 of 150 files: D does it/);
  assert.equal(browser.press('y').effects, []);
  assert.equal(browser.press('D').effects, [{ ...carriesOut, agreed: 120 }]);
});

reducer(
  'reads of ten thousand moments what is shown and a little ahead, and all on the way to the end',
  () => {
    const one = listed('one');
    const browser = browserOf([one]).press('right');
    let read = 0;
    const answer = (effect: Effect | undefined) => {
      if (effect?.do !== 'moments') throw new Error(`not ${effect?.do}`);
      const from = effect.from === undefined ? 0 : Number(effect.from);
      const moments = Array.from({ length: effect.count }, (_, index) => moment(from + index));
      read += moments.length;
      const isWhole = from + effect.count >= 10_000;
      const { session } = effect.listed;
      browser.give({ type: 'moments', session: session.id, from: effect.from, moments, isWhole });
    };
    answer(browser.effects[0]);
    assert.is(read, 100);
    const counted = browser.effects.find((effect) => effect.do === 'count');
    assert.is(counted?.do === 'count' ? counted.checkpoints.length : 0, 8, 'what the screen shows');
    assert.not(browser.effects.some((effect) => effect.do === 'moments'));
    for (let page = 0; page < 9; page += 1) browser.press('pagedown');
    assert.ok(
      browser.effects.some((effect) => effect.do === 'moments'),
      'near the end',
    );
    browser.press('end');
    for (let turns = 0; turns < 20 && browser.effects.some((e) => e.do === 'moments'); turns += 1) {
      answer(browser.effects.find((effect) => effect.do === 'moments'));
    }
    assert.match(browser.text, /> .*moment \d{4,}/);
    assert.match(browser.screen[0] ?? '', /(\d+) of \1$/);
  },
);

reducer('compares with a marked moment, and says where none is marked', () => {
  const one = listed('one');
  const browser = browserOf([one]).press('right');
  browser.give({
    type: 'moments',
    session: one.session.id,
    from: undefined,
    moments: [moment(0), moment(1), moment(2)],
    isWhole: true,
  });
  browser.press('space', 'm');
  assert.match(browser.text, /No moment is marked/);
  browser.press('q', 'down', 'm', 'up', 'space', 'm');
  assert.equal(browser.effects, [
    { do: 'diff', listed: one, checkpoint: moment(0).id, against: moment(1).id, ticket: 3 },
  ]);
});

reducer('keeps what it shows when everything is read anew', () => {
  const [one, two] = [listed('one'), listed('two')];
  const browser = browserOf([one, two]).press('down');
  const sessions = [listed('three'), one, two];
  browser.give({
    type: 'listed',
    scope: 'project',
    sessions,
    isWhole: true,
    tagged: new Set(),
    now: NOW,
  });
  assert.match(browser.text, /> +two/);
  browser.give({
    type: 'listed',
    scope: 'project',
    sessions: [one],
    isWhole: true,
    tagged: new Set(),
    now: NOW,
  });
  assert.match(browser.text, /> +one/);
});

reducer('reads the moments of a session anew that was changed, whatever lies over them', () => {
  const one = listed('one');
  const browser = browserOf([one]).press('right');
  const session = one.session.id;
  const moments = [moment(1), moment(2)];
  browser.give({ type: 'moments', session, from: undefined, moments, isWhole: true });
  browser.press('down', 'space');
  browser.give({ type: 'done', notice: { tone: 'good', text: 'Tagged' } });
  assert.equal(
    browser.effects.map((effect) => effect.do),
    ['list', 'tags'],
  );
  const sessions = [listed('one', { tip: moment(0).id })];
  const answer = { isWhole: true, tagged: new Set<SessionId>(), now: NOW } as const;
  browser.give({ type: 'listed', scope: 'project', sessions, ...answer });
  const [reading] = browser.effects;
  assert.is(reading?.do === 'moments' && reading.from, undefined);
  browser.give({
    type: 'moments',
    session,
    from: undefined,
    moments: [moment(0), ...moments],
    isWhole: true,
  });
  browser.press('q');
  assert.match(browser.text, /moment 0[\s\S]*> .*moment 2/);
});

reducer('shows on a screen of five rows and ten columns what there is room for', () => {
  const browser = browserOf([listed('one')]);
  browser.give({ type: 'resized', columns: 3, rows: 1 });
  assert.is(browser.screen.length, 5);
  browser.press('?').give({ type: 'resized', columns: 30, rows: 9 });
  assert.is(browser.screen.length, 9);
});

reducer.run();
