// gsess status: what is captured here, when last, and what was left out or failed.

import type { Limits } from '../../session/limits.ts';
import { shortSessionId } from '../../session/session-id.ts';
import { clearPause } from '../../session/snapshot-pause.ts';
import { ageText, bytesText } from '../../ui/human-units.ts';
import type { Paint } from '../../ui/paint.ts';
import { safeText } from '../../ui/safe-text.ts';
import { type CaptureState, captureState } from '../capture-state.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import type { HookState } from '../hook-state.ts';
import { whyNothing } from '../run-recording.ts';
import { originText, skippedText } from '../session-facts-text.ts';
import { momentFactsJson, sessionJson } from '../session-json.ts';
import { renderPairs } from '../table.ts';

const UNHEARD_MAX = 5;
const RETIRED_MAX = 5;

export const status = defineCommand({
  name: 'status',
  summary: 'tell what is captured here, and what failed lately',
  details: `Shows the store of this project and its sessions; the current session, its last checkpoint, and what was left
    out of its files; whether the hooks of gsess stand in the settings of the agents; what went wrong
    in the last seven days; an operation that was interrupted, which the next command that
    changes something will finish; when the store was tidied last, and what could not be done then;
    and the limits of a snapshot, which the settings can change.

    Where a snapshot of the files cost too much and came to nothing, gsess waits before it tries
    again, and keeps the conversation meanwhile. Looking ends the wait: the next event tries again.`,
  examples: [{ command: 'gsess status', description: 'ask whether this work is being kept' }],
  slash: {},
  run: async (context) => {
    const state = await captureState(context);
    if (state.store !== undefined) clearPause(state.store, state.project.root);
    await context.output.result(stateJson(state, context), () => stateText(state, context));
  },
});

function stateJson(state: CaptureState, context: Context) {
  const { surroundings } = context;
  const {
    project,
    store,
    sessions,
    sessionsHere,
    live,
    current,
    last,
    hooks,
    journal,
    damage,
    pause,
    tidied,
  } = state;
  return {
    project: project.path,
    root: project.root,
    store: store?.repository.directory ?? null,
    recording: whyNothing(context) === undefined,
    snapshots: surroundings.settings.snapshots,
    sessions,
    sessionsHere,
    live,
    current: current === undefined ? null : sessionJson(current),
    source: state.source ?? null,
    last:
      last === undefined ? null : { ...momentFactsJson(last.checkpoint), skipped: last.skipped },
    hooks,
    unheard: state.unheard,
    failures: state.failures,
    journal:
      journal === undefined
        ? null
        : { verb: journal.verb, summary: journal.summary, at: journal.at },
    damaged: [...damage].map(([ref, reason]) => ({ ref, reason })),
    paused: pause ?? null,
    tidied:
      tidied === undefined
        ? null
        : { at: tidied.at, bytes: tidied.bytesAfter, skipped: tidied.skipped },
    retired: state.retired.map(({ session: { id, title }, root, at, reason }) => ({
      id,
      title,
      root,
      at,
      reason,
    })),
    limits: surroundings.settings.limits,
  };
}

function stateText(state: CaptureState, context: Context): string {
  const { output, surroundings } = context;
  const nothing = whyNothing(context);
  const { paint } = output;
  const now = surroundings.now();
  const texts = [
    nothing === undefined ? '' : paint.warning(`Nothing is recorded: ${nothing}.`),
    factsText(state, now),
    state.last === undefined ? '' : skippedText(state.last.skipped),
    hooksText(state.hooks, paint),
    unheardText(state, paint),
    surroundings.settings.snapshots
      ? ''
      : 'Files are not captured: checkpointing.enabled is false.',
    damageText(state, paint),
    pauseText(state, { paint, now }),
    journalText(state, paint),
    tidiedText(state, paint),
    retiredText(state, { paint, now }),
    failuresText(state, now),
    limitsText(surroundings.settings.limits),
  ];
  return texts.filter((text) => text !== '').join('\n\n');
}

function factsText(state: CaptureState, now: number): string {
  const { project, store, sessions, sessionsHere, live, current, last, tidied } = state;
  const others = sessions - sessionsHere;
  const elsewhere = others > 0 ? `, ${others} of other directories of the project` : '';
  return renderPairs([
    ['project', project.path],
    ['root', project.root === project.path ? '' : project.root],
    ['store', store?.repository.directory ?? 'none yet: nothing was captured here'],
    ['sessions', store === undefined ? '' : `${sessionsHere} here${elsewhere}, ${live} running`],
    ['current', current === undefined ? '' : currentText(current)],
    ['transcript', state.source?.state === 'present' ? '' : originText(state.source ?? null)],
    ['last checkpoint', last === undefined ? '' : momentText(last.checkpoint, now)],
    ['files', last === undefined ? '' : last.checkpoint.files],
    [
      'tidied',
      tidied === undefined
        ? ''
        : `${ageText(Date.parse(tidied.at), now)}, ${bytesText(tidied.bytesAfter)}`,
    ],
  ]);
}

function currentText({ id, name, title, live }: NonNullable<CaptureState['current']>): string {
  return `${shortSessionId(id)} ${name ?? title}${live ? ' (running)' : ''}`;
}

function momentText(
  { subject, at }: NonNullable<CaptureState['last']>['checkpoint'],
  now: number,
): string {
  return `${subject}, ${ageText(at.getTime(), now)}`;
}

function hooksText(hooks: readonly HookState[], paint: Paint): string {
  const shown = hooks.filter(({ state }) => state !== 'absent');
  if (shown.length === 0) {
    return paint.warning(`No hooks of gsess are installed: 'gsess connect' puts them in.`);
  }
  const lines = shown.map(({ agent, scope, state, path }) => {
    const text = `  ${agent}, ${scope}: ${state} in ${safeText(path)}`;
    return state === 'installed' ? text : paint.warning(text);
  });
  return ['Hooks:', ...lines].join('\n');
}

function unheardText({ unheard }: CaptureState, paint: Paint): string {
  if (unheard.length === 0) return '';
  const lines = unheard
    .slice(0, UNHEARD_MAX)
    .map(({ agent, nativeId, at }) => safeText(`  ${agent} ${nativeId}, written ${at}`));
  const told = `Sessions of which no event came, so that they are not kept; 'gsess doctor' says what to do:`;
  return [paint.warning(told), ...lines].join('\n');
}

function journalText({ journal }: CaptureState, paint: Paint): string {
  if (journal === undefined) return '';
  const { summary, at } = journal;
  return paint.warning(
    `Interrupted: '${safeText(summary)}' of ${at}; the next command that changes something finishes it.`,
  );
}

function tidiedText({ tidied }: CaptureState, paint: Paint): string {
  if (tidied === undefined || tidied.skipped.length === 0) return '';
  const lines = tidied.skipped.map((reason) => safeText(`  ${reason}`));
  return [paint.warning('When the store was tidied last:'), ...lines].join('\n');
}

function retiredText(
  { retired, project }: CaptureState,
  { paint, now }: { readonly paint: Paint; readonly now: number },
): string {
  if (retired.length === 0) return '';
  const newest = retired.toReversed().slice(0, RETIRED_MAX);
  const lines = newest.map(({ session: { id, title }, root, at, reason }) => {
    const where = root === project.root ? '' : `, in ${root}`;
    const when = ageText(Date.parse(at), now);
    return safeText(`  ${shortSessionId(id)} ${title}, ${when} (${reason})${where}`);
  });
  const more = retired.length - newest.length;
  const told = `Moved to the trash as the settings say; 'gsess undo' brings them back:`;
  return [paint.warning(told), ...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

function damageText({ damage }: CaptureState, paint: Paint): string {
  if (damage.size === 0) return '';
  const lines = [...damage].map(([ref, reason]) => safeText(`  ${ref}: ${reason}`));
  const told = `Damaged, so that nothing is captured into it; 'gsess doctor' says what can be recovered:`;
  return [paint.bad(told), ...lines].join('\n');
}

function pauseText(
  { pause }: CaptureState,
  { paint, now }: { readonly paint: Paint; readonly now: number },
): string {
  if (pause === undefined) return '';
  const { reason, attempts, last, limit } = pause;
  const tries = attempts === 1 ? 'once' : `${attempts} times in a row, last`;
  return [
    paint.warning(`Files are not captured for now: ${safeText(reason)}`),
    `  Tried ${tries} ${ageText(Date.parse(last), now)}; the conversation is kept. The next event tries again.`,
    ...(limit === null
      ? []
      : [`  The setting is 'limits.${safeText(limit)}'; 'gsess doctor' says what to do.`]),
  ].join('\n');
}

function failuresText({ failures }: CaptureState, now: number): string {
  if (failures.length === 0) return '';
  const lines = failures.map(({ at, agent, event, message, count, first }) => {
    const age = ageText(Date.parse(at), now);
    const often = count === 1 ? '' : ` (${count} times since ${first})`;
    return safeText(`  ${age}, ${agent} ${event}: ${message}${often}`);
  });
  return ['Failures:', ...lines].join('\n');
}

function limitsText(limits: Limits): string {
  const { fileBytes, treeBytes, treeFiles, growthBytes, hookMs, freeBytes } = limits;
  return [
    `Limits: a file ${bytesText(fileBytes)}, all files ${bytesText(treeBytes)} and ${treeFiles} in number,`,
    `  new at one event ${bytesText(growthBytes)}, a hook ${hookMs / 1000} s, left free on the disk ${bytesText(freeBytes)}`,
  ].join('\n');
}
