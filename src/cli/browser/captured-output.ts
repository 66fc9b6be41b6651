// What a command says while the browser has the screen: kept as text instead of printed.

import { Output, type OutputStream } from '../output.ts';

export interface CapturedOutput {
  readonly output: Output;
  /** What was said since the last time, notes and warnings first. */
  take(): string;
}

export function captureOutput(shape: {
  readonly columns: number;
  readonly colour: boolean;
}): CapturedOutput {
  const result = new KeptStream(shape.columns);
  const notes = new KeptStream(undefined);
  const output = new Output({ stdout: result, stderr: notes, json: false, colour: shape.colour });
  return { output, take: () => notes.take() + result.take() };
}

class KeptStream implements OutputStream {
  readonly isTTY: boolean;
  readonly columns: number;
  #text = '';

  constructor(columns: number | undefined) {
    this.isTTY = columns !== undefined;
    this.columns = columns ?? 80;
  }

  write(chunk: string | Uint8Array, done?: () => void): boolean {
    this.#text += Buffer.from(chunk).toString();
    done?.();
    return true;
  }

  on(): void {
    // Memory does not fail.
  }

  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
