// Runs the browser from its first screen to its end: takes keys, has effects carried out one after another, and paints. The first screen
// is painted before ink is there, so that nobody waits for it. The terminal is given back whatever happens.

import { GsessError } from '../errors.ts';
import type { Answer, BrowserEvent, Effect } from './browser-effect.ts';
import type { BrowserState, ListedSession, Outcome } from './browser-state.ts';
import { filterSessions } from './filter-sessions.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { InkFrame, InkScreen } from './ink-screen.ts';
import { layoutBrowser, type Screen } from './layout-browser.ts';
import type { Paint } from './paint.ts';
import { reduceBrowser } from './reduce-browser.ts';
import { safeText } from './safe-text.ts';
import { movedBy } from './scroll-window.ts';
import { truncateText } from './text-width.ts';
import { EMPTY_LINE } from './typed-line.ts';

export interface BrowserTerminal {
  readonly stdin: NodeJS.ReadStream;
  size(): { readonly columns: number; readonly rows: number };
  onResize(listener: () => void): void;
}

export interface BrowserPlace {
  readonly project: string;
  readonly branch: string | undefined;
  /** Enough of them for a first screen. */
  readonly newest: readonly ListedSession[];
  readonly now: number;
}

export interface Desk {
  /** Carries an effect out; what fails with a `GsessError` is shown, anything else ends the browser. */
  run(effect: Effect): Promise<Answer>;
  /** Told how far long work is, at once and from within it. */
  onWork(listener: (text: string) => void): void;
}

export interface BrowserOptions {
  readonly terminal: BrowserTerminal;
  readonly writer: FrameWriter;
  readonly paint: Paint;
  readonly place: BrowserPlace;
  readonly desk: Desk;
}

/** Of these only the last that waits is carried out. */
const LATEST_ONLY: readonly Effect['do'][] = ['count', 'complete', 'list', 'tags'];

function isOutdated(waiting: Effect, effect: Effect): boolean {
  if (waiting.do === 'moments') return effect.do === 'moments' && effect.from === waiting.from;
  return waiting.do === effect.do && LATEST_ONLY.includes(effect.do);
}

export async function runBrowser(options: BrowserOptions): Promise<Outcome> {
  const browser = new Browser(options);
  const { terminal, writer, desk } = options;
  writer.open();
  browser.paint();
  const { openInkScreen } = await import('./ink-screen.ts');
  const screen = browser.start((first) =>
    openInkScreen({
      ...first,
      stdin: terminal.stdin,
      onFrame: (lines) => browser.showFrame(lines),
      onKey: (key) => browser.take({ type: 'key', key }),
    }),
  );
  try {
    terminal.onResize(() => {
      writer.forget();
      browser.take({ type: 'resized', ...terminal.size() });
    });
    // It may have changed while ink was loaded.
    browser.take({ type: 'resized', ...terminal.size() });
    desk.onWork((text) => browser.showWork(text));
    const failed = screen.ended.then(() => ({ kind: 'quit' }) as const);
    return await Promise.race([browser.outcome, failed]);
  } finally {
    screen.close();
  }
}

class Browser {
  readonly outcome: Promise<Outcome>;
  readonly #options: BrowserOptions;
  readonly #effects: Effect[] = [];
  readonly #early: BrowserEvent[] = [];
  #state: BrowserState;
  #screen: InkScreen | undefined;
  #cursor: Screen['cursor'];
  #isPainting = false;
  #isWorking = false;
  #end: (outcome: Outcome) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(options: BrowserOptions) {
    this.#options = options;
    this.#state = firstState(options);
    this.outcome = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
  }

  /** From now on ink paints, and keys are taken. */
  start(open: (first: InkFrame) => InkScreen): InkScreen {
    const { lines } = layoutBrowser(this.#state, this.#options.paint);
    this.#screen = open({ lines, columns: this.#state.columns });
    this.#queue([{ do: 'bind' }, { do: 'list', scope: 'project' }]);
    return this.#screen;
  }

  take(event: BrowserEvent): void {
    if (this.#isEarly(event)) {
      this.#early.push(event);
      return;
    }
    const { state, effects } = reduceBrowser(this.#state, event);
    const isChanged = state !== this.#state;
    this.#state = state;
    if (state.outcome !== undefined) {
      this.#end(state.outcome);
      return;
    }
    if (isChanged) this.#paintSoon();
    this.#queue(effects);
    if (event.type === 'bound') for (const early of this.#early.splice(0)) this.take(early);
  }

  /** A key that may stand for a command waits until it is known which do, and so does all that is typed after it. */
  #isEarly(event: BrowserEvent): boolean {
    if (event.type !== 'key' || this.#state.bindings.length > 0) return false;
    return this.#early.length > 0 || movedBy(event.key.name, 1) === undefined;
  }

  paint(): void {
    const { lines, cursor } = layoutBrowser(this.#state, this.#options.paint);
    this.#cursor = cursor;
    if (this.#screen === undefined) this.showFrame(lines);
    else this.#screen.show(lines, this.#state.columns);
  }

  /** Puts lines on the terminal, as ink made them or as they are. */
  showFrame(lines: readonly string[]): void {
    this.#options.writer.show(lines, this.#cursor);
  }

  /** Painted past ink, which has no turn while work goes on. */
  showWork(text: string): void {
    const { rows, columns } = this.#state;
    this.#options.writer.showLine(rows - 2, truncateText(safeText(text), columns));
  }

  /** Keys that come together are painted together. */
  #paintSoon(): void {
    if (this.#isPainting) return;
    this.#isPainting = true;
    queueMicrotask(() => {
      this.#isPainting = false;
      if (this.#state.outcome === undefined) this.paint();
    });
  }

  #queue(effects: readonly Effect[]): void {
    for (const effect of effects) {
      const waiting = this.#effects.findIndex((other) => isOutdated(other, effect));
      if (waiting >= 0) this.#effects.splice(waiting, 1);
      this.#effects.push(effect);
    }
    if (!this.#isWorking) this.#work().catch(this.#fail);
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      for (
        let effect = this.#effects.shift();
        effect !== undefined;
        effect = this.#effects.shift()
      ) {
        // Keys and the screen come first.
        await new Promise((resolve) => setImmediate(resolve));
        this.take(await this.#carryOut(effect));
      }
    } finally {
      this.#isWorking = false;
    }
  }

  async #carryOut(effect: Effect): Promise<BrowserEvent> {
    const { ticket } = effect;
    try {
      return { ...(await this.#options.desk.run(effect)), ticket };
    } catch (error) {
      if (!(error instanceof GsessError)) throw error;
      return { type: 'failed', message: error.message, hint: error.hint, ticket };
    }
  }
}

function firstState({ terminal, place }: BrowserOptions): BrowserState {
  const { newest, now, project, branch } = place;
  const list = {
    scope: 'project',
    sessions: newest,
    isWhole: false,
    tagged: new Set<never>(),
    filter: EMPTY_LINE,
    onlyBranch: false,
    onlyTagged: false,
    shown: [],
    lanes: [],
    cursor: 0,
    top: 0,
  } as const;
  return {
    ...terminal.size(),
    now,
    project,
    branch,
    bindings: [],
    list: filterSessions(list, { branch }),
    layers: [],
    asking: undefined,
    notice: undefined,
    busy: undefined,
    nextTicket: 1,
    outcome: undefined,
  };
}
