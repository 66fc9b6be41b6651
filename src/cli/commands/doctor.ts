// gsess doctor: asks whether gsess works here, from the hooks to a round trip, and mends what can be mended.

import { GsessError } from '../../errors.ts';
import { locateProject } from '../../session/project.ts';
import { safeText } from '../../ui/safe-text.ts';
import { checkMachine } from '../check-machine.ts';
import { checkStore } from '../check-store.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { failure, type Health, ok, type Repair } from '../health.ts';
import { checkRoundTrip } from '../round-trip.ts';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'check whether gsess works here, and mend what can be mended',
  details: `Looks at the settings, the agents and their hooks, the data directory and who may read it, the space on the
    disk, the store of this project and its refs, the clock, and what failed lately; then makes a round trip in
    a scratch folder: real events to a real hook, a restore, a comparison. Each finding says what to do.
    Nothing is changed, but that the next event tries again to capture files that were given up.

    With --fix, what is listed as a repair is carried out, after a question. Modes that are too wide are
    narrowed. A branch that holds no id, or leads to nothing, is set to the newest whole checkpoint that
    names its session; the damaged file is kept in 'gsess/damaged' of the store.

    The exit status is 1 if a check failed, or a repair. 'gsess verify' reads the whole store.`,
  options: {
    fix: { type: 'boolean', description: 'carry out the repairs that are listed' },
    yes: { type: 'boolean', alias: 'y', description: 'do not ask before that' },
    quick: { type: 'boolean', description: 'leave out the round trip' },
  },
  examples: [
    { command: 'gsess doctor', description: 'check everything' },
    { command: 'gsess doctor --fix', description: 'check, show the repairs, and ask' },
  ],
  run: async (context, { fix, yes, quick }) => {
    const { output } = context;
    const checks = await examine(context, quick);
    const repairs = checks.flatMap((check) => check.repairs);
    const isToRepair = fix && repairs.length > 0;
    if (isToRepair && !yes) {
      for (const { what } of repairs) output.note(`would ${safeText(what)}`);
      const question = repairs.length === 1 ? 'Do this?' : `Do these ${repairs.length} things?`;
      if (!(await context.confirm(question))) {
        output.note('Nothing was done.');
        context.exitStatus = 1;
        return;
      }
    }
    const faults = isToRepair ? await carryOut(repairs) : [];
    const isWell = checks.every(
      ({ state, repairs: own }) => state !== 'failure' || (fix && own.length > 0),
    );
    if (!isWell || faults.length > 0) context.exitStatus = 1;
    const value = {
      ok: checks.every(({ state }) => state !== 'failure'),
      checks: checks.map(({ repairs: own, ...check }) => ({
        ...check,
        repairs: own.map(({ what }) => what),
      })),
      repaired: isToRepair,
      faults,
    };
    await output.result(value, () =>
      healthText(checks, { faults, isRepaired: isToRepair }, context),
    );
  },
});

async function examine(context: Context, isQuick: boolean): Promise<Health[]> {
  context.output.progress('looking around');
  const trip = () => (isQuick ? [] : [checkRoundTrip(context)]);
  try {
    const { surroundings, cwd, directories } = context;
    const project = locateProject(cwd, surroundings);
    return [
      ok('settings', `those of '${directories.settingsFile}' hold, or the defaults`),
      ...(await checkMachine(context, project)),
      ...checkStore(context, project),
      ...trip(),
    ];
  } catch (error) {
    if (!(error instanceof GsessError) || error.code !== 'settings-invalid') throw error;
    // Without settings nothing else can be found.
    const advice = error.hint ?? 'Correct the settings.';
    return [failure('settings', error.message, { advice })];
  }
}

async function carryOut(repairs: readonly Repair[]): Promise<string[]> {
  const faults: string[] = [];
  for (const repair of repairs) faults.push(...(await repair.act()));
  return faults;
}

function healthText(
  checks: readonly Health[],
  done: { readonly faults: readonly string[]; readonly isRepaired: boolean },
  { output }: Context,
): string {
  const { paint } = output;
  const signs = {
    ok: paint.good('ok     '),
    warning: paint.warning('warning'),
    failure: paint.bad('failure'),
  };
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.flatMap(({ check, state, message, advice, repairs }) => [
    `${signs[state]}  ${check.padEnd(width)}  ${safeText(message)}`,
    ...(advice === null || (done.isRepaired && repairs.length > 0)
      ? []
      : [`         ${safeText(advice)}`]),
    ...repairs.map(
      ({ what }) => `         ${done.isRepaired ? 'done' : '--fix would'}: ${safeText(what)}`,
    ),
  ]);
  const faults = done.faults.map((fault) => paint.bad(`not done: ${safeText(fault)}`));
  return [...lines, ...faults].join('\n');
}
