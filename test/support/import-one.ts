// Imports one file, as a command that names one would.

import type { Import } from '../../src/session/import-draft.ts';
import { type ImportResult, importTranscripts } from '../../src/session/import-transcript.ts';
import type { Store } from '../../src/session/store.ts';

export async function importOne(
  store: Store,
  source: Import['source'],
  facts: Import['facts'],
): Promise<ImportResult> {
  const place = { root: store.project.root, summary: `import ${facts.agent}` };
  const [result] = await importTranscripts(store, place, [{ source, facts }]);
  if (result === undefined) throw new Error('one file has one result');
  return result;
}
