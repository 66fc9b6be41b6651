// What becomes of a saved state when its session is taken up: what belongs to the old session alone stays out of a fork, and agent,
// permission mode and bridge go through a decision each instead of being copied. Pure. Nothing here fails: what cannot be put back is told,
// and the session goes on without it.

import type { Envelope } from '../transcript/envelope.ts';
import type { SessionState } from './session-state.ts';

/** What is there where the session is taken up. */
export interface Present {
  /** The mode that is on now, or that was asked for; undefined where that cannot be known. */
  readonly permissionMode?: string | undefined;
  /** Modes that are never put back, as what allows everything. */
  readonly droppedModes?: readonly string[] | undefined;
  /** Throws, or says false, where the mode may not be gone over to. */
  readonly enterMode?: ((mode: string) => boolean) | undefined;
  /** The agent definitions there are; undefined where that cannot be known. */
  readonly agents?: readonly string[] | undefined;
  /** The definition that the main conversation runs under now, if one was asked for. */
  readonly agent?: string | undefined;
  /** The model that was asked for in place of the saved one. */
  readonly model?: string | undefined;
  readonly allowsModel?: ((model: string) => boolean) | undefined;
  /** What is said goes out, and nothing comes in from a bridge. */
  readonly isOutboundOnly?: boolean | undefined;
  /** A prompt that nothing came back to is said again. */
  readonly resumesInterrupted?: boolean | undefined;
  /** Something else is said first. */
  readonly prompt?: string | undefined;
}

export interface RestoredState {
  readonly state: SessionState;
  /** Of a fork: put into it on their own, since what they replace came along with the conversation. */
  readonly replacements: Envelope['files']['replacements'];
  /** What is said first. */
  readonly firstInput: string | null;
  readonly agent: string | null;
  readonly permissionMode: string | null;
  readonly model: string | null;
  readonly bridge: Envelope['bridge'] | null;
  readonly warnings: readonly string[];
}

export function restoreState(
  saved: SessionState,
  present: Present,
  { isFork }: { readonly isFork: boolean },
): RestoredState {
  const state = isFork ? stripForFork(saved) : saved;
  const agent = resolveAgent(state.identity.agentSetting, present);
  const permission = transitionPermission(state.permission.mode, present);
  const model = resolveModel(state.model, present);
  return {
    state,
    replacements: isFork ? saved.files.replacements : [],
    firstInput: firstInputOf(state, present),
    agent: agent.value,
    permissionMode: permission.value,
    model: model.value,
    bridge: bridgePolicy(state.bridge, { isFork, ...present }),
    warnings: [agent, permission, model].flatMap(({ warning }) => warning ?? []),
  };
}

/** Without what ties the old session to a worktree, a remote end or an isolation of its own; its replacements go by themselves. */
export function stripForFork(state: SessionState): SessionState {
  return {
    ...state,
    files: { ...state.files, replacements: [] },
    workspace: { ...state.workspace, worktree: null },
    bridge: { session: null, lastSequence: null },
    permission: { ...state.permission, isolationLatch: null },
  };
}

export interface Resolved {
  readonly value: string | null;
  readonly warning?: string;
}

/** The saved definition if it is still there; one that was asked for comes before it. */
export function resolveAgent(
  saved: string | null,
  { agent, agents }: Pick<Present, 'agent' | 'agents'>,
): Resolved {
  if (agent !== undefined) return { value: agent };
  if (saved === null || agents === undefined || agents.includes(saved)) return { value: saved };
  return {
    value: null,
    warning: `Its agent definition '${saved}' is not there any more; it goes on without one`,
  };
}

/** The mode to go on in. One that was asked for wins, and is told where it differs; a transition that fails is told too. */
export function transitionPermission(
  saved: string | null,
  { permissionMode, droppedModes = [], enterMode }: Present,
): Resolved {
  if (saved === null) return { value: permissionMode ?? null };
  if (permissionMode !== undefined) {
    const isSame = permissionMode === saved;
    const warning = `Its permission mode was '${saved}'; it goes on in '${permissionMode}'`;
    return { value: permissionMode, ...(isSame ? {} : { warning }) };
  }
  const refused = (why: string): Resolved => ({
    value: null,
    warning: `Its permission mode was '${saved}', which ${why}; it goes on in the usual one`,
  });
  if (droppedModes.includes(saved)) return refused('is never put back');
  try {
    return enterMode?.(saved) === false ? refused('is not allowed here') : { value: saved };
  } catch (error) {
    return refused(
      `cannot be gone over to (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

function resolveModel(saved: string | null, { model, allowsModel }: Present): Resolved {
  if (model !== undefined) return { value: model };
  if (saved === null || allowsModel?.(saved) !== false) return { value: saved };
  return {
    value: null,
    warning: `Its model '${saved}' cannot be used; it goes on with the usual one`,
  };
}

/** The remote end to go on with; null where there is none, in a fork, and where nothing may come in. */
export function bridgePolicy(
  bridge: Envelope['bridge'],
  {
    isFork,
    isOutboundOnly = false,
  }: { readonly isFork: boolean } & Pick<Present, 'isOutboundOnly'>,
): Envelope['bridge'] | null {
  return bridge.session === null || isFork || isOutboundOnly ? null : bridge;
}

function firstInputOf(
  { conversation }: SessionState,
  { prompt, resumesInterrupted = false }: Present,
): string | null {
  if (prompt !== undefined) return prompt;
  const { interruption } = conversation;
  if (!resumesInterrupted || interruption.kind !== 'interrupted_prompt') return null;
  return interruption.prompt;
}
