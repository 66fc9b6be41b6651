// What `gsess doctor` finds: one result for each thing it looked at, and what it could do about it.

export type HealthState = 'ok' | 'warning' | 'failure';

export interface Health {
  readonly check: string;
  readonly state: HealthState;
  readonly message: string;
  /** What to do, for anything but 'ok'. */
  readonly advice: string | null;
  /** What `--fix` would do, each in one line. */
  readonly repairs: readonly Repair[];
}

export interface Repair {
  readonly what: string;
  /** Returns what could not be done. */
  act(): Promise<readonly string[]> | readonly string[];
}

export function ok(check: string, message: string): Health {
  return { check, state: 'ok', message, advice: null, repairs: [] };
}

export function warning(
  check: string,
  message: string,
  { advice, repairs = [] }: { readonly advice: string; readonly repairs?: readonly Repair[] },
): Health {
  return { check, state: 'warning', message, advice, repairs };
}

export function failure(
  check: string,
  message: string,
  { advice, repairs = [] }: { readonly advice: string; readonly repairs?: readonly Repair[] },
): Health {
  return { check, state: 'failure', message, advice, repairs };
}
