// Opens the browser on the project of the working directory, and goes on with the session that was chosen in it once the terminal is
// free again.

import { basename } from 'node:path';
import type { Outcome } from '../../ui/browser-state.ts';
import { runBrowser } from '../../ui/run-browser.ts';
import { currentBranch } from '../../worktree/git-location.ts';
import type { Context } from '../context.ts';
import { parseCommandLine } from '../parser.ts';
import { openPlaceIfAny, type Place } from '../workspace.ts';
import { BrowserDesk } from './browser-desk.ts';
import { withTerminal } from './browser-terminal.ts';
import { captureOutput } from './captured-output.ts';

/** Resolves to false where no session was ever kept, so that there is nothing to browse. */
export async function openBrowser(context: Context): Promise<boolean> {
  const { output, surroundings } = context;
  const captured = captureOutput({ columns: output.columns ?? 80, colour: output.isColoured });
  const quiet = contextInBrowser(context, captured.output, ({ files, bytes }) =>
    desk.tellWork(`reading files: ${files}, ${Math.round(bytes / 1_000_000)} MB`),
  );
  const place = openPlaceIfAny(quiet);
  if (place === undefined) return false;
  const desk: BrowserDesk = new BrowserDesk({ captured, place, context: quiet });
  const { path, git } = place.project;
  const outcome = await withTerminal((terminal, writer) =>
    runBrowser({
      terminal,
      writer,
      paint: output.paint,
      place: {
        project: basename(path),
        branch: git && currentBranch(git).branch,
        newest: newestOf(place, terminal.size().rows),
        now: surroundings.now(),
      },
      desk,
    }),
  );
  await goOn(context, outcome);
  return true;
}

function newestOf({ store }: Place, count: number) {
  return store.newestSessions(count).map((session) => ({ session, project: null }));
}

/** What commands and functions are given there: they speak to nobody, and ask nobody. */
function contextInBrowser(
  context: Context,
  output: Context['output'],
  onProgress: NonNullable<Context['surroundings']['onProgress']>,
): Context {
  const quiet = context.aside(output);
  // Not spread: what nobody asks the context for is not to be looked up.
  return Object.create(quiet, {
    surroundings: { value: { ...quiet.surroundings, onProgress } },
  });
}

/** As if it had been typed. */
async function goOn(context: Context, outcome: Outcome): Promise<void> {
  if (outcome.kind === 'quit') return;
  const { resume } = await import('../commands/resume.ts');
  const at = outcome.checkpoint === undefined ? [] : ['--at', outcome.checkpoint];
  const { args } = parseCommandLine(['resume', '--id', outcome.session, ...at], [resume]);
  await resume.run(context, args as never);
}
