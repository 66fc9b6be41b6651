// Claude Code, as gsess sees an agent.

import type { Agent } from '../agent.ts';
import { claudeCommands, claudeConnection } from './connection.ts';
import { writeConversation } from './conversation-writer.ts';
import {
  findSession,
  idOfFile,
  isNativeId,
  listSessions,
  liveSessions,
  newTranscriptPath,
  recordedCwd,
  resumesFrom,
  sideFilesOf,
  sidePlace,
} from './locate.ts';
import { NO_RESULT, writeNative, writeNativeSideFile } from './native-writer.ts';
import { resumeCommand } from './resume-command.ts';
import { READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const claude: Agent = {
  name: 'claude',
  title: 'Claude Code',
  capabilities: {
    events: ['start', 'prompt', 'tool', 'tool-done', 'turn', 'subagent', 'compact', 'end'],
    transcript: 'lines',
    hooksNeedTrust: false,
    sideFiles: true,
    registersLive: true,
    resumesAnywhere: true,
    resumesWith: ['prompt', 'model', 'permissionMode'],
    onResume: { droppedModes: ['plan', 'bypassPermissions'], repeatsPrompts: true },
    limits: ['It tells nothing when the user interrupts it; the next event shows that.'],
  },
  readOnlyTools: READ_ONLY_TOOLS,
  sessions: {
    isNativeId,
    idOfFile,
    find: findSession,
    list: async (places) => listSessions(places),
    directoryOf: recordedCwd,
    live: liveSessions,
    sideFiles: sideFilesOf,
    resumesFrom,
    destination: newTranscriptPath,
    sidePlace,
  },
  format: {
    read: readTranscript,
    write: writeNative,
    writeSideFile: writeNativeSideFile,
    takeOver: { way: 'records', write: writeConversation },
    modelTools: [],
    orphanResult: NO_RESULT,
  },
  connection: claudeConnection,
  commandFiles: claudeCommands,
  sessionExport: null,
  resume: resumeCommand,
};
