// The environment variables that gsess reads: all of them, named here, read once. An empty one counts as unset.

import { AGENT_VARIABLES } from '../agents/agent-variables.ts';

export const ENVIRONMENT_VARIABLES = {
  GSESS_SESSION: 'The session that is meant where none is named, as with --session.',
  GSESS_DATA_DIR:
    'Where the stores are kept; an absolute path. Comes before the directory of the settings.',
  GSESS_PAGER: 'Shows what is longer than the screen, before PAGER; empty or cat for none.',
  GSESS_DISABLE: 'If set to anything but 0, nothing is recorded: hooks and watching do nothing.',
  GSESS_SESSION_NAME: 'What a session that begins is called, as with gsess run --name.',
  CLAUDE_CODE_RESUME_INTERRUPTED_TURN:
    'If set to anything but 0 or false, an unanswered prompt is said again when its session is resumed.',
  GSESS_CHECKPOINTING: 'If 0, conversations are kept without files; if 1, with them.',
  GSESS_GC_AUTO: 'If 0, gsess gc is never started by itself.',
  GSESS_DEBUG: 'If set, an unexpected error is printed with the place it came from.',
  PAGER: 'Shows what is longer than the screen; less -FRX if neither is set.',
  NO_COLOR: 'If set, nothing is coloured, as with --no-color.',
  TERM: 'A terminal called dumb gets neither colours nor progress.',
  ...AGENT_VARIABLES,
  HOME: "The user's directory.",
  SHELL: 'The shell that printed commands are quoted for.',
} as const;

export type Environment = {
  readonly [K in keyof typeof ENVIRONMENT_VARIABLES]: string | undefined;
};

/** Takes what gsess reads out of the environment. */
export function readEnvironment(values: Readonly<Record<string, string | undefined>>): Environment {
  const names = Object.keys(ENVIRONMENT_VARIABLES) as (keyof Environment)[];
  // An empty pager is a choice: none.
  return Object.fromEntries(
    names.map((name) => [name, values[name] === '' && !isPager(name) ? undefined : values[name]]),
  ) as Environment;
}

function isPager(name: string): boolean {
  return name === 'PAGER' || name === 'GSESS_PAGER';
}
