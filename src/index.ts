// The public names of gsess for people who write agents. The only file that re-exports.

export { type ErrorCode, EXIT_STATUS, GsessError } from './errors.ts';
export { type CaptureEvent, type CaptureReport, capture } from './session/capture.ts';
export type { ChangedPaths } from './session/changed-paths.ts';
export type { Checkpoint, CheckpointKind } from './session/checkpoint.ts';
export { openStore } from './session/open-store.ts';
export type { SessionSummary } from './session/session-summary.ts';
export type { Store } from './session/store.ts';
export { DEFAULT_SETTINGS, type Settings, type Surroundings } from './session/surroundings.ts';
