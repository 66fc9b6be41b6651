// A run of which nothing is kept: no file is written, no directory made, and what was said is gone with the process. There is nothing to
// list or to resume then; what would have to be kept is refused.

import { randomUUID } from 'node:crypto';
import { encodeLine } from '../agents/embedded/message-lines.ts';
import { GsessError } from '../errors.ts';
import type { OpenOptions } from './open-store.ts';
import type { Recorder } from './recorder.ts';
import type { SessionStore } from './session-store.ts';

export class MemoryStore<Message extends object> implements SessionStore<Message> {
  readonly root: string;
  readonly repository = null;

  constructor({ directory }: OpenOptions) {
    this.root = directory;
  }

  create(): Recorder<Message> {
    return new MemoryRecorder<Message>();
  }

  list = () => Promise.resolve([]);
  resolve = notFound;
  latest = notFound;
  checkpoints = notFound;
  messages = notFound;
  resume = notFound;
  planRestore = notFound;
  undo = notFound;
  redo = notFound;
  tags = () => Promise.resolve([]);
  deleteTag = notFound;
  tag = refused;
  fork = refused;
  rename = refused;
  delete = refused;
  runSlashCommand = () =>
    Promise.resolve({
      kind: 'failed',
      error: refusal(),
      text: refusal().message,
      data: null,
    } as const);
  close = () => Promise.resolve();
}

class MemoryRecorder<Message extends object> implements Recorder<Message> {
  readonly id = randomUUID();
  readonly messages: Message[] = [];

  append(...messages: readonly Message[]): void {
    // What could not be kept is refused here too, so that it does not show only where something is.
    for (const message of messages) encodeLine(message);
    this.messages.push(...messages);
  }

  setState = () => undefined;
  checkpoint = notFound;
  save = notFound;
  close = () => Promise.resolve();
}

function notFound(): Promise<null> {
  return Promise.resolve(null);
}

function refused(): Promise<never> {
  return Promise.reject(refusal());
}

function refusal(): GsessError {
  const hint = 'Start without that wish to keep sessions.';
  return new GsessError('guard', 'Nothing of this run is kept, as was asked for', { hint });
}
