// gsess import: takes transcripts of an agent in, from files.

import { resolve } from 'node:path';
import { AGENT_NAMES, agentEntry } from '../../agents/registry.ts';
import type { Import } from '../../session/import-draft.ts';
import { importTranscripts } from '../../session/import-transcript.ts';
import { locateProject } from '../../session/project.ts';
import { openOrCreateStoreOf } from '../../session/store.ts';
import { placesOf } from '../agent-places.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { type ImportedFile, importedFile, type ReadFile, readImport } from '../import-file.ts';
import { safeText } from '../safe-text.ts';
import { renderTable } from '../table.ts';

const ID_LENGTH = 8;

interface Outcome extends ImportedFile {
  /** As it was given. */
  readonly path: string;
}

export const importCommand = defineCommand({
  name: 'import',
  summary: 'take transcripts of an agent into this project',
  details: `Each file becomes a session of this project, or adds to the one it tells of. Its bytes are kept exactly, whatever
    is wrong with it, and 'gsess export' gives them back. The files are only read.

    A file is added, updated (the session had less of it), unchanged (nothing new), or refused,
    because it cannot be read; the others are imported all the same, and the exit status is 1. A
    copy of a session that tells another story than what is here is kept beside it, with a
    warning.

    The sessions that one command adds appear together when all files are read, and 'gsess undo' takes
    all of them away again. What it adds to sessions that were here is history like any other, and
    stays.`,
  positionals: {
    agent: {
      description: 'whose transcripts they are',
      required: true,
      choices: AGENT_NAMES,
    },
    file: { description: 'the transcripts', required: true, variadic: true, completes: 'file' },
  },
  examples: [
    {
      command: 'gsess import claude ~/.claude/projects/*/*.jsonl',
      description: 'take in every session of Claude Code',
    },
  ],
  run: async (context, { agent: name, file: files }) => {
    const { surroundings, output, cwd } = context;
    const agent = await agentEntry(name).load();
    const store = await openOrCreateStoreOf(locateProject(cwd, surroundings), surroundings);
    const places = placesOf(context, name);
    const own = await agent.sessions.list(places);
    const ownPaths = new Set(own.map((session) => session.path));
    const source = { agent, places, ownPaths };
    const read: { path: string; file: ReadFile | string }[] = [];
    // Read when they are asked for, so that only one is held at a time.
    function* requests(): Generator<Import> {
      for (const path of files) {
        output.progress(
          `importing ${read.length + 1} of ${files.length}`,
          read.length / files.length,
        );
        const file = readImport(store, resolve(cwd, path), source);
        read.push({ path, file });
        if (typeof file !== 'string') yield file.request;
      }
    }
    const place = { root: store.project.root, summary: `import ${name}` };
    const results = (await importTranscripts(store, place, requests())).values();
    const outcomes: Outcome[] = read.map(({ path, file }) => ({
      path,
      ...importedFile(file, typeof file === 'string' ? undefined : results.next().value),
    }));
    if (outcomes.some(({ status }) => status === 'refused')) context.exitStatus = 1;
    await report(outcomes, context);
  },
});

async function report(outcomes: readonly Outcome[], { output }: Context): Promise<void> {
  if (!output.json) {
    for (const { path, warnings } of outcomes) {
      for (const warning of warnings) output.warn(`${safeText(path)}: ${warning}`);
    }
  }
  const value = outcomes.map(({ path, id, nativeId, status, records, warnings }) => ({
    path,
    id,
    nativeId,
    status,
    records,
    warnings,
  }));
  await output.result(value, () =>
    renderTable(
      [
        { heading: 'STATUS' },
        { heading: 'ID' },
        { heading: 'RECORDS', align: 'right' },
        { heading: 'FILE', isFlexible: true },
      ],
      outcomes.map(({ path, id, status, records }) => [
        status,
        id?.slice(0, ID_LENGTH) ?? '',
        status === 'refused' ? '' : String(records),
        path,
      ]),
      output.columns,
    ),
  );
}
