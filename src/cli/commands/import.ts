// gsess import: takes transcripts of the agents in, from where they keep them or from files.

import { resolve } from 'node:path';
import { AGENT_NAMES } from '../../agents/registry.ts';
import { GsessError } from '../../errors.ts';
import type { Import } from '../../session/import-draft.ts';
import { importTranscripts } from '../../session/import-transcript.ts';
import { shortSessionId } from '../../session/session-id.ts';
import { openOrCreateStoreOf } from '../../session/store.ts';
import { safeText } from '../../ui/safe-text.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { type ImportedFile, importedFile, type ReadFile, readImport } from '../import-file.ts';
import { type ImportFile, importSources, type ProjectImport } from '../import-sources.ts';
import { renderTable } from '../table.ts';

interface Outcome extends ImportedFile {
  /** As it was given, or where the agent keeps it. */
  readonly path: string;
  readonly agent: string;
  readonly project: string;
}

export const importCommand = defineCommand({
  name: 'import',
  summary: 'take transcripts of an agent into this project',
  details: `Without files, every session of this project that the agents found here still keep is taken in, or
    those of the agent that is named; with --all those of every project, each into its own. Files that
    are named become sessions of this project, wherever they come from. opencode has its sessions in a
    database: it is run and asked for those that changed since, which takes some seconds for each.

    Each file becomes a session, or adds to the one it tells of. Its bytes are kept exactly, whatever
    is wrong with it, and 'gsess export' gives them back. The files are only read. Such a session holds
    the conversation and no files.

    A file is added, updated (the session had less of it), unchanged (nothing new), or refused,
    because it cannot be read; the others are imported all the same, and the exit status is 1.
    Files that hold one session at several moments are that session, in any order; an older one
    changes nothing. A copy that tells another story than what is here is kept beside it, with a
    warning. Without files, those that are unchanged are only counted.

    The sessions that one command adds to a project appear together when all files are read, and 'gsess undo'
    takes all of them away again. What it adds to sessions that were here is history like any other, and
    stays.`,
  positionals: {
    agent: { description: 'whose transcripts they are', choices: AGENT_NAMES },
    file: { description: 'the transcripts', variadic: true, completes: 'file' },
  },
  options: {
    all: { type: 'boolean', description: 'the sessions of every project, each into its own' },
  },
  examples: [
    { command: 'gsess import', description: 'take in what the agents keep of this project' },
    { command: 'gsess import --all', description: 'the same for every project' },
    {
      command: 'gsess import claude ~/backup/*.jsonl',
      description: 'take in files of Claude Code from elsewhere',
    },
  ],
  run: async (context, { agent, file: files, all }) => {
    if (all && files.length > 0) {
      throw new GsessError('usage', '--all takes what the agents keep, and no files', {
        hint: `See 'gsess help import'.`,
      });
    }
    const { projects, homeless, problems } = await importSources(context, { agent, files, all });
    const total = projects.reduce((sum, one) => sum + one.files.length, 0);
    const outcomes: Outcome[] = [];
    for (const one of projects) {
      outcomes.push(...(await importInto(context, one, { before: outcomes.length, total })));
    }
    if (outcomes.some(({ status }) => status === 'refused')) context.exitStatus = 1;
    for (const problem of problems) context.output.warn(safeText(problem));
    if (problems.length > 0) context.exitStatus = 1;
    if (homeless > 0) {
      context.output.note(`${homeless} sessions tell no directory; name their files to take them.`);
    }
    await report(outcomes, context, { isListed: files.length > 0 });
  },
});

async function importInto(
  { surroundings, output, cwd }: Context,
  { project, files }: ProjectImport,
  { before, total }: { readonly before: number; readonly total: number },
): Promise<Outcome[]> {
  const store = await openOrCreateStoreOf(project, surroundings);
  const read: { file: ImportFile; content: ReadFile | string }[] = [];
  // Read when they are asked for, so that only one is held at a time.
  function* requests(): Generator<Import> {
    for (const file of files) {
      const done = before + read.length;
      output.progress(`importing ${done + 1} of ${total}`, done / total);
      const content = readImport(store, resolve(cwd, file.path), file.source);
      read.push({ file, content });
      if (typeof content !== 'string') yield content.request;
    }
  }
  const names = [...new Set(files.map(({ source }) => source.agent.name))];
  const place = { root: store.project.root, summary: `import ${names.join(' ')}` };
  const results = (await importTranscripts(store, place, requests())).values();
  return read.map(({ file: { path, source }, content }) => ({
    path,
    agent: source.agent.name,
    project: project.path,
    ...importedFile(content, typeof content === 'string' ? undefined : results.next().value),
  }));
}

async function report(
  outcomes: readonly Outcome[],
  { output }: Context,
  { isListed }: { readonly isListed: boolean },
): Promise<void> {
  const shown = isListed ? outcomes : outcomes.filter(({ status }) => status !== 'unchanged');
  const unchanged = outcomes.length - shown.length;
  if (unchanged > 0) output.note(`${unchanged} sessions are here already, with all they hold.`);
  if (outcomes.length === 0) output.note('No sessions to take in.');
  if (!output.json) {
    for (const { path, warnings } of shown) {
      for (const warning of warnings) output.warn(`${safeText(path)}: ${warning}`);
    }
  }
  const value = outcomes.map(
    ({ path, agent, project, id, nativeId, status, records, warnings }) => ({
      path,
      agent,
      project,
      id,
      nativeId,
      status,
      records,
      warnings,
    }),
  );
  await output.result(value, () =>
    renderTable(
      [
        { heading: 'STATUS' },
        { heading: 'ID' },
        { heading: 'RECORDS', align: 'right' },
        { heading: 'FILE', isFlexible: true },
      ],
      shown.map(({ path, id, status, records }) => [
        status,
        id === null ? '' : shortSessionId(id),
        status === 'refused' ? '' : String(records),
        path,
      ]),
      output.columns,
    ),
  );
}
