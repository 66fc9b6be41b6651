// What is said of a restore that could not be carried out.

import { GsessError } from '../errors.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import type { Observation } from './disk-state.ts';

/** Something else stands there than the plan saw. */
export function changed(
  { path }: { readonly path: RawPath },
  { insteadOf }: Observation,
): GsessError {
  const where = displayPath(insteadOf ?? path);
  return new GsessError('tree-changed', `Cannot restore: '${where}' was changed meanwhile`, {
    data: { path: where },
  });
}

/** The error to throw once what was done has been taken back, as far as it could be. */
export function failure(
  cause: unknown,
  {
    failedAt,
    takenBack,
    stuck,
  }: { failedAt: RawPath | undefined; takenBack: number; stuck: RawPath[] },
): GsessError {
  const where = failedAt === undefined ? undefined : displayPath(failedAt);
  const isOurs = cause instanceof GsessError;
  const message = isOurs ? cause.message : `Cannot restore '${where}': ${String(cause)}`;
  return new GsessError(isOurs ? cause.code : 'restore-failed', message, {
    hint:
      stuck.length === 0
        ? 'Nothing is changed: try again when the cause is gone.'
        : 'Some paths could not be taken back: their content is in the safety checkpoint.',
    data: {
      ...(where === undefined ? {} : { path: where }),
      takenBack,
      notTakenBack: stuck.map(displayPath),
    },
    cause,
  });
}
