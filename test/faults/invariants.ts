// What must hold whatever went wrong, in the numbers of the reliability study: I1 the store is sound to stock git, I2 all that was
// acknowledged is there, I3 the project is as before or as after or a journal finishes it, I4 the same command works again, I5 nothing
// is left lying about after that, I6 nothing else was touched.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../src/git/object-id.ts';
import { recover } from '../../src/session/operate.ts';
import { journalRef } from '../../src/session/operation-log.ts';
import type { Store } from '../../src/session/store.ts';
import { sweepStore } from '../../src/session/sweep-store.ts';
import { differences, type Manifest, manifestOf } from '../support/disk-manifest.ts';
import { fsckComplaints } from '../support/git-oracle.ts';
import type { SessionDriver } from '../support/session-driver.ts';
import { leftoversIn, storesOf } from '../support/user-store.ts';
import type { Verb } from './verbs.ts';

/** What the scene was, and what the verb makes of it where nothing goes wrong. */
export interface Expectation {
  readonly before: Manifest;
  readonly after: Manifest;
  /** Everything of the user's that is neither store nor project. */
  readonly elsewhere: Manifest;
  /** The files that the session holds afterwards. */
  readonly tree: ObjectId | undefined;
  /** The commits that refs led to before. */
  readonly acknowledged: ReadonlySet<ObjectId>;
}

export function elsewhereOf({ home }: Pick<SessionDriver, 'home'>): Manifest {
  return manifestOf(home);
}

export function storeOf(driver: SessionDriver): Store | undefined {
  return storesOf({ data: driver.surroundings.dataDirectory }).length === 0
    ? undefined
    : driver.store;
}

/** The files that the session holds now; undefined without a session, or where it says itself that they are not all. */
export function filesAtTip(driver: SessionDriver): ObjectId | undefined {
  const store = storeOf(driver);
  const tip = store?.tip(driver.session);
  const checkpoint = tip && store?.checkpoint(tip);
  return checkpoint?.files === 'whole' ? store?.files(checkpoint) : undefined;
}

/** All commits that refs lead to; throws where one cannot be read. */
export function reachableCommits(store: Store): Set<ObjectId> {
  const found = new Set<ObjectId>();
  const open = store.refs.list('refs/').map(({ id }) => id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    if (store.objects.sizeOf(id).type === 'tag') open.push(store.objects.readTag(id).object);
    else open.push(...store.objects.readCommit(id).parents);
  }
  return found;
}

/** I1: what stock git says against the stores, empty for sound ones. */
export function unsoundness(driver: SessionDriver): string[] {
  return storesOf({ data: driver.surroundings.dataDirectory })
    .flatMap(fsckComplaints)
    .map((complaint) => `I1: ${complaint}`);
}

/** I2, I3, I6, as they must hold before anyone has come to repair. */
export function violationsNow(driver: SessionDriver, expected: Expectation): string[] {
  const store = storeOf(driver);
  const isOpen = store?.refs.read(journalRef(driver.project)) !== undefined;
  const files = manifestOf(driver.project);
  const isEither = [expected.before, expected.after].some(
    (manifest) => differences(manifest, files).length === 0,
  );
  return [
    ...lostCommits(store, expected),
    ...(isOpen || isEither ? [] : [`I3: ${differences(expected.before, files).join('; ')}`]),
    ...elsewhereChanges(driver, expected),
  ];
}

function lostCommits(store: Store | undefined, { acknowledged }: Expectation): string[] {
  if (acknowledged.size === 0) return [];
  if (store === undefined) return ['I2: the store is gone'];
  const reachable = reachableCommits(store);
  const lost = [...acknowledged].filter((id) => !reachable.has(id));
  return lost.length === 0 ? [] : [`I2: lost ${lost.join(' ')}`];
}

function elsewhereChanges(driver: SessionDriver, { elsewhere }: Expectation): string[] {
  const changes = differences(elsewhere, elsewhereOf(driver));
  return changes.length === 0 ? [] : [`I6: ${changes.join('; ')}`];
}

const LATER_NATIVE_ID = '44444444-4444-4444-8444-444444444444';

/** The next command of the user, the same one again if it had not been done, and the next event. Throws where one does not work: I4. */
export async function tryAgain(driver: SessionDriver, verb: Verb): Promise<void> {
  const store = storeOf(driver);
  if (store !== undefined) await recover(store, driver.project);
  if (!verb.isDone(driver)) await verb.run(driver);
  await verb.next?.(driver);
  // Of another session, so that the one under test stays as it is.
  await driver.event({
    nativeId: LATER_NATIVE_ID,
    kind: 'prompt',
    subject: 'later',
    prompt: 'later',
  });
}

/** All that must hold after `tryAgain`. */
export function violationsAfter(
  driver: SessionDriver,
  verb: Verb,
  expected: Expectation,
): string[] {
  const store = driver.store;
  const files = differences(expected.after, manifestOf(driver.project));
  const data = driver.surroundings.dataDirectory;
  const { locks } = leftoversIn(data);
  sweepStore(withLateClock(store));
  const { temporary } = leftoversIn(data);
  return [
    ...(verb.isDone(driver) ? [] : ['I4: tried again, and still not done']),
    ...(files.length === 0 ? [] : [`I3: ${files.join('; ')}`]),
    ...(store.refs.read(journalRef(driver.project)) === undefined ? [] : ['I3: an open journal']),
    ...lostCommits(store, expected),
    ...locks.map((path) => `I5: ${path}`),
    ...temporary.map((path) => `I5: ${path}`),
    ...temporariesIn(driver.project).map((path) => `I5: ${path}`),
    ...elsewhereChanges(driver, expected),
  ];
}

function temporariesIn(project: string): string[] {
  const names = readdirSync(project, { recursive: true, encoding: 'utf8' });
  return names.filter((path) => /\.gsess-/.test(path)).map((path) => join(project, path));
}

/** The store some hours later, when no temporary file is young any more. */
function withLateClock(store: Store): Store {
  const now = () => Date.now() + 24 * 60 * 60_000;
  return Object.create(store, {
    surroundings: { value: { ...store.surroundings, now } },
  }) as Store;
}
