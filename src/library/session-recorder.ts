// Records one session into git. What is said goes to the spool at once, line by line; captures follow, one after the other, at the moments
// that are worth a checkpoint. Whatever a capture fails of stays in the spool and is in the next one. Killed at any time, the next
// process finds the spool and takes it in; nothing that `append` returned from is lost.

import { openCalls } from '../agents/embedded/answer-calls.ts';
import { encodeLine, NOTICE_LINE, OWN_KEY, withFields } from '../agents/embedded/message-lines.ts';
import { type JsonObject, readMessage, textOfField } from '../agents/embedded/message-reader.ts';
import { kindOf, permissionModeOf, placeId } from '../agents/embedded/transcript-reader.ts';
import { GsessError, messageOf, withSystemFault } from '../errors.ts';
import { callLine } from '../session/call-line.ts';
import { type CaptureEvent, capture } from '../session/capture.ts';
import { renameSession } from '../session/rename-session.ts';
import type { SessionId } from '../session/session-id.ts';
import type { Spool } from '../session/spool.ts';
import { sweepStore } from '../session/sweep-store.ts';
import { subjectLine } from '../session/title.ts';
import { textOf } from '../transcript/turns.ts';
import { type ProjectHandle, surroundingsFor, withStore } from './project-handle.ts';
import type { Recorder, SaveOptions, ToolCall } from './recorder.ts';
import type { RecordedState } from './session-state.ts';

type Moment = Pick<CaptureEvent, 'kind' | 'subject' | 'prompt' | 'promptId' | 'call'>;

export interface Beginning<Message> {
  readonly session: SessionId;
  readonly nativeId: string;
  readonly spool: Spool;
  /** What the model is given of before. */
  readonly messages: readonly Message[];
  readonly state: JsonObject;
  /** False for a new session. */
  readonly resumed: boolean;
  /** What a new one is to be called. */
  readonly name: string | undefined;
}

export class SessionRecorder<Message extends object> implements Recorder<Message> {
  readonly id: SessionId;
  readonly messages: Message[];
  readonly #handle: ProjectHandle;
  readonly #nativeId: string;
  readonly #spool: Spool;
  #state: JsonObject;
  #name: string | undefined;
  /** Lines that stand before the next message. */
  #unwritten: object[];
  #tip: string | null = null;
  /** Moments that are still to be captured. */
  readonly #held: Moment[] = [];
  #isDirty = false;
  #isClosed = false;
  #last: Promise<unknown> = Promise.resolve();
  #stopTimer: (() => void) | undefined;

  constructor(handle: ProjectHandle, beginning: Beginning<Message>) {
    const { session, nativeId, spool, state, resumed, name } = beginning;
    this.#handle = handle;
    this.id = session;
    this.#nativeId = nativeId;
    this.#spool = spool;
    this.messages = [...beginning.messages];
    this.#unwritten = resumed ? [] : [this.#beginLine()];
    this.#state = resumed ? state : {};
    this.#name = name;
    if (!resumed && Object.keys(state).length > 0) this.setState(state);
  }

  append(...messages: readonly Message[]): void {
    this.#refuseClosed();
    if (messages.length === 0) return;
    const before = this.#unwritten.map(encodeLine);
    const places = this.#write([...before, ...messages.map(encodeLine)]).slice(before.length);
    this.#unwritten = [];
    this.messages.push(...messages);
    this.#isDirty = true;
    const moments = momentsOf(messages as readonly object[] as readonly JsonObject[], places);
    this.#held.push(...moments);
    if (this.#handle.saveIntervalMs === undefined) return;
    if (moments.length > 0) this.#saveBehind();
    this.#startTimer();
  }

  /** Messages that the model is given from now on; they are written with the next that is appended. */
  add(messages: readonly Message[]): void {
    messages.forEach(encodeLine);
    this.#unwritten.push(...messages.flatMap((message) => [NOTICE_LINE, message]));
    this.messages.push(...messages);
  }

  setState(fields: RecordedState): void {
    this.#state = withFields(this.#state, fields);
    const line = { [OWN_KEY]: 'state', state: fields };
    encodeLine(line);
    this.#unwritten.push(line);
  }

  async checkpoint(call: ToolCall, options?: SaveOptions): Promise<string | null> {
    this.#refuseClosed();
    const { name, input, callId } = call;
    const pending = { name, input, ...(callId === undefined ? {} : { callId }) };
    const subject = `before ${callLine(pending, this.#handle.directory)}`;
    return await this.#queue({ kind: 'tool', subject, call: pending }, options);
  }

  async save(options?: SaveOptions): Promise<string | null> {
    return await this.#queue({ kind: 'manual', subject: 'saved' }, options);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTimer?.();
    try {
      await this.#queue({ kind: 'manual', subject: 'end of the session' });
      this.#spool.remove();
    } finally {
      this.#spool.release();
      const { open } = this.#handle;
      const at = open.findIndex((other) => other.id === this.id);
      if (at >= 0) open.splice(at, 1);
      await withStore(this.#handle, undefined, (store) => {
        store.leases.release(this.id);
        sweepStore(store);
      });
    }
  }

  #beginLine(): object {
    const { agent, directory, surroundings } = this.#handle;
    return { [OWN_KEY]: 'begin', agent, directory, at: new Date(surroundings.now()).toISOString() };
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new GsessError('guard', `Session '${this.id}' was closed`);
  }

  /** All of them or none; returns where each begins. */
  #write(lines: readonly string[]): number[] {
    try {
      let place = this.#spool.append(lines.join(''));
      return lines.map((line) => {
        const begin = place;
        place += Buffer.byteLength(line);
        return begin;
      });
    } catch (error) {
      throw withSystemFault(error);
    }
  }

  /** A save that nobody waits for: what fails is told, and tried again with the next. */
  #saveBehind(): void {
    this.#queue(undefined).catch((error: unknown) => {
      const told = `session ${this.id.slice(0, 8)} could not be saved yet: ${messageOf(error)}`;
      this.#handle.surroundings.onWarning?.(told);
    });
  }

  /** Captures run in the order in which they were asked for, those before that were held up or failed first. */
  #queue(moment: Moment | undefined, options?: SaveOptions): Promise<string | null> {
    const run = this.#last.then(async () => {
      for (let held = this.#held[0]; held !== undefined; held = this.#held[0]) {
        await this.#capture(held, options);
        this.#held.shift();
      }
      return moment === undefined ? this.#tip : await this.#capture(moment, options);
    });
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #capture(moment: Moment, options: SaveOptions = {}): Promise<string | null> {
    const surroundings = surroundingsFor(this.#handle, options);
    if (moment.kind === 'manual' && !this.#isDirty) return this.#tip;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#isDirty = false;
    try {
      const report = await capture({ ...moment, ...this.#origin() }, surroundings);
      for (const warning of report.warnings) surroundings.onWarning?.(warning);
      if (this.#tip === null) report.store.leases.hold(report.session, surroundings.processes.self);
      this.#tip = report.checkpoint ?? this.#tip;
      await this.#giveName();
      return this.#tip;
    } catch (error) {
      this.#isDirty = true;
      throw withSystemFault(error);
    }
  }

  #origin(): Pick<CaptureEvent, 'agent' | 'nativeId' | 'cwd' | 'transcript'> & RecordedFacts {
    const model = textOfField(this.#state['model']);
    const provider = textOfField(this.#state['provider']);
    const permissionMode = permissionModeOf(this.#state);
    return {
      agent: this.#handle.agent,
      nativeId: this.#nativeId,
      cwd: this.#handle.directory,
      transcript: { path: this.#spool.path, sideFiles: [], isPassing: true },
      ...(model === undefined ? {} : { model }),
      ...(provider === undefined ? {} : { provider }),
      ...(permissionMode === undefined ? {} : { permissionMode }),
    };
  }

  async #giveName(): Promise<void> {
    const name = this.#name;
    if (name === undefined) return;
    this.#name = undefined;
    await withStore(this.#handle, undefined, async (store) => {
      const session = store.summary(this.id);
      if (session === undefined) return;
      await renameSession(store, { session, name, root: this.#handle.project.root });
      this.#tip = store.tip(this.id) ?? this.#tip;
    });
  }

  #startTimer(): void {
    const { schedule, saveIntervalMs } = this.#handle;
    if (saveIntervalMs === undefined || this.#stopTimer !== undefined) return;
    this.#stopTimer = schedule(() => {
      this.#stopTimer = undefined;
      this.#held.push({ kind: 'manual', subject: 'saved by itself' });
      this.#saveBehind();
    }, saveIntervalMs);
  }
}

type RecordedFacts = Pick<CaptureEvent, 'model' | 'provider' | 'permissionMode'>;

/** What of these messages is worth a checkpoint: each prompt, results of tools, the end of a turn. */
function momentsOf(messages: readonly JsonObject[], places: readonly number[]): Moment[] {
  const seen = messages.map((message) => {
    const said = readMessage(message);
    return { kind: kindOf(said), text: textOf({ parts: said.parts.filter(isText) }) };
  });
  const prompts = seen.flatMap(({ kind, text }, index): Moment[] => {
    if (kind !== 'prompt') return [];
    const promptId = placeId(places[index] ?? 0);
    const subject = subjectLine(text, 'an empty prompt');
    return [{ kind: 'prompt', subject, prompt: text, promptId }];
  });
  const last = seen.at(-1);
  if (last?.kind === 'reply' && openCalls(messages).length === 0) {
    return [...prompts, { kind: 'turn', subject: subjectLine(last.text, 'done') }];
  }
  const hasResult = seen.some(({ kind }) => kind === 'result' || kind === 'steer');
  return hasResult ? [...prompts, { kind: 'manual', subject: 'after a tool' }] : prompts;
}

function isText<T extends { readonly type: string }>(
  part: T,
): part is Extract<T, { readonly type: 'text' }> {
  return part.type === 'text';
}
