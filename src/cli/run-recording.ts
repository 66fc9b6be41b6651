// What `gsess run` records of one run: as the settings have it, without files, or nothing. The agent gets to know by its environment,
// since its hooks are processes of their own that ask nobody else.

import { GsessError } from '../errors.ts';
import type { Context } from './context.ts';
import { isDisabled } from './settings-environment.ts';

export interface RunRecording {
  /** The same with the settings of this run. */
  readonly context: Context;
  /** For the agent. */
  readonly environment: Context['inherited'];
  /** Why nothing is recorded; undefined where something is. */
  readonly nothing: string | undefined;
}

export interface RecordingFlags {
  readonly 'no-session-persistence': boolean;
  readonly checkpointing: boolean;
  readonly 'no-checkpointing': boolean;
}

export function recordingOf(context: Context, flags: RecordingFlags): RunRecording {
  const { checkpointing, 'no-checkpointing': without, 'no-session-persistence': never } = flags;
  if (checkpointing && without) {
    throw new GsessError('usage', '--checkpointing and --no-checkpointing exclude each other');
  }
  const { surroundings, inherited } = context;
  const isChosen = checkpointing || without;
  const settings = {
    ...surroundings.settings,
    ...(isChosen ? { snapshots: checkpointing } : {}),
  };
  const own = { surroundings: { value: { ...surroundings, settings } } };
  return {
    // Not spread: what nobody asks the context for is not to be looked up.
    context: isChosen ? Object.create(context, own) : context,
    environment: {
      ...inherited,
      ...(isChosen ? { GSESS_CHECKPOINTING: checkpointing ? '1' : '0' } : {}),
      ...(never ? { GSESS_DISABLE: '1' } : {}),
    },
    nothing: never ? 'as --no-session-persistence says' : whyNothing(context),
  };
}

/** Why nothing is recorded by itself: a setting, or the environment. */
export function whyNothing({ surroundings, environment }: Context): string | undefined {
  if (isDisabled(environment)) return 'GSESS_DISABLE is set';
  return surroundings.settings.autoSave ? undefined : 'the setting autoSave is false';
}
