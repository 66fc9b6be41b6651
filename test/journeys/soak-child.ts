// Works at random in one project until it is killed: edits files, captures, and calls every verb that changes something. What has
// resolved is acknowledged on standard output, in one write, with all that must now be reachable.
//
//     node soak-child.js DIRECTORY SEED        says "ready", and begins when it is told anything
//
//     ack VERB ID…          refused VERB CODE          failed VERB MESSAGE

import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claude } from '../../src/agents/claude/claude.ts';
import { GsessError, isSystemError } from '../../src/errors.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { capture } from '../../src/session/capture.ts';
import type { Checkpoint } from '../../src/session/checkpoint.ts';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { deleteSession } from '../../src/session/delete-session.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { openStore } from '../../src/session/open-store.ts';
import { operationsRef } from '../../src/session/operation-log.ts';
import { renameSession } from '../../src/session/rename-session.ts';
import { restoreCheckpoint } from '../../src/session/restore-checkpoint.ts';
import type { SessionSummary } from '../../src/session/session-summary.ts';
import type { Store } from '../../src/session/store.ts';
import { createTag, deleteTag, listTags } from '../../src/session/tag.ts';
import { undoOperation } from '../../src/session/undo-operation.ts';
import { importOne } from '../support/import-one.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { sealedSurroundings } from '../support/session-driver.ts';

const [directory = '', seed = '0'] = process.argv.slice(2);
const surroundings = sealedSurroundings(directory, { now: () => Date.now() });
const root = join(directory, 'project');
const { below, pick, chance } = seededRandom(Number(seed));
/** What a verb may say to a wish that makes no sense at the moment; anything else is a mistake of ours. */
const REFUSALS = ['not-found', 'tree-changed', 'guard', 'ambiguous', 'name-invalid'];
const SESSIONS = ['eeeeeeee-0000-4000-8000-000000000001', 'eeeeeeee-0000-4000-8000-000000000002'];

interface Transcript {
  readonly nativeId: string;
  readonly path: string;
}

function transcriptOf(nativeId: string): Transcript {
  const path = join(directory, 'home', '.claude', 'projects', 'soak', `${nativeId}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  return { nativeId, path };
}

function speak({ nativeId, path }: Transcript, text: string): void {
  const message = { role: 'user', content: text };
  const record = {
    type: 'user',
    uuid: randomUUID(),
    parentUuid: null,
    sessionId: nativeId,
    message,
  };
  appendFileSync(path, `${JSON.stringify(record)}\n`);
}

function editFiles(): void {
  const many = chance(0.1);
  for (let count = many ? 40 : 1 + below(4); count > 0; count -= 1) {
    const path = join(root, `d${below(4)}`, `f${below(many ? 200 : 12)}`);
    const content = `${below(1_000_000)} ${'x'.repeat(below(2000))}\n`;
    unlessOthersAreFaster(() => {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    });
  }
  const directory = join(root, `d${below(4)}`);
  if (chance(0.3)) unlessOthersAreFaster(() => rmSync(directory, { recursive: true, force: true }));
}

/** A second child works in the same files, and may just have made or removed a directory. */
function unlessOthersAreFaster(edit: () => void): void {
  try {
    edit();
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

const storeOf = () => openStore(root, surroundings);

function someSession(store: Store, { withFiles = false } = {}): SessionSummary {
  const all = store.sessions();
  const sessions = withFiles
    ? all.filter(({ tip }) => store.checkpoint(tip).files !== 'none')
    : all;
  if (sessions.length === 0) throw new GsessError('not-found', 'no session');
  return pick(sessions);
}

function someCheckpoint(store: Store, { tip }: SessionSummary): Checkpoint {
  let left = below(8);
  let found = store.checkpoint(tip);
  for (const checkpoint of store.history(tip)) {
    found = checkpoint;
    if (left === 0) break;
    left -= 1;
  }
  return found;
}

const readerOf = () => claude.format.read;

/** Each resolves to what must be reachable from then on, besides the newest entry of the log. */
const verbs: Readonly<Record<string, () => Promise<readonly (ObjectId | undefined)[]>>> = {
  async prompt() {
    const transcript = transcriptOf(pick(SESSIONS));
    editFiles();
    speak(transcript, 'before');
    const { nativeId, path } = transcript;
    const kind = pick(['prompt', 'turn', 'tool', 'manual'] as const);
    const { checkpoint } = await capture(
      {
        agent: 'claude',
        nativeId,
        cwd: root,
        kind,
        subject: `${kind} ${below(1000)}`,
        prompt: 'go on',
        transcript: { path, sideFiles: [] },
      },
      surroundings,
    );
    return [checkpoint];
  },
  async tag() {
    const store = await storeOf();
    const session = someSession(store);
    const { id } = someCheckpoint(store, session);
    const request = { name: `tag ${below(30)}`, checkpoint: id, session: session.id, root };
    return [(await createTag(store, request)).object];
  },
  async untag() {
    const store = await storeOf();
    const tags = listTags(store);
    if (tags.length === 0) throw new GsessError('not-found', 'no tag');
    return [(await deleteTag(store, { name: pick(tags).name, root })).object];
  },
  async restore() {
    const store = await storeOf();
    const session = someSession(store, { withFiles: true });
    const conversation = chance(0.3);
    if (chance(0.5)) editFiles();
    const checkpoint = someCheckpoint(store, session);
    const outcome = await restoreCheckpoint(
      store,
      {
        checkpoint,
        session: session.id,
        root,
        called: '@1',
        readerOf,
        files: true,
        conversation,
        agreed: 'any',
      },
      undefined,
    );
    return [outcome.checkpoint];
  },
  async undo() {
    await undoOperation(await storeOf(), {
      root,
      direction: 'undo',
      everything: chance(0.5),
      agreed: 'any',
    });
    return [];
  },
  async redo() {
    await undoOperation(await storeOf(), {
      root,
      direction: 'redo',
      everything: chance(0.5),
      agreed: 'any',
    });
    return [];
  },
  async fork() {
    const store = await storeOf();
    const { id: session, tip } = someSession(store);
    const checkpoint = store.checkpoint(tip);
    return [(await forkSession(store, { checkpoint, session, here: root, readerOf })).checkpoint];
  },
  async rename() {
    const store = await storeOf();
    const session = someSession(store);
    await renameSession(store, { session, name: `name ${below(500)}`, root });
    return [];
  },
  async delete() {
    const store = await storeOf();
    const session = someSession(store);
    await deleteSession(store, { session, root });
    return [session.tip];
  },
  async gc() {
    await collectGarbage(await storeOf(), { pruneGraceMs: 0 });
    return [];
  },
  async import() {
    const transcript = transcriptOf(randomUUID());
    for (let count = 1 + below(30); count > 0; count -= 1) speak(transcript, `imported ${count}`);
    const { nativeId, path } = transcript;
    const facts = {
      agent: 'claude',
      nativeId,
      turns: 1,
      title: 'imported',
      isAgentsOwn: false,
      name: null,
      firstPrompt: 'imported',
      lastPrompt: 'imported',
      model: null,
      provider: null,
      permissionMode: null,
      cwd: root,
      branch: null,
      startedAt: undefined,
      endedAt: undefined,
    };
    return [(await importOne(await storeOf(), { path, sideFiles: [] }, facts)).checkpoint];
  },
};

/** Captures come most often, as they do in life. */
const CHOICES = [...Object.keys(verbs), ...Array.from({ length: 8 }, () => 'prompt')];

function isRefusal(verb: string, error: unknown): error is GsessError {
  if (!(error instanceof GsessError)) return false;
  // Another process spoke in the session after it was chosen for deletion, or collects already.
  const isOthers =
    (verb === 'delete' && error.code === 'ref-moved') || (verb === 'gc' && error.code === 'locked');
  return isOthers || REFUSALS.includes(error.code);
}

async function work(): Promise<void> {
  for (;;) {
    const verb = pick(CHOICES);
    let line: string;
    try {
      const ids = (await verbs[verb]?.()) ?? [];
      const log = (await storeOf()).refs.read(operationsRef(root));
      line = ['ack', verb, ...[...ids, log].filter((id) => id !== undefined)].join(' ');
    } catch (error) {
      line = isRefusal(verb, error)
        ? `refused ${verb} ${error.code}`
        : `failed ${verb} ${error instanceof Error ? error.stack : error}`.replaceAll('\n', ' | ');
    }
    writeSync(1, `${line}\n`);
  }
}

writeSync(1, 'ready\n');
process.stdin.once('data', () => {
  process.stdin.pause();
  void work();
});
