// Loads what is run where no agent reports an event. In the bundled program `load-bundled-program.ts` stands in its place.

type AllButHooks = typeof import('./all-but-hooks.ts');

export interface LoadedProgram extends AllButHooks {
  /** To be called when all is done: keeps what makes the next run of this command start sooner. */
  keep(command: string): Promise<void>;
}

export async function loadProgram(): Promise<LoadedProgram> {
  return { ...(await import('./all-but-hooks.ts')), keep: async () => undefined };
}
