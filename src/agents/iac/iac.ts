// IaC Code, as gsess sees an agent.

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
  sideFilesOf,
  sidePlace,
} from './locate.ts';
import { INTERRUPTED, writeNative, writeSideFile } from './native-writer.ts';
import { readTranscript } from './transcript-reader.ts';

export const iac: Agent = {
  name: 'iac',
  title: 'IaC Code',
  capabilities: {
    events: [],
    transcript: 'lines',
    hooksNeedTrust: false,
    sideFiles: true,
    registersLive: false,
    resumesAnywhere: false,
    resumesWith: [],
    limits: [
      'A session of the layout with one file is written back without its metadata.',
      'A session of a directory whose path has more than 200 characters cannot be written back.',
    ],
  },
  // Which of its tools only read is not known here.
  readOnlyTools: [],
  sessions: {
    isNativeId,
    idOfFile,
    find: findSession,
    list: async (places) => listSessions(places),
    directoryOf,
    live: () => [],
    sideFiles: sideFilesOf,
    resumesFrom,
    destination: newSessionPath,
    sidePlace,
  },
  format: {
    read: readTranscript,
    write: writeNative,
    writeSideFile,
    takeOver: { way: 'none' },
    modelTools: [],
    orphanResult: INTERRUPTED,
  },
  connection: { way: 'none' },
  commandFiles: null,
  sessionExport: null,
  resume: resumeCommand,
};

function resumeCommand({ nativeId, cwd }: ResumeTarget): ResumeCommand {
  // IaC Code would take anything else for a name, and a leading dash for a flag.
  if (!isNativeId(nativeId)) {
    throw new GsessError('usage', `Not the id of an IaC Code session: '${nativeId}'`);
  }
  return { before: [], argv: ['iac-code', '--resume', nativeId], cwd };
}
