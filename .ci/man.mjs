// Writes the man pages into man/, and the list of them into package.json. Run it after a change of a command, and commit both.
//
//     npx tsc && node .ci/man.mjs

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePages, top } from './man-pages.mjs';

const directory = join(top, 'man');
const pages = await makePages();

mkdirSync(directory, { recursive: true });
for (const name of readdirSync(directory)) {
  if (/\.[17]$/.test(name) && !pages.has(name)) rmSync(join(directory, name));
}
for (const [name, text] of pages) writeFileSync(join(directory, name), text);

const packageFile = join(top, 'package.json');
const { man: _, ...description } = JSON.parse(readFileSync(packageFile, 'utf8'));
const list = [...pages.keys()].map((name) => `./man/${name}`);
const entries = Object.entries(description).flatMap((entry) =>
  entry[0] === 'exports' ? [['man', list], entry] : [entry],
);
writeFileSync(packageFile, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
