// A project, a data directory and an agent of our own, as a program has them that embeds gsess. The clock is fixed and moves a second at
// each look; nothing is saved by a timer unless a test turns it.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type OpenOptions, openStore, type SessionStore } from '../../src/index.ts';
import { IN_MEMORY, withTemporaryDirectory } from './temporary-directory.ts';
import { assertStoreIsTidy } from './tidy-store.ts';

export interface LibraryScene {
  readonly directory: string;
  readonly project: string;
  readonly data: string;
  readonly warnings: string[];
  /** Calls what was to be called later. */
  readonly runTimers: () => void;
  open(options?: Partial<OpenOptions>): Promise<SessionStore<Said>>;
  write(path: string, content: string): void;
}

/** A message in Anthropic's form. */
export interface Said {
  readonly role: 'user' | 'assistant';
  readonly content: string | readonly object[];
}

const BEGINNING = Date.UTC(2025, 0, 2, 3, 4, 5);

export const user = (content: string): Said => ({ role: 'user', content });
export const assistant = (content: string): Said => ({ role: 'assistant', content });
export const toolUse = (id: string, input: object = {}): Said => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'write', input }],
});
export const toolResult = (id: string, content = 'ok'): Said => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: id, content }],
});

/** Every store is looked at when the test is over: it must be sound and tidy, and nothing left in the spool. */
export function withLibrary(use: (scene: LibraryScene) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const [project, data] = [join(directory, 'project'), join(directory, 'data')];
    mkdirSync(project);
    let seconds = 0;
    const timers = new Set<() => void>();
    const warnings: string[] = [];
    await use({
      directory,
      project,
      data,
      warnings,
      runTimers: () => {
        for (const timer of [...timers]) {
          timers.delete(timer);
          timer();
        }
      },
      open: (options) =>
        openStore<Said>({
          directory: project,
          agent: 'pilot',
          dataDirectory: data,
          environment: { HOME: directory },
          clock: () => {
            seconds += 1;
            return BEGINNING + seconds * 1000;
          },
          schedule: (callback) => {
            timers.add(callback);
            return () => timers.delete(callback);
          },
          onWarning: (text) => warnings.push(text),
          ...options,
        }),
      write: (path, content) => {
        mkdirSync(dirname(join(project, path)), { recursive: true });
        writeFileSync(join(project, path), content);
      },
    });
    for (const store of storesIn(data)) assertStoreIsTidy(store);
  }, IN_MEMORY);
}

export function storesIn(data: string): string[] {
  try {
    return readdirSync(join(data, 'projects')).map((name) => join(data, 'projects', name));
  } catch {
    return [];
  }
}
