// Fails unless the man pages in man/ are those the commands make, each flag and command stands in its page, package.json lists them
// all, and the formatter finds nothing to say about them. Exit status of groff is 0 even then, so any output counts.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePages, top } from './man-pages.mjs';

const directory = join(top, 'man');
const pages = await makePages();
const problems = [];

const present = existsSync(directory)
  ? readdirSync(directory).filter((name) => /\.[17]$/.test(name))
  : [];
for (const name of present)
  if (!pages.has(name)) problems.push(`man/${name} belongs to no command or topic`);
for (const [name, text] of pages) {
  if (!present.includes(name)) problems.push(`man/${name} is missing`);
  else if (readFileSync(join(directory, name), 'utf8') !== text) {
    problems.push(`man/${name} differs from what the commands declare: run node .ci/man.mjs`);
  }
}

const { COMMANDS } = await import('../build/src/cli/commands.js');
const overview = pages.get('gsess.1');
for (const { name, hidden, options = {} } of COMMANDS) {
  if (!hidden && !overview.includes(`\n.It Cm ${name}\n`)) {
    problems.push(`man/gsess.1 does not tell of 'gsess ${name}'`);
  }
  const page = pages.get(`gsess-${name}.1`);
  for (const [flag, { hidden: isHidden }] of Object.entries(options)) {
    if (!isHidden && !page.includes(`Fl -${flag}`)) {
      problems.push(`man/gsess-${name}.1 does not tell of --${flag}`);
    }
  }
  for (const [, flag] of page.matchAll(/^\.Op Fl -([a-z-]+)/gm)) {
    if (!Object.hasOwn(options, flag)) problems.push(`man/gsess-${name}.1 tells of --${flag}`);
  }
}
for (const [, name] of overview.matchAll(/^\.It Cm (.+)$/gm)) {
  if (!COMMANDS.some((command) => command.name === name)) {
    problems.push(`man/gsess.1 tells of 'gsess ${name}'`);
  }
}

const { man = [] } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
const wanted = [...pages.keys()].map((name) => `./man/${name}`);
if (JSON.stringify(man) !== JSON.stringify(wanted)) {
  problems.push('package.json does not list the man pages: run node .ci/man.mjs');
}

const formatters = [
  ['groff', ['-mdoc', '-ww', '-z']],
  ['mandoc', ['-T', 'lint', '-W', 'warning']],
];
const isThere = ([program]) => spawnSync(program, ['--version']).error === undefined;
const formatter = formatters.find(isThere);
if (formatter === undefined) {
  console.log('note: neither groff nor mandoc is here, so the form of the man pages is unchecked');
} else {
  const [program, args] = formatter;
  for (const name of present) {
    const { stdout, stderr } = spawnSync(program, [...args, name], { cwd: directory });
    const said = `${stdout}${stderr}`.trim();
    if (said !== '') problems.push(`man/${name}: ${program} says:\n${said}`);
  }
}

for (const problem of problems) console.error(problem);
console.log(`${pages.size} man pages, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
