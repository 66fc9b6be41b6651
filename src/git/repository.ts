// One store: a bare repository that stock git accepts, private to its owner, with a `gsess/` directory for what git need not know.
// It is built beside its place and renamed into it whole, so that nobody ever sees half a store, and of several processes that
// make it at once one wins and the others use the winner's. A crash leaves at most a `.gsess-new-…` beside it, which the next
// creation removes once it is old.

import { lstatSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { directoryNames } from './directory-names.ts';
import { makePrivateDirectory, syncDirectory, temporaryPath, writeSynced } from './durable-file.ts';
import {
  type ConfigEntry,
  configName,
  configValue,
  formatGitConfig,
  parseGitConfig,
} from './git-config.ts';
import { ObjectStore } from './object-store.ts';
import { RefStore, type RefStoreOptions } from './ref-store.ts';
import { storeDirectoryFault, surroundingFault } from './unsafe-store.ts';

export interface RepositoryOptions extends RefStoreOptions {
  /** Whoever must own the store; undefined where the system has no such ids, and modes are not looked at either. */
  readonly userId: number | undefined;
}

export interface CreateOptions extends RepositoryOptions {
  readonly config: StoreConfig;
}

/** The settings `gsess.…` of a store; keys in lower case. */
export type StoreConfig = Readonly<Record<`gsess.${string}`, string>>;

/** The layout that this version reads and writes. */
export const STORE_FORMAT = 1;

const UNFINISHED_PREFIX = '.gsess-new-';
const UNFINISHED_AGE_MS_MAX = 60 * 60_000;

/** What git's format version 1 may name without changing how objects and refs are kept. */
const HARMLESS_EXTENSIONS: readonly string[] = ['noop', 'preciousobjects', 'worktreeconfig'];

export class Repository {
  readonly directory: string;
  readonly objects: ObjectStore;
  readonly refs: RefStore;
  readonly config: StoreConfig;

  constructor(directory: string, config: StoreConfig, options: RefStoreOptions) {
    this.directory = directory;
    this.config = config;
    this.objects = new ObjectStore(directory);
    this.refs = new RefStore(directory, options);
  }
}

/** Makes the store, or opens the one that is there; then `config` is that one's own. */
export function createRepository(directory: string, options: CreateOptions): Repository {
  if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) {
    const parent = dirname(directory);
    const fault = surroundingFault(parent, options.userId);
    if (fault !== undefined) throw unsafe(directory, fault);
    makePrivateDirectory(parent);
    sweepUnfinished(parent, options.now());
    const unfinished = temporaryPath(parent, UNFINISHED_PREFIX);
    try {
      build(unfinished, options.config);
      renameSync(unfinished, directory);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      if (!isSystemError(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    }
    syncDirectory(parent);
  }
  return openRepository(directory, options);
}

function build(directory: string, config: StoreConfig): void {
  for (const name of [
    'objects/info',
    'objects/pack',
    'refs/heads',
    'refs/tags',
    'gsess/locks/refs',
    'gsess/ref-locks',
  ]) {
    makePrivateDirectory(join(directory, name));
  }
  writeSynced(join(directory, 'HEAD'), 'ref: refs/heads/main\n');
  writeSynced(join(directory, 'config'), formatGitConfig(initialConfig(config)));
  syncDirectory(directory);
}

function initialConfig(config: StoreConfig): ConfigEntry[] {
  const settings = {
    'core.repositoryformatversion': '0',
    'core.bare': 'true',
    // What stock git writes here is private too, whatever the umask.
    'core.sharedrepository': '0600',
    'core.autocrlf': 'false',
    'gc.auto': '0',
    'gsess.format': String(STORE_FORMAT),
    ...config,
  };
  return Object.entries(settings).map(([name, value]) => {
    const [, section, key] = /^([a-z]+)\.([a-z][a-z0-9-]*)$/.exec(name) ?? [];
    if (section === undefined || key === undefined) {
      throw new GsessError('usage', `cannot keep the setting "${name}" in a store`);
    }
    return { section, subsection: '', key, value };
  });
}

/** Opens a store. Throws `not-found`, `store-unsafe`, `store-damaged` or `format-newer`. */
export function openRepository(directory: string, options: RepositoryOptions): Repository {
  checkOwner(directory, options.userId);
  const entries = readConfig(directory);
  checkFormat(directory, entries);
  const config: Record<`gsess.${string}`, string> = {};
  for (const entry of entries) {
    if (entry.section === 'gsess') config[configName(entry) as `gsess.${string}`] = entry.value;
  }
  return new Repository(directory, config, options);
}

function checkOwner(directory: string, userId: number | undefined): void {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new GsessError('not-found', `there is no store at "${directory}"`, {
      data: { directory },
    });
  }
  if (!stat.isSymbolicLink() && !stat.isDirectory()) {
    throw damaged(directory, 'it is not a directory');
  }
  const fault = storeDirectoryFault(directory, userId);
  if (fault !== undefined) throw unsafe(directory, fault);
}

function readConfig(directory: string): ConfigEntry[] {
  try {
    return parseGitConfig(readFileSync(join(directory, 'config'), 'utf8'));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) throw damaged(directory, 'it has no config', error);
    if (error instanceof GsessError) throw damaged(directory, error.message, error);
    throw error;
  }
}

function checkFormat(directory: string, entries: readonly ConfigEntry[]): void {
  const format = configValue(entries, 'gsess.format');
  if (format === undefined) throw damaged(directory, 'its config names no gsess.format');
  if (!/^[1-9]\d{0,8}$/.test(format)) {
    throw damaged(directory, `its gsess.format is "${format}"`);
  }
  if (Number(format) > STORE_FORMAT) throw newer(directory, `its format is ${format}`);
  if (Number(configValue(entries, 'core.repositoryformatversion') ?? 0) > 1) {
    throw newer(directory, "git's own format of it is newer");
  }
  const extension = entries.find(
    ({ section, key, value }) =>
      section === 'extensions' &&
      !HARMLESS_EXTENSIONS.includes(key) &&
      `${key} ${value}` !== 'objectformat sha1' &&
      `${key} ${value}` !== 'refstorage files',
  );
  if (extension !== undefined) throw newer(directory, `it uses git's ${configName(extension)}`);
}

/** Removes what killed creations left in the directory of all stores, once it is old; returns how many there were. */
export function sweepUnfinished(parent: string, now: number): number {
  const old = unfinishedStores(parent, now);
  for (const path of old) rmSync(path, { recursive: true, force: true });
  return old.length;
}

/** Stores that were begun a while ago and never got their place. */
export function unfinishedStores(parent: string, now: number): string[] {
  return directoryNames(parent)
    .filter((name) => name.startsWith(UNFINISHED_PREFIX))
    .map((name) => join(parent, name))
    .filter((path) => {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      return stat !== undefined && now - stat.mtimeMs > UNFINISHED_AGE_MS_MAX;
    });
}

function unsafe(directory: string, reason: string): GsessError {
  return new GsessError('store-unsafe', `cannot use the store at "${directory}": ${reason}`, {
    hint: 'Make it your own directory with mode 0700, after looking at who else could have changed it.',
    data: { directory, reason },
  });
}

function damaged(directory: string, reason: string, cause?: unknown): GsessError {
  return new GsessError('store-damaged', `cannot open the store at "${directory}": ${reason}`, {
    data: { directory, reason },
    cause,
  });
}

function newer(directory: string, reason: string): GsessError {
  return new GsessError('format-newer', `cannot open the store at "${directory}": ${reason}`, {
    hint: 'Install a newer gsess.',
    data: { directory, reason },
  });
}
