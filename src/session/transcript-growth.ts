// What the transcripts of a native id gained since the tip: the main file and the side files beside it, put into the batch, with the
// tree edits and the record that follow. Shared by capture, catching up and import.

import type { TreeEdits } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { type SessionRecord, type TranscriptRecord, transcriptOf } from './session-record.ts';
import { type Growth, type GrowthOptions, growStored, storedPath } from './stored-transcript.ts';

export interface TranscriptSource {
  readonly path: string;
  /** The file is there only until all of it is kept, so that nobody looks for it afterwards. */
  readonly isPassing?: boolean;
  readonly sideFiles: readonly { readonly name: string; readonly path: string }[];
}

export interface TranscriptGrowth {
  /** Of the main file. */
  readonly kind: Growth['kind'];
  readonly record: TranscriptRecord | undefined;
  readonly edits: TreeEdits;
  readonly warnings: readonly string[];
  /** Which of the warnings is of the main file. */
  readonly mainWarning?: string | undefined;
}

/** Whether the file holds less than what is stored, or something else. */
export function isBehind(kind: Growth['kind']): boolean {
  return kind === 'shrunk' || kind === 'kept';
}

export function growTranscripts(
  batch: ObjectBatch,
  basis: {
    readonly nativeId: string;
    readonly source: TranscriptSource;
    readonly transcripts: ObjectId | undefined;
    readonly before: Pick<SessionRecord, 'transcripts'>;
  },
  options: GrowthOptions,
): TranscriptGrowth {
  const { nativeId, source, transcripts, before } = basis;
  const present = transcriptOf(before, nativeId);
  const edits = new Map<string, { mode: '100644'; id: ObjectId } | null>();
  const warnings: string[] = [];
  let { mayReplace } = options;
  const grow = (file: string, state = { bytes: 0, segments: 0 }, sideFile?: string): Growth => {
    const path = storedPath(nativeId, sideFile);
    // What is not made of lines has no last line to wait for.
    const final = options.final || sideFile?.endsWith('.jsonl') === false;
    const growth = growStored(
      batch,
      { transcripts, path },
      { file, state, options: { ...options, final, mayReplace } },
    );
    if (growth.warning !== undefined) warnings.push(growth.warning);
    for (const [at, edit] of growth.edits) edits.set(at, edit as { mode: '100644'; id: ObjectId });
    return growth;
  };
  const main = grow(source.path, present);
  // Beside an older copy stand older side files; they may add, and replace none.
  if (mayReplace !== undefined) mayReplace = () => !isBehind(main.kind);
  const files = new Map(Object.entries(present?.files ?? {}));
  for (const { name, path } of source.sideFiles) {
    const { state } = grow(path, files.get(name), name);
    if (state.segments > 0) files.set(name, state);
  }
  const { bytes, segments } = main.state;
  const place = source.isPassing === true ? {} : { source: source.path };
  const record = { ...place, bytes, segments, files: Object.fromEntries(files) };
  return { kind: main.kind, record, edits, warnings, mainWarning: main.warning };
}
