// Keeps the most recently used values within a budget and forgets the rest. Nothing depends on what it still holds.

export class RecentCache<Key, Value> {
  readonly #entries = new Map<Key, { readonly value: Value; readonly cost: number }>();
  readonly #budget: number;
  #spent = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps the value unless it alone would take more than a quarter of the budget. */
  set(key: Key, value: Value, cost: number): void {
    this.#forget(key);
    if (cost > this.#budget / 4) return;
    this.#entries.set(key, { value, cost });
    this.#spent += cost;
    for (const oldest of this.#entries.keys()) {
      if (this.#spent <= this.#budget) return;
      this.#forget(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#spent = 0;
  }

  #forget(key: Key): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#spent -= entry.cost;
  }
}
