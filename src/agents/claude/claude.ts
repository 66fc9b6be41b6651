// Claude Code, as gsess sees an agent.

import type { Agent } from '../agent.ts';
import { findSession, listSessions, liveSessions, newTranscriptPath } from './locate.ts';
import { writeNative, writeNativeSideFile } from './native-writer.ts';
import { resumeCommand } from './resume-command.ts';
import { READ_ONLY_TOOLS } from './tools.ts';
import { readTranscript } from './transcript-reader.ts';

export const claude: Agent = {
  name: 'claude',
  title: 'Claude Code',
  readOnlyTools: READ_ONLY_TOOLS,
  find: findSession,
  list: listSessions,
  live: liveSessions,
  read: readTranscript,
  write: writeNative,
  writeSideFile: writeNativeSideFile,
  destination: newTranscriptPath,
  resume: resumeCommand,
};
