// Keeps open the files that a restore has looked at and is about to replace. The system frees a file once it has no name and nobody has
// it open, which takes longer than to give another its name; held, it is freed when it is closed, and that is done in another thread.

import { close } from 'node:fs';
import { promisify } from 'node:util';

const closeLater = promisify(close);

export class HeldFiles {
  readonly #held: number[] = [];
  #closing: Promise<void>[] = [];
  #fault: unknown;

  /** Takes over a descriptor. */
  readonly hold = (descriptor: number): void => {
    this.#held.push(descriptor);
  };

  /** Begins to close all that is held. */
  letGo(): void {
    for (const descriptor of this.#held.splice(0)) {
      const closed = closeLater(descriptor).catch((error: unknown) => {
        this.#fault ??= error;
      });
      this.#closing.push(closed);
    }
  }

  /** Resolves when all is closed; rejects with the first fault. */
  async closed(): Promise<void> {
    this.letGo();
    const closing = this.#closing;
    this.#closing = [];
    await Promise.all(closing);
    if (this.#fault !== undefined) throw this.#fault;
  }
}
