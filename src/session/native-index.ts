// Which session a native id talks in, for every id that was ever seen or handed out: one small file each, so that a hook finds its
// session by one read, from whatever directory the agent has wandered to. Disposable: what is missing is found again in the
// `session.json` at the tips of the stores.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { directoryNames } from '../git/directory-names.ts';
import { makeStoreDirectory, writeDurably } from '../git/durable-file.ts';
import { isSessionId, type SessionId } from './session-id.ts';
import type { Store } from './store.ts';
import { isStoreName } from './store-name.ts';
import { storedComponent } from './stored-transcript.ts';

export interface NativeBinding {
  /** The name of the store's directory below `projects`. */
  readonly store: string;
  readonly session: SessionId;
}

export class NativeIndex {
  readonly #directory: string;

  constructor(dataDirectory: string) {
    this.#directory = join(dataDirectory, 'native');
  }

  /** Nothing was ever noted, or all of it is gone. */
  get isLost(): boolean {
    return !existsSync(this.#directory);
  }

  /** Whether a session of this store was ever noted. Reads all there is. */
  knowsStore(store: string): boolean {
    return directoryNames(this.#directory).some((name) =>
      readFileSync(join(this.#directory, name), 'utf8').includes(`\n${store}\n`),
    );
  }

  find(agent: string, nativeId: string): NativeBinding | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path(agent, nativeId), 'utf8');
    } catch (error) {
      if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return undefined;
      throw error;
    }
    const [session = '', store = ''] = text.split('\n');
    if (!isSessionId(session) || !isStoreName(store)) return undefined;
    return { session, store };
  }

  /** Notes the binding durably, over an older one. */
  note(agent: string, nativeId: string, binding: NativeBinding): void {
    const present = this.find(agent, nativeId);
    if (present?.session === binding.session && present.store === binding.store) return;
    makeStoreDirectory(this.#directory);
    writeDurably(this.#path(agent, nativeId), `${binding.session}\n${binding.store}\n`);
  }

  /** Forgets every native id of a session. */
  forget({ session, store }: NativeBinding): void {
    for (const name of directoryNames(this.#directory)) {
      const path = join(this.#directory, name);
      if (readFileSync(path, 'utf8').startsWith(`${session}\n${store}\n`)) rmSync(path);
    }
  }

  #path(agent: string, nativeId: string): string {
    return join(this.#directory, storedComponent(`${agent}-${nativeId}`));
  }
}

/** Binds a native id to a session before anyone is told of it. */
export function reserveNativeId(store: Store, session: SessionId, nativeId: string): void {
  const tip = store.tip(session);
  const agent = tip === undefined ? '' : store.checkpoint(tip).agent;
  bindNativeId(store, { session, agent, nativeId });
}

export function bindNativeId(
  store: Store,
  bound: { readonly session: SessionId; readonly agent: string; readonly nativeId: string },
): void {
  const { session, agent, nativeId } = bound;
  const index = new NativeIndex(store.surroundings.dataDirectory);
  index.note(agent, nativeId, { session, store: basename(store.repository.directory) });
}
