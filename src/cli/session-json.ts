// A session and a moment of it as `--json` shows them, the same wherever they appear. The shapes stand in docs/json.md.

import { jsonPath, type RawPath } from '../git/raw-path.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { FileChanges } from '../session/file-changes.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import type { TagSummary } from '../session/tag.ts';
import type { Message } from '../transcript/transcript.ts';

export function sessionJson(session: SessionSummary) {
  const { id, name, title, agent, branch, updatedAt, turns, checkpoints, root, live } = session;
  return { id, name, title, agent, branch, updatedAt, turns, checkpoints, root, live };
}

export function momentJson(checkpoint: Checkpoint, changes: FileChanges) {
  const { id, kind, turn, subject, at, tool = null } = checkpoint;
  return { id, kind, turn, subject, at: at.toISOString(), tool, files: filesJson(changes) };
}

/** Without the files it changed, but with how many of them it holds. */
export function momentFactsJson(checkpoint: Checkpoint) {
  const { id, kind, turn, subject, at, tool = null, files: coverage } = checkpoint;
  return { id, kind, turn, subject, at: at.toISOString(), tool, coverage };
}

export function filesJson({ added, modified, deleted }: FileChanges) {
  const paths = (list: readonly RawPath[]) => list.map(jsonPath);
  return { added: paths(added), modified: paths(modified), deleted: paths(deleted) };
}

/** A message without the images in it, which stand in the agent's own file. */
export function messageJson(message: Message): Message {
  const parts = message.parts.map((part) =>
    part.type === 'image' ? { type: part.type, mediaType: part.mediaType } : part,
  );
  return { ...message, parts };
}

export function tagJson({ name, checkpoint, session, turn, at }: TagSummary) {
  return { name, checkpoint, session: session ?? null, turn, at };
}
