// Loads what an agent runs at each of its events. In the bundled program `load-bundled-hook.ts` stands in its place.

export interface LoadedHook {
  readonly runHook: typeof import('./run-hook.ts').runHook;
  /** To be called when the hook has done its work: keeps what makes the next one start sooner. */
  keep(): Promise<void>;
}

export async function loadHook(): Promise<LoadedHook> {
  const { runHook } = await import('./run-hook.ts');
  return { runHook, keep: async () => undefined };
}
