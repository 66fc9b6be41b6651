// Every agent that gsess knows, with no more of each than tells whether it is here. What it can do is loaded when it is asked for, one
// agent at a time, and its hook side apart from the rest: a hook loads this file and one reader.

import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import type { Agent, AgentPlaces, HookReader } from './agent.ts';
import type { AgentVariable } from './agent-variables.ts';
import { userConfigDirectory, userDataDirectory } from './user-directory.ts';

export interface AgentEntry {
  readonly name: string;
  readonly title: string;
  /** What it is called on the search path. */
  readonly program: string;
  /** The directory that is there once the agent was used. */
  readonly directory: (places: AgentPlaces) => string;
  /** Set by the agent for what it runs, to the native id of the session. */
  readonly sessionVariable: AgentVariable | undefined;
  /** The flag by which it begins a session under an id that is given to it; undefined where there is none. */
  readonly idFlag?: string;
  /** An id for a new session, in the agent's own grammar, made of a random UUID. */
  readonly newNativeId: (uuid: string) => string;
  readonly load: () => Promise<Agent>;
  readonly loadHook: () => Promise<HookReader>;
}

const asItIs = (uuid: string): string => uuid;

/** An agent that is watched sends no events. */
const noHooks = (title: string): Promise<never> =>
  Promise.reject(new GsessError('usage', `${title} has no hooks: 'gsess watch' follows it`));

export const AGENTS: readonly AgentEntry[] = [
  {
    name: 'claude',
    title: 'Claude Code',
    program: 'claude',
    idFlag: '--session-id',
    directory: ({ home, variables }) => variables.CLAUDE_CONFIG_DIR ?? join(home, '.claude'),
    sessionVariable: 'CLAUDE_CODE_SESSION_ID',
    newNativeId: asItIs,
    load: async () => (await import('./claude/claude.ts')).claude,
    loadHook: async () => (await import('./claude/hook-reader.ts')).claudeHook,
  },
  {
    name: 'codex',
    title: 'Codex',
    program: 'codex',
    directory: ({ home, variables }) => variables.CODEX_HOME ?? join(home, '.codex'),
    sessionVariable: 'CODEX_SESSION_ID',
    newNativeId: asItIs,
    load: async () => (await import('./codex/codex.ts')).codex,
    loadHook: async () => (await import('./codex/hook-reader.ts')).codexHook,
  },
  {
    name: 'gemini',
    title: 'Gemini CLI',
    program: 'gemini',
    idFlag: '--session-id',
    directory: ({ home, variables }) => join(variables.GEMINI_CLI_HOME ?? home, '.gemini'),
    sessionVariable: undefined,
    newNativeId: asItIs,
    load: async () => (await import('./gemini/gemini.ts')).gemini,
    loadHook: async () => (await import('./gemini/hook-reader.ts')).geminiHook,
  },
  {
    name: 'qwen',
    title: 'Qwen Code',
    program: 'qwen',
    directory: ({ home, variables }) => variables.QWEN_HOME ?? join(home, '.qwen'),
    sessionVariable: 'QWEN_CODE_SESSION_ID',
    newNativeId: asItIs,
    load: async () => (await import('./qwen/qwen.ts')).qwen,
    loadHook: async () => (await import('./qwen/hook-reader.ts')).qwenHook,
  },
  {
    name: 'llxprt',
    title: 'LLxprt Code',
    program: 'llxprt',
    directory: (places) =>
      places.variables.LLXPRT_CONFIG_HOME ?? userConfigDirectory(places, 'llxprt-code'),
    sessionVariable: undefined,
    newNativeId: asItIs,
    load: async () => (await import('./llxprt/llxprt.ts')).llxprt,
    loadHook: async () => (await import('./llxprt/hook-reader.ts')).llxprtHook,
  },
  {
    name: 'pi',
    title: 'pi',
    program: 'pi',
    directory: ({ home, variables }) => variables.PI_CODING_AGENT_DIR ?? join(home, '.pi', 'agent'),
    sessionVariable: undefined,
    newNativeId: asItIs,
    load: async () => (await import('./pi/pi.ts')).pi,
    loadHook: async () => (await import('./pi/hook-reader.ts')).piHook,
  },
  {
    name: 'nanocoder',
    title: 'Nanocoder',
    program: 'nanocoder',
    directory: (places) =>
      places.variables.NANOCODER_DATA_DIR ?? userDataDirectory(places, 'nanocoder'),
    sessionVariable: undefined,
    newNativeId: asItIs,
    load: async () => (await import('./nanocoder/nanocoder.ts')).nanocoder,
    loadHook: () => noHooks('Nanocoder'),
  },
  {
    name: 'iac',
    title: 'IaC Code',
    program: 'iac-code',
    directory: ({ home, variables }) => variables.IAC_CODE_CONFIG_DIR ?? join(home, '.iac-code'),
    sessionVariable: undefined,
    newNativeId: asItIs,
    load: async () => (await import('./iac/iac.ts')).iac,
    loadHook: () => noHooks('IaC Code'),
  },
  {
    name: 'opencode',
    title: 'opencode',
    program: 'opencode',
    directory: ({ home, variables }) =>
      join(variables.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'opencode'),
    sessionVariable: undefined,
    newNativeId: (uuid) => `ses_${uuid.replaceAll('-', '').slice(0, 26)}`,
    load: async () => (await import('./opencode/opencode.ts')).opencode,
    loadHook: async () => (await import('./opencode/hook-reader.ts')).opencodeHook,
  },
];

export const AGENT_NAMES: readonly string[] = AGENTS.map(({ name }) => name);

/** Undefined for an agent that this gsess does not know. */
export function findAgent(name: string): AgentEntry | undefined {
  return AGENTS.find((entry) => entry.name === name);
}

/** Throws `usage` for an agent that this gsess does not know. */
export function agentEntry(name: string): AgentEntry {
  const entry = findAgent(name);
  if (entry !== undefined) return entry;
  throw new GsessError('usage', `No agent called '${name}' is known`, {
    hint: `Known are: ${AGENT_NAMES.join(', ')}.`,
  });
}
