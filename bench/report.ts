// What a figure's program does with its rows: prints each as it comes and keeps them in bench/results.json beside those of the others.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { machine } from './machine.ts';
import { HEADING, isMet, type Row, rowText } from './row.ts';

const RESULTS = fileURLToPath(new URL('../../bench/results.json', import.meta.url));

interface Results {
  [figure: string]: {
    readonly measuredAt: string;
    readonly machine: ReturnType<typeof machine>;
    readonly rows: readonly Row[];
  };
}

/** Runs one figure; the process exits 1 if a row misses what it must reach. */
export async function reportFigure(
  figure: string,
  measure: (give: (row: Row) => void) => Promise<void>,
): Promise<void> {
  const rows: Row[] = [];
  console.log(HEADING);
  await measure((row) => {
    rows.push(row);
    console.log(rowText(row));
  });
  if (rows.length === 0) throw new Error(`${figure} measured nothing`);
  keep(figure, rows);
  if (!rows.every(isMet)) process.exitCode = 1;
}

function keep(figure: string, rows: readonly Row[]): void {
  const results = existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : {};
  results[figure] = { measuredAt: new Date().toISOString(), machine: machine(), rows };
  const sorted = Object.fromEntries(Object.entries(results).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(RESULTS, `${JSON.stringify(sorted, null, 2)}\n`);
}
