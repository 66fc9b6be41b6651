// A ring of shared memory through which one thread hands objects to another, with a word of state beside it. Neither side sends
// messages, so both can work and wait without giving way to an event loop. One thread pushes, one takes.
//
// A ring that nobody has joined yet can be closed again by the side that pushes, which then takes its objects back: whoever comes
// later finds it closed. So an object in the ring is always somebody's, and never two threads'.

import { OBJECT_ID_BYTES, type ObjectId, objectIdAt } from './object-id.ts';

/** What the taking side is doing; each but the first two is final. */
export const RING_STATE = { unjoined: 0, joined: 1, done: 2, failed: 3, closed: 4 } as const;

export type RingState = (typeof RING_STATE)[keyof typeof RING_STATE];

/** What the pushing side wants once the ring is empty; `abandon` does not wait for that. */
export const RING_ORDER = { goOn: 0, finish: 1, abandon: 2 } as const;

export type RingOrder = (typeof RING_ORDER)[keyof typeof RING_ORDER];

export interface RingItem {
  readonly id: ObjectId;
  /** Valid until `release`. */
  readonly content: Buffer;
}

/** Where the control words stand. Positions count units, never wrap in the ring's life, and are compared by difference. */
const STATE = 0;
const ORDER = 1;
const PUSHED = 2;
const RELEASED = 3;
/** Goes up whenever the taking side has something to look at. */
const BELL = 4;
const CONTROL_BYTES = 64;
const NOTE_BYTES_MAX = 1024;
const UNIT = 32;
const HEAD_BYTES = 4 + OBJECT_ID_BYTES;
const SKIP_TO_START = 0xffff_ffff;

export class ObjectRing {
  readonly shared: SharedArrayBuffer;
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #note: Buffer<SharedArrayBuffer>;
  readonly #bytes: Buffer<SharedArrayBuffer>;
  readonly #units: number;
  #taken = 0;

  constructor(shared: SharedArrayBuffer) {
    const start = CONTROL_BYTES + NOTE_BYTES_MAX;
    this.shared = shared;
    this.#control = new Int32Array(shared, 0, CONTROL_BYTES / 4);
    this.#note = Buffer.from(shared, CONTROL_BYTES, NOTE_BYTES_MAX);
    this.#bytes = Buffer.from(shared, start, shared.byteLength - start);
    this.#units = Math.floor(this.#bytes.length / UNIT);
  }

  static ofBytes(bytes: number): ObjectRing {
    return new ObjectRing(new SharedArrayBuffer(CONTROL_BYTES + NOTE_BYTES_MAX + bytes));
  }

  get state(): RingState {
    return Atomics.load(this.#control, STATE) as RingState;
  }

  /** Puts an object in, if there is room for it now. */
  push(id: ObjectId, content: Uint8Array): boolean {
    const units = Math.ceil((HEAD_BYTES + content.length) / UNIT);
    const pushed = this.#word(PUSHED);
    const at = pushed % this.#units;
    const tail = this.#units - at;
    const skipped = units > tail ? tail : 0;
    const used = pushed - this.#word(RELEASED);
    if (used + skipped + units > this.#units) return false;
    if (skipped > 0) this.#bytes.writeUInt32LE(SKIP_TO_START, at * UNIT);
    const start = skipped > 0 ? 0 : at * UNIT;
    this.#bytes.writeUInt32LE(content.length, start);
    this.#bytes.write(id, start + 4, 'hex');
    this.#bytes.set(content, start + HEAD_BYTES);
    this.#setWord(PUSHED, pushed + skipped + units);
    this.#ring();
    return true;
  }

  /** Tells the taking side what is wanted of it. */
  order(order: RingOrder): void {
    Atomics.store(this.#control, ORDER, order);
    this.#ring();
  }

  /** Closes the ring if nobody has joined it; what is in it can then be taken here. */
  closeUnlessJoined(): boolean {
    const before = Atomics.compareExchange(
      this.#control,
      STATE,
      RING_STATE.unjoined,
      RING_STATE.closed,
    );
    return before === RING_STATE.unjoined || before === RING_STATE.closed;
  }

  /** Waits while the taking side works, and gives its state: still `joined` if it showed no progress for this long. */
  waitForEnd(stalledMs: number): RingState {
    for (;;) {
      const released = this.#word(RELEASED);
      const outcome = Atomics.wait(this.#control, STATE, RING_STATE.joined, stalledMs);
      if (outcome !== 'timed-out') return this.state;
      if (this.#word(RELEASED) === released) return this.state;
    }
  }

  /** Makes the caller the taking side; false if the ring is closed. */
  join(): boolean {
    const before = Atomics.compareExchange(
      this.#control,
      STATE,
      RING_STATE.unjoined,
      RING_STATE.joined,
    );
    return before === RING_STATE.unjoined;
  }

  /** The next object, or undefined if the ring is empty. */
  take(): RingItem | undefined {
    for (;;) {
      if (this.#word(PUSHED) === this.#taken) return undefined;
      const at = (this.#taken % this.#units) * UNIT;
      const length = this.#bytes.readUInt32LE(at);
      if (length !== SKIP_TO_START) {
        const content = this.#bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
        this.#taken += Math.ceil((HEAD_BYTES + length) / UNIT);
        return { id: objectIdAt(this.#bytes, at + 4), content };
      }
      this.#taken += this.#units - at / UNIT;
    }
  }

  /** Gives back the room of all that was taken. */
  release(): void {
    this.#setWord(RELEASED, this.#taken);
  }

  /** Waits until there is an object to take or an order to follow; gives the order if the ring is empty or abandoned. */
  waitForWork(): RingOrder {
    for (;;) {
      const bell = Atomics.load(this.#control, BELL);
      const order = Atomics.load(this.#control, ORDER) as RingOrder;
      if (order === RING_ORDER.abandon) return order;
      if (this.#word(PUSHED) !== this.#taken) return RING_ORDER.goOn;
      if (order === RING_ORDER.finish) return order;
      Atomics.wait(this.#control, BELL, bell);
    }
  }

  /** Ends the taking side's part, with a note for the other. */
  end(state: typeof RING_STATE.done | typeof RING_STATE.failed, note: string): void {
    this.#note.fill(0);
    this.#note.write(note);
    Atomics.store(this.#control, STATE, state);
    Atomics.notify(this.#control, STATE);
  }

  get note(): string {
    const end = this.#note.indexOf(0);
    return this.#note.toString('utf8', 0, end < 0 ? this.#note.length : end);
  }

  #word(which: number): number {
    return Atomics.load(this.#control, which) >>> 0;
  }

  #setWord(which: number, value: number): void {
    Atomics.store(this.#control, which, value | 0);
  }

  #ring(): void {
    Atomics.add(this.#control, BELL, 1);
    Atomics.notify(this.#control, BELL);
  }
}
