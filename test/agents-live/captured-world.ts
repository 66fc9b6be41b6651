// A world in which gsess is connected to Claude, and a second hook beside it copies the project at each event: the disk as it was, to
// hold the checkpoints against. Hooks of one event run at the same time, and both only read.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { git, gitText } from '../support/git-oracle.ts';
import type { InstalledAgents } from './install-agents.ts';
import { copyingCommand, type RecordedHook, recordedHooks } from './recording-hook.ts';
import { type GsessOptions, type World, withWorld } from './world.ts';

const EVENTS = [
  ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PostToolUseFailure'],
  ...['Stop', 'SubagentStop', 'SessionEnd'],
];

export interface CapturedWorld extends World {
  /** Claude's settings before gsess was connected. */
  readonly settingsBefore: string;
  /** The copies taken so far. */
  copies(): readonly RecordedHook[];
  /** Runs gsess, wants exit 0, and reads the JSON it printed. */
  json<T>(args: readonly string[], options?: GsessOptions): Promise<T>;
  /** The one store there is. */
  store(): string;
}

export interface Moment {
  readonly id: string;
  readonly kind: string;
  readonly turn: number;
  readonly subject: string;
  readonly tool: string | null;
}

/** Calls `use` with a world in which `gsess connect claude` was run. */
export function withCapturedWorld<T>(
  agents: InstalledAgents,
  use: (world: CapturedWorld) => Promise<T>,
): Promise<T> {
  return withWorld(agents, async (world) => {
    const record = join(world.directory, 'copies.jsonl');
    const hook = { type: 'command', command: copyingCommand(record, world.project), timeout: 30 };
    const hooks = Object.fromEntries(EVENTS.map((event) => [event, [{ hooks: [hook] }]]));
    const settingsBefore = `${JSON.stringify({ cleanupPeriodDays: 3650, hooks }, null, 2)}\n`;
    world.claude.writeSettings(settingsBefore);
    const captured: CapturedWorld = {
      ...world,
      settingsBefore,
      copies: () => recordedHooks(record),
      json: (args, options) => readJson(world, args, options),
      store: () => storeOf(world),
    };
    await captured.json(['connect', 'claude']);
    return use(captured);
  });
}

/** Runs gsess, wants exit 0, and reads the JSON it printed. */
export async function readJson<T>(
  world: World,
  args: readonly string[],
  options?: GsessOptions,
): Promise<T> {
  const { status, stdout, stderr } = await world.gsess([...args, '--json'], options);
  if (status !== 0) throw new Error(`gsess ${args.join(' ')} exited ${status}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as T;
}

/** The one store there is. */
export function storeOf({ data }: World): string {
  const projects = join(data, 'projects');
  const names = readdirSync(projects).filter((name) => name.endsWith('.git'));
  assert.is(names.length, 1);
  return join(projects, names[0] ?? '');
}

/** The files a commit holds, by path. */
export function filesAt(store: string, commit: string): Record<string, string> {
  const listed = git(store, ['ls-tree', '-r', '-z', '--name-only', `${commit}:files`]).toString();
  const paths = listed.split('\0').filter(Boolean);
  return Object.fromEntries(
    paths.map((path) => [
      path,
      git(store, ['cat-file', 'blob', `${commit}:files/${path}`]).toString(),
    ]),
  );
}

interface StoredMoment {
  readonly commit: string;
  readonly kind: string;
  readonly call: string;
}

/** The checkpoints of a branch, oldest first. */
function storedMoments(store: string, branch: string): StoredMoment[] {
  const trailer = (key: string) => `%(trailers:key=${key},valueonly,separator=)`;
  const format = ['%H', trailer('Gsess-Kind'), trailer('Gsess-Call')].join('%x09');
  const log = gitText(store, ['log', '--first-parent', '--reverse', `--format=${format}`, branch]);
  return log.split('\n').map((line) => {
    const [commit = '', kind = '', call = ''] = line.split('\t');
    return { commit, kind, call };
  });
}

/** What kind of checkpoint an event makes; `undefined` for tools that only read. */
function kindOf({ payload }: RecordedHook): string | undefined {
  const { hook_event_name: name, tool_name: tool } = payload;
  if (name === 'UserPromptSubmit') return 'prompt';
  if (name === 'Stop') return 'turn';
  if (name === 'PreToolUse') return tool === 'Read' ? undefined : 'tool';
  return 'manual';
}

/**
 * Holds each checkpoint of a branch against the copy of its moment. Prompts, calls and turns pair one to one; of the other events only
 * those that brought something have a checkpoint, so each is looked for from where the last was found. Returns how many were held.
 */
export function assertCheckpointsAreCopies(
  store: string,
  branch: string,
  copies: readonly RecordedHook[],
): number {
  const stored = storedMoments(store, branch);
  let next = 0;
  for (const { commit, kind, call } of stored) {
    const at = copies.findIndex(
      (copy, index) =>
        index >= next &&
        kindOf(copy) === kind &&
        (kind !== 'tool' || copy.payload['tool_use_id'] === call),
    );
    const skipped = copies.slice(next, at).map(kindOf);
    assert.ok(at >= 0, `no copy of checkpoint ${commit} (${kind})`);
    const missing = skipped.filter((found) => found !== undefined && found !== 'manual');
    assert.equal(missing, [], `events without a checkpoint before ${commit}`);
    assert.equal(filesAt(store, commit), copies[at]?.files, `${kind} ${commit}`);
    next = at + 1;
  }
  const left = copies.slice(next).map(kindOf);
  assert.equal(
    left.filter((kind) => kind !== undefined && kind !== 'manual'),
    [],
  );
  return stored.length;
}

/** The agent's transcript as the tip of a branch holds it. */
export function storedTranscript(store: string, branch: string, nativeId: string): Buffer {
  const path = `${branch}:transcript/${nativeId}`;
  const names = gitText(store, ['ls-tree', '-r', '--name-only', path]).split('\n');
  const segments = names.filter((name) => /^\d{4}\/\d{4}\.jsonl$/.test(name));
  return Buffer.concat(segments.map((name) => git(store, ['cat-file', 'blob', `${path}/${name}`])));
}
