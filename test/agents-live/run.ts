// Drives real agents against a model that answers by script, and checks what they and gsess do together.
//
//     node build/test/agents-live/run.js [pattern]        a regular expression on the scenario's file name
//
// The agents come from npm, into GSESS_AGENTS_DIR or a directory below the temporary one, and stay there. Where they cannot be had,
// their scenarios are named as skipped, with the reason. Ends with what failed and what was skipped, once more, and `N passed, N failed`.

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installAgents } from './install-agents.ts';
import { CheckFailed, type Counts, checker, neededBy, type Scenario } from './scenario.ts';

const directory = join(dirname(fileURLToPath(import.meta.url)), 'scenarios');
const pattern = new RegExp(process.argv[2] ?? '.');
const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
/** What the end of the output says again: often nothing else of it is kept. */
const atTheEnd: string[] = [];
const write = (line: string) => process.stdout.write(`${line}\n`);

async function scenarios(): Promise<readonly { name: string; scenario: Scenario }[]> {
  const names = readdirSync(directory).filter((name) => name.endsWith('.js') && pattern.test(name));
  return Promise.all(
    names.sort().map(async (name) => {
      const module = (await import(pathToFileURL(join(directory, name)).href)) as {
        scenario?: Scenario;
      };
      if (module.scenario === undefined) throw new Error(`'${name}' exports no scenario`);
      return { name, scenario: module.scenario };
    }),
  );
}

async function play(scenario: Scenario): Promise<void> {
  const before = counts.passed + counts.failed;
  const check = checker(counts, write);
  write(scenario.title);
  if (scenario.needs === 'nothing') {
    await scenario.run(check);
  } else {
    const needed = neededBy(scenario);
    const agents = await installAgents(needed);
    if ('unavailable' in agents) {
      counts.skipped += 1;
      const why = `skipped, for want of ${needed.join(' and ')}: ${agents.unavailable}`;
      write(`  ${why}`);
      atTheEnd.push(`${scenario.title}: ${why}`);
      return;
    }
    await scenario.run(check, agents);
  }
  if (counts.passed + counts.failed === before) throw new Error('the scenario checked nothing');
}

/** With the difference that uvu keeps beside the message. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const details = (error as { details?: string | false }).details;
  return `${error.stack ?? error.message}${typeof details === 'string' ? `\n${details}` : ''}`;
}

const found = await scenarios();
for (const { name, scenario } of found) {
  const failedBefore = counts.failed;
  try {
    await play(scenario);
  } catch (error) {
    if (counts.failed === failedBefore) counts.failed += 1;
    const [where, why] =
      error instanceof CheckFailed ? [`${name}: ${error.message}`, error.cause] : [name, error];
    write(`    ${where}: ${told(why)}`);
    atTheEnd.push(`FAILED ${where}: ${told(why)}`);
  }
}
if (found.length === 0) {
  counts.failed += 1;
  write('no scenario matches');
}
for (const line of atTheEnd) write(`\n${line}`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
