// The facts of a session and of a moment of it, one a line, for people.

import { displayPath, type JsonPath, pathOfJson, type RawPath } from '../git/raw-path.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { FileChanges } from '../session/file-changes.ts';
import type { SessionDetails } from '../session/session-details.ts';
import type { PendingCall } from '../session/session-record.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import type { SkippedFiles } from '../session/skipped-files.ts';
import type { TagSummary } from '../session/tag.ts';
import type { TranscriptOrigin } from '../session/transcript-source.ts';
import { ageText, bytesText } from '../ui/human-units.ts';
import type { Paint } from '../ui/paint.ts';
import { safeLines, safeText } from '../ui/safe-text.ts';
import { WHATEVER_REASONS } from '../worktree/skipped.ts';
import { renderPairs } from './table.ts';

const ID_LENGTH = 10;
/** So many paths are shown; `--json` has all of them. */
const PATHS_MAX = 40;
const SKIPPED_PATHS_MAX = 5;
/** Counted and not named one by one: that they are left out is no surprise, or they are told of apart. */
const EXPECTED_REASONS: readonly string[] = ['ignored', 'nested-git', 'collides'];

export function sessionFacts(
  session: SessionSummary,
  details: SessionDetails & {
    readonly pullRequests: readonly {
      readonly number: number;
      readonly url?: string | undefined;
    }[];
  },
  now: number,
): string {
  const { forkedFrom, nativeIds, activeNativeId, pendingNativeId } = details;
  const native = nativeIds.map((id) => (id === activeNativeId ? `${id} (active)` : id));
  const waiting = pendingNativeId === null ? [] : [`${pendingNativeId} (waits to be taken up)`];
  return renderPairs([
    ['session', session.id],
    ['name', session.name ?? ''],
    ['title', session.title],
    ['agent', session.live ? `${session.agent} (running)` : session.agent],
    ['model', details.model ?? ''],
    ['provider', details.provider ?? ''],
    ['branch', session.branch ?? ''],
    ['directory', session.root],
    ['turns', String(session.turns)],
    ['checkpoints', String(session.checkpoints)],
    ['native ids', [...native, ...waiting].join(', ')],
    ['transcript', originText(details.source)],
    ['forked from', forkedFrom === null ? '' : forkText(forkedFrom)],
    ['created', timeText(details.createdAt, now)],
    ['last activity', timeText(session.updatedAt, now)],
    ['size', bytesText(details.bytes)],
    [
      'pull requests',
      details.pullRequests.map(({ number, url }) => url ?? `#${number}`).join(', '),
    ],
    ['tags', details.tags.map(({ name }) => name).join(', ')],
  ]);
}

export function momentFacts(
  checkpoint: Checkpoint,
  {
    session,
    tags,
    now,
  }: {
    readonly session: SessionSummary;
    readonly tags: readonly TagSummary[];
    readonly now: number;
  },
): string {
  const { files } = checkpoint;
  return renderPairs([
    ['checkpoint', checkpoint.id],
    ['subject', checkpoint.subject],
    ['kind', checkpoint.kind],
    ['turn', String(checkpoint.turn)],
    ['session', `${session.id} ${session.name ?? session.title}`],
    ['when', timeText(checkpoint.at.toISOString(), now)],
    ['branch', checkpoint.branch ?? ''],
    ['head', checkpoint.head?.slice(0, ID_LENGTH) ?? ''],
    ['goes back to', checkpoint.parents[1]?.slice(0, ID_LENGTH) ?? ''],
    ['files', files === 'none' ? 'none, the conversation alone' : files],
    ['tags', tags.map(({ name }) => name).join(', ')],
  ]);
}

/** The files a moment changed, each with a sign. */
export function changesText({ added, modified, deleted }: FileChanges, paint: Paint): string {
  const lines = [
    ...added.map((path) => paint.good(`  + ${pathText(path)}`)),
    ...modified.map((path) => paint.accent(`  ~ ${pathText(path)}`)),
    ...deleted.map((path) => paint.bad(`  - ${pathText(path)}`)),
  ];
  if (lines.length === 0) return '';
  const more = lines.length - PATHS_MAX;
  const rest = more > 0 ? [`  … and ${more} more`] : [];
  return ['Files changed:', ...lines.slice(0, PATHS_MAX), ...rest].join('\n');
}

/** The call that was about to run, with all that it was given. */
export function pendingCallText({ name, input }: PendingCall): string {
  const text = JSON.stringify(input, null, 2) ?? '';
  const indented = safeLines(text).replaceAll('\n', '\n  ');
  return `About to run ${safeText(name)}:\n  ${indented}`;
}

/** What was left out of the files, counted by reason, and the first of each that no ignore rule explains. */
export function skippedText({ listed, reasons, more }: SkippedFiles): string {
  const [root] = listed;
  const isAll = root?.path === '' && !WHATEVER_REASONS.some((reason) => reason === root.reason);
  if (root !== undefined && isAll) {
    const why = root.reason === 'off' ? 'snapshots are off' : root.reason;
    return `No files were captured: ${safeText(why)}`;
  }
  if (listed.length === 0) return '';
  const { collides, ...left } = reasons;
  const counts = Object.entries(left).map(([reason, count]) => `${count} ${reason}`);
  const unexpected = listed.filter(({ reason }) => !EXPECTED_REASONS.includes(reason));
  const lines = unexpected
    .slice(0, SKIPPED_PATHS_MAX)
    .map(({ path, reason }) => `  ${skippedPathText(path)} (${safeText(reason)})`);
  const hidden = unexpected.length - lines.length + more;
  const rest = hidden > 0 ? [`  … and ${hidden} more`] : [];
  const texts = [
    ...(counts.length === 0 ? [] : [`Left out: ${safeText(counts.join(', '))}`, ...lines, ...rest]),
    ...(collides === undefined ? [] : collisionLines(listed, collides)),
  ];
  return texts.join('\n');
}

/** They are captured, so they are not among what was left out. */
function collisionLines(listed: SkippedFiles['listed'], count: number): string[] {
  const paths = listed.filter(({ reason }) => reason === 'collides');
  const shown = paths.slice(0, SKIPPED_PATHS_MAX).map(({ path }) => `  ${jsonPathText(path)}`);
  const rest = count > shown.length ? [`  … and ${count - shown.length} more`] : [];
  return ['The same name on systems that ignore case or composition:', ...shown, ...rest];
}

function skippedPathText(path: JsonPath): string {
  return path === '' ? 'anything that is not there' : jsonPathText(path);
}

function forkText({ session, checkpoint }: NonNullable<SessionDetails['forkedFrom']>): string {
  return `${session} at ${checkpoint.slice(0, ID_LENGTH)}`;
}

/** Where the agent keeps the transcript, and whether what is kept here is the only copy of it. */
export function originText(source: TranscriptOrigin | null): string {
  if (source === null) return '';
  const { path, state } = source;
  if (state === 'present') return path;
  return `${path} (source ${state}; what was captured of it is kept here)`;
}

function timeText(iso: string, now: number): string {
  return `${iso} (${ageText(Date.parse(iso), now)})`;
}

function pathText(path: RawPath): string {
  return safeText(displayPath(path));
}

function jsonPathText(path: JsonPath): string {
  return pathText(pathOfJson(path));
}
