// Carries out what the browser wants, one effect at a time, with the functions of the session layer that the commands use too. Stores are
// opened once; agents are loaded when a conversation is read or goes back.

import { GsessError } from '../../errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { allStores } from '../../session/all-stores.ts';
import type { SessionSummary } from '../../session/session-summary.ts';
import type { Store } from '../../session/store.ts';
import { listTags } from '../../session/tag.ts';
import type { Answer, Effect } from '../../ui/browser-effect.ts';
import type { ListedSession, Scope } from '../../ui/browser-state.ts';
import type { Desk } from '../../ui/run-browser.ts';
import type { Context } from '../context.ts';
import { openWorkspaceOf, type Place, placeOf, type Workspace } from '../workspace.ts';
import { browserBindings } from './browser-bindings.ts';
import type { CapturedOutput } from './captured-output.ts';
import { countChanges, readMoments } from './read-moments.ts';

export interface DeskOptions {
  /** Its output is the captured one, and nobody can be asked. */
  readonly context: Context;
  readonly captured: CapturedOutput;
  readonly place: Place;
}

const PROGRESS_AFTER_MS = 1000;
const PROGRESS_EVERY_MS = 100;

export class BrowserDesk implements Desk {
  readonly context: Context;
  readonly captured: CapturedOutput;
  readonly place: Place;
  /** By the path of the project; null for this one. */
  readonly #places = new Map<string | null, Place>();
  readonly #workspaces = new Map<string | null, Workspace>();
  readonly #listeners: ((text: string) => void)[] = [];
  #workSince = 0;
  #toldAt = 0;

  constructor({ context, captured, place }: DeskOptions) {
    this.context = context;
    this.captured = captured;
    this.place = place;
    this.#places.set(null, place);
  }

  onWork(listener: (text: string) => void): void {
    this.#listeners.push(listener);
  }

  /** Passes on how far work is, once it has taken a second. */
  tellWork(text: string): void {
    const now = performance.now();
    if (now - this.#workSince < PROGRESS_AFTER_MS || now - this.#toldAt < PROGRESS_EVERY_MS) return;
    this.#toldAt = now;
    for (const listener of this.#listeners) listener(text);
  }

  async run(effect: Effect): Promise<Answer> {
    this.#workSince = performance.now();
    switch (effect.do) {
      case 'list':
        return this.#list(effect.scope);
      case 'bind': {
        const { COMMANDS } = await import('../commands.ts');
        return { type: 'bound', bindings: browserBindings(COMMANDS) };
      }
      case 'moments': {
        const { listed, from, count } = effect;
        return readMoments(this.placeFor(listed).store, { session: listed.session, from, count });
      }
      case 'tags':
        return { type: 'tags', tags: tagsByCheckpoint(this.placeFor(effect.listed).store) };
      case 'count':
        return countChanges(this.placeFor(effect.listed).store, effect.checkpoints);
      case 'preview': {
        const { conversationOf } = await import('./look-closer.ts');
        const workspace = await this.workspace(effect.listed);
        const text = await conversationOf(this.context, workspace, effect);
        return { type: 'text', text };
      }
      case 'diff': {
        const { differenceOf } = await import('./look-closer.ts');
        const { paint } = this.context.output;
        const text = await differenceOf(this.placeFor(effect.listed).store, effect, paint);
        return { type: 'text', text };
      }
      default: {
        const { act } = await import('./act.ts');
        return await act(this, effect);
      }
    }
  }

  /** The project that a session is of. */
  placeFor(listed: ListedSession | undefined): Place {
    const place = this.#places.get(listed?.project ?? null);
    if (place !== undefined) return place;
    throw new GsessError('not-found', `The project '${listed?.project}' is gone`);
  }

  /** The same with the agents that talk in it. */
  async workspace(listed: ListedSession): Promise<Workspace> {
    const known = this.#workspaces.get(listed.project);
    // An agent may have come to the project since.
    if (known?.agent(listed.session.agent) !== undefined) return known;
    const opened = await openWorkspaceOf(this.context, this.placeFor(listed).store);
    this.#workspaces.set(listed.project, opened);
    return opened;
  }

  #list(scope: Scope): Answer {
    const { store } = this.place;
    const here = store.sessions().map((session) => ({ session, project: null }));
    const sessions = scope === 'all' ? this.#withOthers(here) : here;
    const tagged = new Set(
      [...this.#places.values()].flatMap((place) =>
        listTags(place.store).flatMap(({ session }) => session ?? []),
      ),
    );
    const now = this.context.surroundings.now();
    return { type: 'listed', scope, sessions, isWhole: true, tagged, now };
  }

  #withOthers(here: readonly ListedSession[]): ListedSession[] {
    const own = this.place.store.repository.directory;
    const others = allStores(this.context.surroundings).filter(
      ({ repository }) => repository.directory !== own,
    );
    const elsewhere = others.flatMap((store) => {
      const project = store.project.path;
      this.#places.set(project, placeOf(this.context, store, store.project));
      return store.sessions().map((session) => ({ session, project }));
    });
    return [...here, ...elsewhere].sort(byNewest);
  }
}

function byNewest(
  a: { readonly session: SessionSummary },
  b: { readonly session: SessionSummary },
) {
  const [x, y] = [a.session.updatedAt, b.session.updatedAt];
  return x < y ? 1 : x > y ? -1 : 0;
}

function tagsByCheckpoint(store: Store) {
  const tags = new Map<ObjectId, string[]>();
  for (const { checkpoint, name } of listTags(store)) {
    const names = tags.get(checkpoint);
    if (names === undefined) tags.set(checkpoint, [name]);
    else names.push(name);
  }
  return tags;
}
