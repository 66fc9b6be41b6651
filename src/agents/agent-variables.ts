// The environment variables of the agents that say where they keep their state or which session they run. Named here, read by the
// command line alone.

export const AGENT_VARIABLES = {
  CLAUDE_CONFIG_DIR: 'Where Claude Code keeps its settings and transcripts, if not in ~/.claude.',
  CLAUDE_CODE_SESSION_ID: 'Set by Claude Code for what it runs; tells the current session.',
  CODEX_HOME: 'Where Codex keeps its settings and sessions, if not in ~/.codex.',
  CODEX_SESSION_ID: 'Set by Codex for what it runs; tells the current session.',
  GEMINI_CLI_HOME: 'The directory in which Gemini CLI has its .gemini, if not the home directory.',
  IAC_CODE_CONFIG_DIR: 'Where IaC Code keeps its sessions, if not in ~/.iac-code.',
  LLXPRT_CONFIG_HOME:
    'Where LLxprt Code keeps its settings, and its sessions unless told otherwise.',
  LLXPRT_LOG_HOME: 'Where LLxprt Code keeps its sessions.',
  NANOCODER_DATA_DIR: 'The directory in which Nanocoder has its sessions.',
  PI_CODING_AGENT_DIR: 'Where pi keeps its settings and sessions, if not in ~/.pi/agent.',
  PI_CODING_AGENT_SESSION_DIR:
    'Where pi keeps the sessions of all projects, if not beside its settings.',
  QWEN_CODE_SESSION_ID: 'Set by Qwen Code for what it runs; tells the current session.',
  QWEN_HOME: 'Where Qwen Code keeps its settings and sessions, if not in ~/.qwen.',
  QWEN_RUNTIME_DIR: 'Where Qwen Code keeps its sessions, if not beside its settings.',
  XDG_CONFIG_HOME:
    "Where git's ignore file of the user is looked up, and on Linux the settings of gsess and of some agents.",
  XDG_DATA_HOME:
    'On Linux, where the stores are kept unless told otherwise; also where some agents keep their sessions.',
  XDG_STATE_HOME: 'On Linux, where LLxprt Code keeps its sessions unless told otherwise.',
  APPDATA: 'On Windows, where some agents keep their sessions.',
  LOCALAPPDATA: 'On Windows, where some agents keep their sessions.',
} as const;

export type AgentVariable = keyof typeof AGENT_VARIABLES;

export type AgentVariables = { readonly [K in AgentVariable]?: string | undefined };
