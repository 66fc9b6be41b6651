// Runs a slash command for whoever took it: a shell, a hook of an agent, an agent that has gsess as its session layer. What comes back
// says what was said, as text and as data, and what is left to do; nothing is printed, and nobody is asked. A command that fails or
// wants a yes has changed nothing, and is an outcome like any other.

import { GsessError, withSystemFault } from '../errors.ts';
import { deletionToConfirm } from '../session/agreed-deletion.ts';
import { safeColouredLines, safeText } from '../ui/safe-text.ts';
import { calledOf } from './chosen-session.ts';
import type { Command } from './command.ts';
import type { Context } from './context.ts';
import { detailLines } from './error-report.ts';
import { confirmationNeeded, type NextStep } from './next-step.ts';
import type { Output } from './output.ts';
import { parseCommandLine } from './parser.ts';
import { RecordedOutput } from './recorded-output.ts';
import { slashHelp } from './slash-help.ts';
import { readSlashLine, type SlashLine } from './slash-line.ts';
import { openPlace, sessionHere } from './workspace.ts';

export interface SlashHost {
  readonly commands: readonly Command[];
  /** What resumes a session takes the place of the conversation that goes on here, so that is asked about before. */
  readonly isReplaced: boolean;
  /** False where a line may come from somebody else than the person who sits there: then nothing is erased for good. */
  readonly mayErase: boolean;
  /** A context that asks nobody and says everything to this output; `session` as `--session`. */
  contextOf(output: Output, session: string | undefined): Context;
}

/** What a command said. */
export interface SlashSaid {
  /** What it printed, with a line break at its end; empty where it printed nothing. */
  readonly text: string;
  /** What it told beside that. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  /** As the command prints it with `--json`; null where it printed nothing. */
  readonly data: unknown;
  readonly exitStatus: number;
}

export type SlashResult = SlashSaid &
  (
    | { readonly kind: 'done' }
    /** What it lists is there to choose from: the same command with a name or number of the list. */
    | { readonly kind: 'choose' }
    /** Not done without a yes; the line `yes` is one. */
    | {
        readonly kind: 'confirm';
        readonly question: string;
        readonly yes: string;
        readonly error: GsessError;
      }
    | { readonly kind: 'failed'; readonly error: GsessError }
    | NextStep
  );

/** Rejects only for what is no failure of a command but a fault of gsess. */
export async function runSlashCommand(line: string, host: SlashHost): Promise<SlashResult> {
  const output = new RecordedOutput();
  const said = (exitStatus: number): SlashSaid => ({
    text: output.text,
    notes: output.notes,
    warnings: output.warnings,
    data: output.data ?? null,
    exitStatus,
  });
  try {
    const { isChoice, context } = await run(line, { host, output });
    const { next, exitStatus } = context;
    if (next !== undefined) return { ...said(exitStatus), ...next };
    return { ...said(exitStatus), kind: isChoice ? 'choose' : 'done' };
  } catch (thrown) {
    const error = withSystemFault(thrown);
    if (!(error instanceof GsessError)) throw error;
    return outcomeOf(line, error, said(error.exitStatus));
  }
}

/** Everything that a person should see of it, in the order in which it was said. */
export function slashText(result: SlashResult): string {
  const { notes, warnings, text } = result;
  const told = [...notes, ...warnings.map((warning) => `warning: ${warning}`)];
  const parts = [...told, text.trimEnd(), ...failureText(result)];
  return parts.filter((part) => part !== '').join('\n');
}

async function run(
  line: string,
  { host, output }: { readonly host: SlashHost; readonly output: RecordedOutput },
): Promise<{ readonly isChoice: boolean; readonly context: Context }> {
  const { snapshots } = host.contextOf(output, undefined).surroundings.settings;
  const read = readSlashLine(line, host.commands, { snapshots });
  const { command, words, isChoice, form } = read;
  const { args, session, wantsHelp } = parseCommandLine(
    [command.name, ...(form.takesRest === true ? ['--'] : []), ...words],
    host.commands,
  );
  const context = host.contextOf(output, session);
  if (wantsHelp || (command.name === 'help' && words.length === 0)) {
    await slashHelp(output, {
      commands: host.commands,
      snapshots,
      about: wantsHelp ? command : undefined,
    });
    return { isChoice: false, context };
  }
  if (!host.mayErase && args['purge'] === true) throw notFromHere();
  if (host.isReplaced && form.replaces === true) refuseReplacing(context, read, args);
  await command.run(context, args as never);
  return { isChoice, context };
}

function notFromHere(): GsessError {
  return new GsessError('guard', 'Nothing is erased for good from inside an agent', {
    hint: `'gsess delete --purge' does it in a shell.`,
  });
}

/** A conversation in which something was said, and whose agent runs, is not left without a yes. */
function refuseReplacing(
  context: Context,
  { words }: SlashLine,
  args: Readonly<Record<string, unknown>>,
): void {
  if (args['yes'] !== false) return;
  const current = sessionHere(() => openPlace(context).current({ changes: false }));
  if (current?.live !== true || current.turns === 0) return;
  throw confirmationNeeded(
    `Leave '${calledOf(current)}', which is going on, for '${words.join(' ')}'?`,
    '--yes',
  );
}

function outcomeOf(line: string, error: GsessError, said: SlashSaid): SlashResult {
  if (error.code !== 'confirmation-needed') return { ...said, kind: 'failed', error };
  const { question, yes } = questionOf(error);
  return { ...said, kind: 'confirm', question, yes: `${line.trim()} ${yes}`, error };
}

function questionOf(error: GsessError): { readonly question: string; readonly yes: string } {
  const deletion = deletionToConfirm(error);
  if (deletion !== undefined) {
    const { deleted, of } = deletion;
    return { question: `Delete ${deleted} of the ${of} files here?`, yes: '--yes=large' };
  }
  const { question, yes } = error.data;
  return {
    question: typeof question === 'string' ? question : error.message,
    yes: typeof yes === 'string' ? yes : '--yes',
  };
}

function failureText(result: SlashResult): readonly string[] {
  if (result.kind !== 'failed' && result.kind !== 'confirm') return [];
  const { error } = result;
  const how =
    result.kind === 'confirm' ? [`To say yes: ${result.yes}`] : detailLines(error, undefined);
  return [safeText(error.message), ...how.map(safeColouredLines)];
}
