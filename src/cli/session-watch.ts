// Follows the transcripts of a project's agents: what an agent wrote becomes a checkpoint with the files as they stand when it is seen. It
// is driven from outside, look by look, and keeps nothing that a killed one would miss: what is captured is in the store, and
// whose a session is stands beside it. A session that hooks tell of is left to them.

import type { Agent } from '../agents/agent.ts';
import { GsessError, withSystemFault } from '../errors.ts';
import type { Owner } from '../git/owner-file.ts';
import { type CaptureReport, capture } from '../session/capture.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import { leaseSession } from '../session/lease-session.ts';
import type { Project } from '../session/project.ts';
import { forgetWatched, isWatched, noteWatched } from '../session/watch-note.ts';
import { placesOf } from './agent-places.ts';
import { baselineOf, boundSession } from './capture-baseline.ts';
import { captureEventOf } from './capture-event.ts';
import type { Context } from './context.ts';
import { isConnected } from './hook-state.ts';
import { isOfProject, projectFinder } from './session-projects.ts';
import type { Moment } from './transcript-news.ts';
import { WatchedFile } from './watched-file.ts';

/** A checkpoint that watching made. */
export interface WatchedCheckpoint {
  readonly agent: string;
  readonly nativeId: string;
  readonly path: string;
  readonly checkpoint: Checkpoint;
}

export interface WatchOptions {
  readonly project: Project;
  readonly agents: readonly Agent[];
  readonly tell: (made: WatchedCheckpoint) => Promise<void>;
  readonly warn: (text: string) => void;
  /** What a session that begins is called. */
  readonly name?: string | undefined;
}

interface Watched {
  readonly agent: Agent;
  readonly nativeId: string;
  readonly path: string;
  readonly cwd: string;
  readonly file: WatchedFile;
  whose: 'unknown' | 'ours' | 'theirs';
  /** When the first news of it came. */
  newsAt: number | undefined;
  last: CaptureReport | undefined;
}

/** So long the first hook of a new session may take to tell of it. */
const HOOK_MS = 3000;
const LIST_EVERY_MS = 2000;
/** Listing takes at most this part of the time. */
const LIST_SHARE = 20;
const MORE = 'more of the transcript';

export class SessionWatch {
  /** The agent's process, once one was started for what is watched. */
  agentProcess: Owner | undefined;
  readonly #context: Context;
  readonly #options: WatchOptions;
  readonly #find: ReturnType<typeof projectFinder>;
  readonly #watched = new Map<string, Watched>();
  /** Transcripts of other projects. */
  readonly #elsewhere = new Set<string>();
  readonly #told = new Set<string>();
  #nextListing = 0;
  #begunAt: number | undefined;

  constructor(context: Context, options: WatchOptions) {
    this.#context = context;
    this.#options = options;
    this.#find = projectFinder(context);
  }

  /** The transcripts that are followed. */
  get paths(): readonly string[] {
    return [...this.#watched.keys()];
  }

  /** Looks for what is new and captures what is due; true if anything happened. `lists`: looks for new transcripts too. */
  async look({ isLast = false, lists = false } = {}): Promise<boolean> {
    const isListing = isLast || lists || performance.now() >= this.#nextListing;
    if (isListing) await this.#list();
    let hasWorked = false;
    for (const one of this.#watched.values()) {
      if (await this.#follow(one, isLast)) hasWorked = true;
    }
    return hasWorked;
  }

  /** The last look: captures all that waits, and says that the sessions are over if their agent was started here. */
  async finish(): Promise<void> {
    await this.look({ isLast: true });
    if (this.agentProcess === undefined) return;
    for (const { last } of this.#watched.values()) {
      if (last !== undefined) leaseSession(last, { isEnd: true, agent: this.agentProcess });
    }
  }

  async #list(): Promise<void> {
    const startedAt = performance.now();
    const isFirst = this.#begunAt === undefined;
    this.#begunAt ??= this.#context.surroundings.now();
    for (const agent of this.#options.agents) {
      for (const { nativeId, path } of await agent.sessions.list(
        placesOf(this.#context, agent.name),
      )) {
        if (this.#watched.has(path) || this.#elsewhere.has(path)) continue;
        this.#meet({ agent, nativeId, path }, isFirst);
      }
    }
    const tookMs = performance.now() - startedAt;
    this.#nextListing = performance.now() + Math.max(LIST_EVERY_MS, tookMs * LIST_SHARE);
  }

  #meet(met: Pick<Watched, 'agent' | 'nativeId' | 'path'>, isFirst: boolean): void {
    const { agent, path } = met;
    const cwd = agent.sessions.directoryOf(path);
    const project = this.#find(cwd);
    // One whose first record is still being written tells its directory later.
    if (project === undefined || cwd === undefined) return;
    if (!isOfProject(this.#options.project, project)) {
      this.#elsewhere.add(path);
      return;
    }
    const { transcript: form } = agent.capabilities;
    const baseline = baselineOf(this.#context, met, { isFirst, since: this.#begunAt ?? 0 });
    const { saveInterval } = this.#context.surroundings.settings;
    const file = new WatchedFile({ path, format: agent.format, form }, baseline, saveInterval);
    const fresh = { whose: 'unknown', newsAt: undefined, last: undefined } as const;
    this.#watched.set(path, { ...met, cwd, file, ...fresh });
  }

  async #follow(one: Watched, isLast: boolean): Promise<boolean> {
    if (one.whose === 'theirs') return false;
    const { now } = this.#context.surroundings;
    const { file } = one;
    const hasGrown = file.look(now(), { isLast });
    let moment = file.due(now(), { isLast });
    if (moment === undefined) return hasGrown;
    one.newsAt ??= now();
    const whose = this.#whose(one, isLast);
    if (whose === 'unknown') return hasGrown;
    one.whose = whose;
    if (whose === 'theirs') file.forget();
    while (file.isWaiting && moment !== undefined) {
      const isKept = await this.#take(one, moment, isLast);
      if (!isKept) break;
      moment = isLast ? file.due(now(), { isLast }) : undefined;
    }
    return true;
  }

  /** Who captures the session. `unknown` as long as a hook may still be on its way. */
  #whose(one: Watched, isLast: boolean): Watched['whose'] {
    const context = this.#context;
    if (one.last !== undefined) {
      const { store, session } = one.last;
      if (isWatched(store, session)) return 'ours';
      forgetWatched(store, session);
      return 'theirs';
    }
    if (!isConnected(context, one.agent, this.#options.project.root)) return 'ours';
    const bound = boundSession(context, one.agent.name, one.nativeId);
    if (bound !== undefined) {
      return isWatched(bound.store, bound.session) ? 'ours' : 'theirs';
    }
    const waitedMs = context.surroundings.now() - (one.newsAt ?? 0);
    return isLast || waitedMs >= HOOK_MS ? 'ours' : 'unknown';
  }

  /** False if it could not be captured, which is told; it is tried again. */
  async #take(one: Watched, moment: Moment, isLast: boolean): Promise<boolean> {
    const { surroundings } = this.#context;
    try {
      const { name } = this.#options;
      const report = await capture(eventOf(one, moment, { isLast, name }), surroundings);
      one.file.taken(surroundings.now());
      one.last = report;
      for (const warning of report.warnings) this.#warn(warning);
      if (this.agentProcess !== undefined) {
        leaseSession(report, { isEnd: false, agent: this.agentProcess });
      }
      const { store, session } = report;
      const tip = store.tip(session);
      if (tip !== undefined) noteWatched(store, session, tip);
      if (report.checkpoint !== undefined)
        await this.#tell(one, store.checkpoint(report.checkpoint));
      return true;
    } catch (thrown) {
      const error = withSystemFault(thrown);
      // What the system refuses today it may allow tomorrow; anything else without a code is a fault of ours.
      if (!(error instanceof GsessError || (error instanceof Error && 'code' in error)))
        throw error;
      one.file.failed(surroundings.now());
      this.#warn(`A checkpoint of ${one.agent.title} could not be made: ${error.message}`);
      if (isLast) this.#context.exitStatus = 1;
      return false;
    }
  }

  #tell({ agent, nativeId, path }: Watched, checkpoint: Checkpoint): Promise<void> {
    return this.#options.tell({ agent: agent.name, nativeId, path, checkpoint });
  }

  /** The same is not said every second. */
  #warn(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#options.warn(text);
  }
}

function eventOf(
  { agent, nativeId, path, cwd, file }: Watched,
  moment: Moment,
  { isLast, name }: { readonly isLast: boolean; readonly name: string | undefined },
) {
  const { kind, ...said } = moment;
  const { model, permissionMode, provider } = file.facts;
  const event = captureEventOf(
    {
      agent: agent.name,
      nativeId,
      cwd,
      transcriptPath: path,
      kind: kind === 'other' ? 'compact' : kind,
      ...said,
      ...(model === undefined ? {} : { model }),
      ...(permissionMode === undefined ? {} : { permissionMode }),
    },
    { deadline: undefined, sideFiles: agent.sessions.sideFiles, name },
  );
  if (event === undefined) throw new Error(`no moment: ${kind}`);
  return {
    ...event,
    ...(kind === 'other' ? { subject: MORE } : {}),
    ...(provider === undefined ? {} : { provider }),
    // A document has no last line to wait for.
    final: isLast || agent.capabilities.transcript !== 'lines',
  };
}
