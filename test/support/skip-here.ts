// For a test that finds out only while it runs that this machine cannot provoke its case. It says so by name, returns, and is counted
// as skipped and not as passed.

let skips = 0;

/** Says what is not shown here; the test has to return then. */
export function skipHere(what: string): void {
  skips += 1;
  process.stdout.write(`\n   skipped: ${what}\n`);
}

/** How many tests said so since the last time. */
export function takeSkips(): number {
  const taken = skips;
  skips = 0;
  return taken;
}
