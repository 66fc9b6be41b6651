// LLxprt Code, as gsess sees an agent.

import { GsessError } from '../../errors.ts';
import type { Agent, ResumeCommand, ResumeTarget } from '../agent.ts';
import { familyWords, type ResumeExtras } from '../resume-words.ts';
import { INTERRUPTED } from './blocks.ts';
import { llxprtConnection } from './connection.ts';
import {
  directoryOf,
  findSession,
  isNativeId,
  listSessions,
  liveSessions,
  newRecordingPath,
  resumesFrom,
} from './locate.ts';
import { writeNative } from './native-writer.ts';
import { READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const llxprt: Agent = {
  name: 'llxprt',
  title: 'LLxprt Code',
  capabilities: {
    events: ['start', 'prompt', 'tool', 'tool-done', 'turn', 'end'],
    transcript: 'lines',
    hooksNeedTrust: false,
    sideFiles: false,
    registersLive: true,
    resumesAnywhere: false,
    resumesWith: ['prompt', 'model'],
    limits: [
      'It tells nothing when the user interrupts it; the next event shows that.',
      'It tells no id of a call; the call of a checkpoint is found by its place in the transcript.',
      'Recordings that it has compressed and put away are imported by their paths.',
      'It is known from its recordings alone; no run of it is part of the tests.',
    ],
  },
  readOnlyTools: READ_ONLY_TOOLS,
  sessions: {
    isNativeId,
    // The name of a recording holds a part of its id only.
    idOfFile: () => undefined,
    find: findSession,
    list: async (places) => listSessions(places),
    directoryOf,
    live: liveSessions,
    sideFiles: () => [],
    resumesFrom,
    destination: newRecordingPath,
    sidePlace: () => undefined,
  },
  format: {
    read: readTranscript,
    write: writeNative,
    writeSideFile: (_, { bytes }) => Buffer.from(bytes),
    takeOver: { way: 'none' },
    modelTools: [],
    orphanResult: INTERRUPTED,
  },
  connection: llxprtConnection,
  commandFiles: null,
  sessionExport: null,
  resume: resumeCommand,
};

function resumeCommand({ nativeId, cwd }: ResumeTarget, extras: ResumeExtras = {}): ResumeCommand {
  // LLxprt would take a number for a place in its list, and a leading dash for a flag.
  if (!isNativeId(nativeId)) {
    throw new GsessError('usage', `Not the id of an LLxprt session: '${nativeId}'`);
  }
  return { before: [], argv: ['llxprt', '--continue', nativeId, ...familyWords(extras)], cwd };
}
