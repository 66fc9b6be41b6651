// One project with one agent, as gsess has it and as the oracle has it, side by side. Each verb is done with gsess and said again for the
// oracle in a line or two; then all that can be looked at is compared (world-checks.ts). A difference throws.

import { lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../../src/errors.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { Checkpoint } from '../../src/session/checkpoint.ts';
import type { SessionId } from '../../src/session/session-id.ts';
import type { Store } from '../../src/session/store.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import type { Change } from './expected-files.ts';
import { covered, FILE_BYTES_MAX, leftOut } from './left-out.ts';
import type { Said } from './said.ts';
import { carryOut, type Edit, edited, isPossible } from './tree-edits.ts';
import type { Tree } from './tree-oracle.ts';
import { checkAll, checkDisk, checkMoment } from './world-checks.ts';

/** A checkpoint of the session, as it should be. */
export interface Moment {
  readonly id: ObjectId;
  readonly kind: string;
  readonly files: Tree;
  readonly leftOut: ReadonlySet<string>;
}

/** Where the conversation of the session stands. */
export interface Place {
  readonly nativeId: string;
  readonly said: Said;
  /** The id that was handed out, and the conversation that waits to be taken up under it. */
  readonly waiting: { readonly nativeId: string; readonly said: Said } | undefined;
}

/** What undo takes back: each part where the operation has it. */
export interface Operation {
  readonly summary: string;
  readonly files?: Change;
  readonly conversation?: { readonly before: Place; readonly after: Place };
  /** Says it again for the oracle, back and forth. */
  readonly refs?: { readonly back: () => void; readonly forth: () => void };
}

export interface Verb {
  readonly name: string;
  /** What new checkpoints of the session hold: the files as they are, or what the one before them held. */
  readonly files: 'taken' | 'kept';
  /** Returns what the disk should be afterwards, where the verb changes it. */
  readonly run: () => Promise<Tree | undefined>;
}

export class ModelWorld {
  readonly directory: string;
  readonly isAged: boolean;
  driver: SessionDriver;
  disk: Tree = new Map();
  readonly moments: Moment[] = [];
  place: Place;
  /** The native id that the agent was started again with. */
  resumed: string | undefined;
  isTurnOpen = false;
  /** The numbers of all turns that were ever begun. */
  readonly turns: number[] = [];
  /** What had been said when a turn was over, by its last checkpoint. */
  readonly endings = new Map<ObjectId, Said>();
  readonly names = new Map<SessionId, string | null>();
  /** Where the other sessions stand: they do not move but by what is done to them. */
  readonly others = new Map<
    SessionId,
    { readonly files: Tree; readonly texts: readonly string[] }
  >();
  readonly tags = new Map<string, ObjectId>();
  undoable: Operation[] = [];
  redoable: Operation[] = [];
  steps = 0;
  /** How often each verb was done, and what was refused. */
  readonly done = new Map<string, number>();
  readonly #session: SessionId;
  readonly #drivers = new Map<string, SessionDriver>();
  /** A store is opened anew at each look. */
  readonly #opened: Store[] = [];
  /** Counts what needs a name of its own. */
  #number = 0;

  private constructor(directory: string, isAged: boolean, driver: SessionDriver) {
    this.directory = directory;
    this.isAged = isAged;
    this.driver = driver;
    this.#session = driver.session;
    this.#drivers.set(driver.nativeId, driver);
    this.place = { nativeId: driver.nativeId, said: [], waiting: undefined };
  }

  /** `isAged`: a minute passes before each look, so that what was seen once is at rest and the stat cache is believed. */
  static async begin(directory: string, isAged: boolean): Promise<ModelWorld> {
    let last = 0;
    const now = () => {
      last = Math.max(last + 1, Date.now() + (isAged ? 60_000 : 0));
      return last;
    };
    const limits = { ...DEFAULT_SETTINGS.limits, fileBytes: FILE_BYTES_MAX };
    const settings = { ...DEFAULT_SETTINGS, limits };
    const driver = await startSession(directory, { surroundings: { now, settings } });
    return new ModelWorld(directory, isAged, driver);
  }

  get store(): Store {
    const { store } = this.driver;
    this.#opened.push(store);
    return store;
  }

  /** Gives back the descriptors of the stores that were looked into, which are many in a long run. */
  close(): void {
    for (const store of this.#opened.splice(0)) store.objects.close();
  }

  get session(): SessionId {
    return this.#session;
  }

  next(): number {
    this.#number += 1;
    return this.#number;
  }

  edit(edit: Edit): void {
    if (!isPossible(this.disk, edit)) return;
    carryOut(this.driver.project, this.disk, edit);
    this.disk = edited(this.disk, edit);
  }

  /** The agent talks under this native id from now on, in the same project. */
  async speakUnder(nativeId: string): Promise<void> {
    const { surroundings } = this.driver;
    const known = this.#drivers.get(nativeId);
    this.driver = known ?? (await startSession(this.directory, { nativeId, surroundings }));
    this.#drivers.set(nativeId, this.driver);
  }

  /** Does a verb and compares; `verb` may say what the disk should be afterwards. */
  async doing(verb: Verb): Promise<void> {
    const before = this.disk;
    this.disk = (await verb.run()) ?? this.disk;
    this.done.set(verb.name, (this.done.get(verb.name) ?? 0) + 1);
    checkDisk(this);
    this.#noteMoments(before, verb.files);
    checkAll(this);
    if (this.isAged) this.#waitForATick();
  }

  /** Runs it and gives the code it was refused with, 'done' if it was not. */
  async codeOf(action: Promise<unknown>): Promise<string> {
    try {
      await action;
      return 'done';
    } catch (error) {
      if (!(error instanceof GsessError)) throw error;
      this.done.set('refused', (this.done.get('refused') ?? 0) + 1);
      return error.code;
    }
  }

  did(operation: Operation): void {
    this.undoable.push(operation);
    this.redoable = [];
  }

  #noteMoments(before: Tree, files: Verb['files']): void {
    const { store } = this;
    const tip = store.tip(this.session);
    if (tip === undefined) {
      if (this.moments.length > 0) throw new Error('the session is gone');
      return;
    }
    if (this.moments.length === 0) this.names.set(this.session, null);
    const known = this.moments.at(-1)?.id;
    const added: Checkpoint[] = [];
    for (const checkpoint of store.history(tip)) {
      if (checkpoint.id === known) break;
      added.unshift(checkpoint);
      if (checkpoint.parents.length === 0 && known !== undefined) {
        throw new Error('the old tip is no ancestor of the new one');
      }
    }
    for (const checkpoint of added) {
      const { id, kind, subject } = checkpoint;
      const previous = this.moments.at(-1);
      const isBefore = kind === 'tool' || subject.startsWith('before ');
      const tree = isBefore ? before : this.disk;
      const taken = { files: covered(tree), leftOut: leftOut(tree) };
      const held = files === 'kept' && previous !== undefined ? previous : taken;
      const moment = { id, kind, files: held.files, leftOut: held.leftOut };
      checkMoment(this, checkpoint, moment);
      this.moments.push(moment);
    }
  }

  /** Until a file that is changed now gets another time than one that was changed before. */
  #waitForATick(): void {
    const probe = join(this.directory, 'tmp', 'probe');
    const touch = () => {
      writeFileSync(probe, '');
      return lstatSync(probe, { bigint: true }).ctimeNs;
    };
    const first = touch();
    while (touch() === first);
  }
}
