// An agent's own form of a conversation, its places filled in, as the verbs that hand a session back need it.

import type { Agent, AgentPlaces } from '../agents/agent.ts';
import type { ConversationForm } from '../session/resume-session.ts';

export function conversationForm(
  { sessions, format }: Agent,
  places: AgentPlaces,
  now: () => number,
): ConversationForm {
  return {
    find: (nativeId) => sessions.find(places, nativeId),
    resumesFrom: (path, target) => sessions.resumesFrom(places, path, target),
    destination: (target) => sessions.destination(places, { ...target, at: now() }),
    sidePlace: sessions.sidePlace,
    sideFiles: sessions.sideFiles,
    read: format.read,
    write: format.write,
    writeSideFile: format.writeSideFile,
  };
}
