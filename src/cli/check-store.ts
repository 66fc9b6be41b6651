// What `gsess doctor` asks of the store of this project. A store that must not be used, or is of a newer gsess, is one finding and the end
// of it.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import { readGarbageReport } from '../session/collect-garbage.ts';
import { interruptedForks } from '../session/fork-note.ts';
import type { Project } from '../session/project.ts';
import type { RefRecovery } from '../session/ref-recovery.ts';
import { planRepair, repairRefs } from '../session/repair-refs.ts';
import { clearPause, readPause } from '../session/snapshot-pause.ts';
import { openStoreOf, type Store } from '../session/store.ts';
import { leftoverCount, sweepStore } from '../session/sweep-store.ts';
import { ageText } from '../ui/human-units.ts';
import { journalOf, recentFailures } from './capture-state.ts';
import type { Context } from './context.ts';
import { failure, type Health, ok, warning } from './health.ts';

const CLOCK_MS_MAX = 5 * 60_000;

export function checkStore(context: Context, project: Project): Health[] {
  const failures = checkFailures(context, project);
  let store: Store | undefined;
  try {
    store = openStoreOf(project, context.surroundings);
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    const advice = error.hint ?? 'Restore it from a backup.';
    return [failure('store', error.message, { advice }), failures];
  }
  if (store === undefined) {
    return [ok('store', 'there is none yet: nothing was captured in this project'), failures];
  }
  return [
    ok('store', `'${store.repository.directory}' opens, ${tidiedText(store)}`),
    checkRefs(store),
    checkClock(store),
    checkJournal(store, project.root),
    checkLeftovers(store),
    checkForks(store),
    checkPause(store, project.root),
    failures,
  ];
}

function tidiedText(store: Store): string {
  const report = readGarbageReport(store);
  if (report === undefined) return "and 'gsess gc' was never needed or run";
  return `tidied ${ageText(Date.parse(report.at), store.surroundings.now())}`;
}

function checkRefs(store: Store): Health {
  const planned = planRepair(store);
  const ignored = store.refs.scan('').ignored.length;
  const [first] = planned;
  if (first === undefined) {
    const beside = ignored === 0 ? '' : `; ${ignored} other files lie among them`;
    return ok('refs', `all can be read and lead somewhere${beside}`);
  }
  const more = planned.length === 1 ? '' : ` (and ${planned.length - 1} more)`;
  const message = `'${first.ref}' is damaged: ${first.reason}${more}`;
  const known = planned.filter(({ action }) => action !== 'none');
  if (known.length === 0) {
    const advice = "Nothing in the store says what it held; see 'gsess verify', and your backups.";
    return failure('refs', message, { advice });
  }
  return failure('refs', message, {
    advice: "Run 'gsess doctor --fix', which keeps the damaged files and does what is listed here.",
    repairs: known.map((recovery) => ({
      what: recoveryText(recovery),
      act: () => repairRefs(store, [recovery]),
    })),
  });
}

function recoveryText({ ref, action, value, because }: RefRecovery): string {
  if (action === 'set') return `set '${ref}' to ${value?.slice(0, 10)}: ${because}`;
  return `${action === 'remove' ? 'remove' : 'write anew'} '${ref}': ${because}`;
}

function checkClock(store: Store): Health {
  const { now } = store.surroundings;
  const newest = Math.max(
    0,
    ...store.sessions().map(({ tip }) => store.checkpoint(tip).at.getTime()),
  );
  const written = statSync(join(store.repository.directory, 'HEAD')).mtimeMs;
  const ahead = Math.max(newest, written) - now();
  if (ahead <= CLOCK_MS_MAX) return ok('clock', 'it is not behind what is kept');
  const minutes = Math.round(ahead / 60_000);
  return warning('clock', `the newest of what is kept is ${minutes} minutes ahead of the clock`, {
    advice: 'Set the clock. History is kept in its order all the same; ages are shown wrong.',
  });
}

function checkJournal(store: Store, root: string): Health {
  try {
    const journal = journalOf(store, root);
    if (journal === undefined) return ok('journal', 'no operation was interrupted');
    return warning('journal', `'${journal.summary}' of ${journal.at} was interrupted`, {
      advice: 'The next command that changes something, or the next event, finishes it.',
    });
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    return failure('journal', error.message, { advice: error.hint ?? "See 'gsess verify'." });
  }
}

function checkLeftovers(store: Store): Health {
  const count = leftoverCount(store);
  if (count === 0) return ok('leftovers', 'no old temporary files');
  return warning('leftovers', `${count} temporary files of runs that were killed`, {
    advice: "They go with the end of the next session, or with 'gsess doctor --fix'.",
    repairs: [{ what: `remove ${count} old temporary files`, act: () => sweep(store) }],
  });
}

function checkForks(store: Store): Health {
  const [first, ...others] = interruptedForks(store);
  if (first === undefined) return ok('forks', 'none was interrupted');
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return warning('forks', `a fork was interrupted and left its files in '${first}'${more}`, {
    advice:
      'Remove the directory and fork again: all that the fork wrote there is in its checkpoint.',
  });
}

function sweep(store: Store): readonly string[] {
  sweepStore(store);
  return [];
}

/** To look ends the pause: whoever looks is about to do something. */
function checkPause(store: Store, root: string): Health {
  const pause = readPause(store, root);
  if (pause === undefined) return ok('pause', 'files are captured at every event');
  clearPause(store, root);
  const times = pause.attempts === 1 ? 'once' : `${pause.attempts} times in a row`;
  const setting = pause.limit === null ? '' : `, or change the setting 'limits.${pause.limit}'`;
  return warning('pause', `files were not captured for a while (${times}): ${pause.reason}`, {
    advice: `The next event tries again. Leave out what is no source in '.gsessignore', run 'gsess connect' once${setting}.`,
  });
}

function checkFailures(context: Context, project: Project): Health {
  const [newest, ...others] = recentFailures(context, project);
  if (newest === undefined) return ok('failures', 'no event failed in the last seven days');
  const more = others.length === 0 ? '' : `, and ${others.length} others`;
  const times = newest.count === 1 ? '' : ` (${newest.count} times)`;
  return warning('failures', `at ${newest.at}${times}: ${newest.message}${more}`, {
    advice: "See 'gsess status'; each is told for seven days after it came last.",
  });
}
