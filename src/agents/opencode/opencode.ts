// opencode, as gsess sees an agent.

import { GsessError } from '../../errors.ts';
import type { Agent, ResumeCommand, ResumeTarget } from '../agent.ts';
import { flagged, type ResumeExtras } from '../resume-words.ts';
import { opencodeCommands, opencodeConnection } from './connection.ts';
import { writeConversation } from './conversation-writer.ts';
import {
  copyPath,
  directoryOf,
  findSession,
  idOfFile,
  isNativeId,
  listSessions,
  resumesFrom,
  sideFilesOf,
} from './locate.ts';
import { NO_RESULT, writeNative } from './native-writer.ts';
import { opencodeExport } from './session-export.ts';
import { READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const opencode: Agent = {
  name: 'opencode',
  title: 'opencode',
  capabilities: {
    events: ['prompt', 'tool', 'tool-done', 'turn', 'subagent', 'compact'],
    transcript: 'database',
    hooksNeedTrust: false,
    sideFiles: true,
    registersLive: false,
    resumesAnywhere: false,
    resumesWith: ['prompt'],
    limits: [
      "Sessions from before it was connected are found by 'gsess import' alone, which asks opencode for them.",
      'It tells nothing when it ends.',
      "A conversation of another agent goes on with the model that is configured; 'opencode run' must be given one.",
    ],
  },
  readOnlyTools: READ_ONLY_TOOLS,
  sessions: {
    isNativeId,
    idOfFile,
    find: findSession,
    list: async (places) => listSessions(places),
    directoryOf,
    live: () => [],
    sideFiles: sideFilesOf,
    resumesFrom: (_, path, target) => resumesFrom(path, target),
    destination: copyPath,
    // They stay sessions of their own.
    sidePlace: () => undefined,
  },
  format: {
    read: readTranscript,
    write: writeNative,
    writeSideFile: (_, { bytes }) => Buffer.from(bytes),
    takeOver: { way: 'records', write: writeConversation },
    modelTools: [],
    orphanResult: NO_RESULT,
  },
  connection: opencodeConnection,
  commandFiles: opencodeCommands,
  sessionExport: opencodeExport,
  resume: resumeCommand,
};

/** The session is taken into the database first; where it is there already, that changes nothing. */
function resumeCommand(
  { nativeId, cwd, path }: ResumeTarget & { readonly path: string },
  { prompt }: ResumeExtras = {},
): ResumeCommand {
  if (!isNativeId(nativeId)) {
    throw new GsessError('usage', `Not the id of an opencode session: '${nativeId}'`);
  }
  return {
    before: [['opencode', 'import', path]],
    argv: ['opencode', '--session', nativeId, ...flagged('--prompt', prompt)],
    cwd,
  };
}
