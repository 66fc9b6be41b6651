// Facts that many records of a session tell, each as what the whole session has of it.

/** Each text once, in the order in which they were first told; the empty one is none. */
export function distinct(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.flatMap((text) => text || []))];
}

/** From the earliest time told, wherever it stands, to the one told last. */
export function timeSpan(times: readonly number[]): {
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
} {
  return {
    startedAt: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
    endedAt: times.at(-1),
  };
}
