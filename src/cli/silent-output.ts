// The output of a hook: none.

import { Output, type OutputOptions, type OutputStream } from './output.ts';

const nowhere: OutputStream = {
  write: (_chunk, done) => {
    done?.();
    return true;
  },
  on: () => undefined,
};

/** Printed nowhere, and shown to nobody. */
export const SILENT: OutputOptions = {
  stdout: nowhere,
  stderr: nowhere,
  json: false,
  colour: false,
};

export function silentOutput(): Output {
  return new Output(SILENT);
}
