// Names that people give to checkpoints: annotated tags, with the true name in the message and a ref that any file system can
// hold. Tags belong to the project, outlive their session, and are moved only by one who names the tag to replace.

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { encodeTag } from '../git/tag.ts';
import { foldTrailerValue, formatMessage, parseTrailers, subjectOf } from '../git/trailers.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { gsessSignature } from './gsess-signature.ts';
import { parseName, tagSlug } from './name.ts';
import { operate } from './operate.ts';
import { newOperation, recordOperation } from './record-operation.ts';
import { isSessionId, type SessionId } from './session-id.ts';
import type { Store } from './store.ts';

export interface TagSummary {
  readonly name: string;
  readonly ref: string;
  readonly object: ObjectId;
  readonly checkpoint: ObjectId;
  /** The session it was given in; undefined for a tag made with git itself. */
  readonly session: SessionId | undefined;
  readonly turn: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const TAG_REFS = 'refs/tags/';

/** The tags of a project that name a checkpoint, by name. */
export function listTags(store: Store): TagSummary[] {
  return store
    .readRefs(TAG_REFS, ({ name, id }) => readTag(store, name, id))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a ref to a checkpoint names, as a tag; undefined for a commit that is no checkpoint. */
export function readTag(store: Store, ref: string, object: ObjectId): TagSummary | undefined {
  // Someone may have tagged with git itself, plainly.
  if (store.objects.sizeOf(object).type !== 'tag') return plainTag(store, ref, object);
  const tag = store.objects.readTag(object);
  const trailers = parseTrailers(tag.message);
  const session = trailers.get('Gsess-Session')?.at(-1) ?? '';
  return {
    name: trailers.get('Gsess-Tag')?.at(-1) ?? subjectOf(tag.message),
    ref,
    object,
    checkpoint: tag.object,
    session: isSessionId(session) ? session : undefined,
    turn: Number.parseInt(trailers.get('Gsess-Turn')?.at(-1) ?? '0', 10) || 0,
    at: new Date(tag.tagger.at).toISOString(),
  };
}

function plainTag(store: Store, ref: string, object: ObjectId): TagSummary | undefined {
  if (store.objects.sizeOf(object).type !== 'commit') return undefined;
  const checkpoint = parseCheckpoint(object, store.objects.readCommit(object));
  if (checkpoint === undefined) return undefined;
  const { session, turn, at } = checkpoint;
  const name = ref.slice(TAG_REFS.length);
  return { name, ref, object, checkpoint: object, session, turn, at: at.toISOString() };
}

export interface TagRequest {
  readonly name: string;
  readonly checkpoint: ObjectId;
  readonly session: SessionId;
  /** The root whose log it goes into. */
  readonly root: string;
  /** The tag of that name that may be replaced. */
  readonly replaces?: ObjectId | undefined;
}

/** Names a checkpoint; throws `guard` if the name is taken by another tag than the one to replace. */
export function createTag(store: Store, request: TagRequest): Promise<TagSummary> {
  return operate(store, { root: request.root, verb: 'tag' }, () => create(store, request));
}

async function create(store: Store, request: TagRequest): Promise<TagSummary> {
  const name = parseName(request.name, 'tag');
  const taken = findTag(store, name);
  if (taken !== undefined && taken.object !== request.replaces) {
    throw new GsessError('guard', `The tag '${name}' exists already`, {
      hint: `Take another name, or move it with '--force'.`,
      data: { name, checkpoint: taken.checkpoint },
    });
  }
  const { turn } = store.checkpoint(request.checkpoint);
  const slug = tagSlug(name);
  const batch = store.batch();
  const tagger = gsessSignature(store.surroundings.now());
  const message = formatMessage(name, '', [
    ['Gsess-Tag', foldTrailerValue(name)],
    ['Gsess-Session', request.session],
    ['Gsess-Turn', String(turn)],
  ]);
  const object = batch.put(
    'tag',
    encodeTag({ object: request.checkpoint, type: 'commit', name: slug, tagger, message }),
  );
  const ref = `${TAG_REFS}${slug}`;
  await recordOperation(
    store,
    batch,
    newOperation(store, {
      verb: 'tag',
      root: request.root,
      summary: `tag ${name}`,
      refs: [
        { name: ref, before: taken?.ref === ref ? taken.object : null, after: object },
        ...(taken === undefined || taken.ref === ref
          ? []
          : [{ name: taken.ref, before: taken.object, after: null }]),
      ],
    }),
  );
  // A tag holds whole seconds.
  const at = new Date(Math.floor(tagger.at / 1000) * 1000).toISOString();
  return { name, ref, object, checkpoint: request.checkpoint, session: request.session, turn, at };
}

/** Takes a tag away, not what it names; throws `not-found`. */
export function deleteTag(
  store: Store,
  { name, root }: { readonly name: string; readonly root: string },
): Promise<TagSummary> {
  return operate(store, { root, verb: 'untag' }, async () => {
    const tag = findTag(store, name);
    if (tag === undefined) {
      throw new GsessError('not-found', `No tag '${name}' in this project`, {
        hint: `'gsess tag --list' shows them.`,
      });
    }
    const summary = `tag --delete ${tag.name}`;
    const refs = [{ name: tag.ref, before: tag.object, after: null }];
    const operation = newOperation(store, { verb: 'untag', root, summary, refs });
    await recordOperation(store, store.batch(), operation);
    return tag;
  });
}

export function findTag(store: Store, name: string): TagSummary | undefined {
  const wanted = name.trim().normalize('NFC');
  return listTags(store).find((tag) => tag.name === name || tag.name === wanted);
}
