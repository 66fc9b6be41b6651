// Holds docs/data-model.md to the code: what the code writes stands in the document, and what stands there is written.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHECKPOINT_KINDS } from '../../src/session/checkpoint.ts';
import { newSessionId } from '../../src/session/session-id.ts';
import { newSessionRecord } from '../../src/session/session-record.ts';
import { SKIP_REASONS } from '../../src/worktree/skipped.ts';
import { sourceFiles } from '../support/checkout.ts';
import { fieldsOf } from '../support/interface-fields.ts';

const TOP = new URL('../../../', import.meta.url);
const textOf = (path: string) => readFileSync(fileURLToPath(new URL(path, TOP)), 'utf8');
const page = textOf('docs/data-model.md');
const sessionLayer = sourceFiles('src/session').map(textOf).join('\n');

/** The part of the page below a heading, down to the next one of its level or above. */
function section(heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const [, after = ''] = page.split(`\n${heading}\n`);
  assert.ok(after !== '', `the page has no section '${heading}'`);
  return after.split(new RegExp(`\n#{1,${level}} `))[0] ?? '';
}

/** The first cells of a section's tables, where they are code. */
function firstCells(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

const model = suite('the data model page');

model('names every trailer that the code writes, and no other', () => {
  const written = [...sessionLayer.matchAll(/\['(Gsess-[A-Za-z]+)'/g)].map(([, key = '']) => key);
  const told = firstCells(page).filter((cell) => cell.startsWith('Gsess-'));
  assert.ok(written.length > 15, `${written.length} trailers found in the code`);
  assert.equal(sorted(told), sorted(written));
});

model('names every trailer that a checkpoint is read from', () => {
  const read = [
    ...textOf('src/session/checkpoint.ts').matchAll(/(?:text|number)\('([A-Z]\w+)'\)/g),
  ];
  const told = firstCells(section('## A checkpoint'));
  const untold = read.map(([, key]) => `Gsess-${key}`).filter((key) => !told.includes(key));
  assert.equal(untold, []);
  assert.ok(read.length > 10, `${read.length} trailers read`);
});

model('names every kind of checkpoint', () => {
  const kinds: readonly string[] = CHECKPOINT_KINDS;
  const told = firstCells(section('## A checkpoint')).filter((cell) => /^[a-z]+$/.test(cell));
  const entries = ['files', 'transcript', 'odd'];
  assert.equal(sorted(told.filter((cell) => !entries.includes(cell))), sorted(kinds));
});

model('names every field of session.json', () => {
  const fields = fieldsOf('SessionRecord', textOf('src/session/session-record.ts'));
  const told = firstCells(section('## session.json'));
  assert.equal(sorted(told), sorted(fields));
});

model('names the fields that a new session has, in the order in which they are written', () => {
  const basis = { agent: 'claude', root: '/', cwd: '/', createdAt: '1970-01-01T00:00:00.000Z' };
  const record = newSessionRecord({ id: newSessionId(0), ...basis });
  const rows = section('## session.json')
    .split('\n')
    .filter((row) => !/^[^|]*\|[^|]*\|[^|]*optional/.test(row));
  const told = firstCells(rows.join('\n')).filter((cell) => !cell.includes('.'));
  assert.equal(told, Object.keys(record));
});

model('names every field of operation.json', () => {
  const sources = ['operation-log', 'session-record'].map((name) => `src/session/${name}.ts`);
  const fields = fieldsOf('Operation', sources.map(textOf).join('\n'));
  const told = firstCells(section('## Operations')).filter((cell) => !cell.startsWith('Gsess-'));
  // What waits in an operation is what waits in a session, told there.
  const here = fields.filter((field) => !field.startsWith('change.pending.'));
  assert.equal(sorted(told), sorted(here));
});

model('names every verb of an operation', () => {
  const [, union = ''] = /type OperationVerb =([^;]+);/.exec(sessionLayer) ?? [];
  const verbs = [...union.matchAll(/'(\w+)'/g)].map(([, verb]) => verb);
  const row = /^\| `Gsess-Verb` \|.*$/m.exec(page)?.[0] ?? '';
  assert.ok(verbs.length > 5, `${verbs.length} verbs`);
  assert.equal(
    sorted([...row.matchAll(/`(\w+)`/g)].map(([, verb = '']) => verb)),
    sorted(verbs as string[]),
  );
});

model('names every reason for leaving something out', () => {
  assert.equal(sorted(firstCells(section('## skipped.json'))), sorted(SKIP_REASONS));
});

model('names every namespace of refs and every setting of a store', () => {
  const spaces = [...sessionLayer.matchAll(/refs\/gsess\/(\w+)/g)].map(([, space = '']) => space);
  const told = [...section('## The repository').matchAll(/^\| `refs\/gsess\/(\w+)/gm)];
  assert.equal(sorted(told.map(([, space = '']) => space)), sorted(spaces));
  const settings = [...sessionLayer.matchAll(/'(gsess\.[a-z]+)'/g)].map(([, key = '']) => key);
  const toldSettings = firstCells(section('## The repository')).filter((cell) =>
    cell.startsWith('gsess.'),
  );
  assert.equal(sorted(toldSettings), sorted(['gsess.format', ...settings]));
});

model.run();
