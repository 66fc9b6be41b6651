// Nanocoder, as gsess sees an agent.

import { GsessError } from '../../errors.ts';
import type { Agent, ResumeCommand, ResumeTarget } from '../agent.ts';
import {
  directoryOf,
  findSession,
  idOfFile,
  isNativeId,
  listSessions,
  newSessionPath,
  resumesFrom,
} from './locate.ts';
import { writeNative } from './native-writer.ts';
import { CANCELLED, READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const nanocoder: Agent = {
  name: 'nanocoder',
  title: 'Nanocoder',
  capabilities: {
    events: [],
    transcript: 'document',
    hooksNeedTrust: false,
    sideFiles: false,
    registersLive: false,
    resumesAnywhere: true,
    resumesWith: [],
    limits: [
      'It saves a session every 30 seconds, so several calls may be one checkpoint.',
      'It saves no session of a run without its screen.',
      'A directory that its own settings name (`sessions.directory`) is not looked into.',
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
    sideFiles: () => [],
    resumesFrom,
    destination: newSessionPath,
    sidePlace: () => undefined,
  },
  format: {
    read: readTranscript,
    write: writeNative,
    writeSideFile: (_, { bytes }) => Buffer.from(bytes),
    takeOver: { way: 'none' },
    modelTools: [],
    orphanResult: CANCELLED,
  },
  connection: { way: 'none' },
  commandFiles: null,
  sessionExport: null,
  resume: resumeCommand,
};

function resumeCommand({ nativeId, cwd }: ResumeTarget): ResumeCommand {
  // Nanocoder would take a number for a place in its list, and a leading dash for a flag.
  if (!isNativeId(nativeId)) {
    throw new GsessError('usage', `Not the id of a Nanocoder session: '${nativeId}'`);
  }
  return { before: [], argv: ['nanocoder', '--resume', nativeId], cwd };
}
