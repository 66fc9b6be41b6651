// The public names of gsess for people who write agents. The only file that re-exports.

export { type ErrorCode, EXIT_STATUS, GsessError } from './errors.ts';
export { type OpenOptions, openStore } from './library/open-store.ts';
export type { Recorder, SaveOptions, ToolCall } from './library/recorder.ts';
export type { Present, PutBack, RecordedState, SessionState } from './library/session-state.ts';
export type {
  ApplyOptions,
  CallOptions,
  CheckpointSummary,
  CreateOptions,
  FilePath,
  Interruption,
  ListOptions,
  RestoreOptions,
  RestoreOutcome,
  RestorePlan,
  Resumed,
  ResumeOptions,
  SessionStore,
  SessionSummary,
  SlashResult,
  TagSummary,
  UndoOptions,
  UndoOutcome,
} from './library/session-store.ts';
