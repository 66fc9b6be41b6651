// Which result belongs to which call. Where a form has ids, they tell; where it has none (Gemini), by the name of the tool, and first come,
// first served.

import type { SeenCall, SeenResult } from './message-reader.ts';

export class CallNumbers {
  #count = 0;
  readonly #open: { readonly id: string; readonly name: string }[] = [];

  /** What a call is known by from now on. */
  begin({ id, name }: Pick<SeenCall, 'id' | 'name'>): string {
    if (id !== undefined) return id;
    this.#count += 1;
    const given = `${name}#${this.#count}`;
    this.#open.push({ id: given, name });
    return given;
  }

  /** What the call of a result is known by. */
  end({ id, name }: Pick<SeenResult, 'id' | 'name'>): string {
    if (id !== undefined) return id;
    const at = this.#open.findIndex((call) => name === undefined || call.name === name);
    return this.#open.splice(at, at < 0 ? 0 : 1)[0]?.id ?? `${name ?? 'tool'}#0`;
  }
}
