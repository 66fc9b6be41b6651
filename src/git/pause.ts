// Waiting. Node has this as `timers/promises`, which takes a millisecond to load, and a clock in `performance`, which takes two: too much
// for what a hook hardly ever needs.

/** Resolves after so many milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Measures how long something has been waited for, by the monotonic clock: the one of the day may jump, or stand still. */
export class Stopwatch {
  #startedAt: number | undefined;

  /** Begins to count, unless it has begun. */
  start(): void {
    this.#startedAt ??= performance.now();
  }

  /** 0 before the start. */
  get elapsedMs(): number {
    return this.#startedAt === undefined ? 0 : performance.now() - this.#startedAt;
  }
}
