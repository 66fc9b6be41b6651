// The output of a hook: none.

import { Output, type OutputStream } from './output.ts';

export function silentOutput(): Output {
  const stream: OutputStream = {
    write: (_chunk, done) => {
      done?.();
      return true;
    },
    on: () => undefined,
  };
  return new Output({ stdout: stream, stderr: stream, json: false, colour: false });
}
