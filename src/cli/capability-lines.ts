// What an agent can and cannot do, in words.

import type { Agent, AgentEventKind } from '../agents/agent.ts';

const MOMENTS: Readonly<Record<AgentEventKind, string>> = {
  start: 'start',
  prompt: 'prompts',
  tool: 'calls before they run',
  'tool-done': 'calls after they ran',
  turn: 'answers',
  subagent: 'subagents',
  compact: 'compaction',
  end: 'end',
};

const MOMENT_KINDS = Object.keys(MOMENTS) as AgentEventKind[];

const WATCHED: readonly string[] = [
  `tells nothing; 'gsess watch' and 'gsess run' see in its files: ${MOMENTS.prompt}, ${MOMENTS.turn}, calls`,
  'not seen: a call before it runs, where it is written down only with its result',
  `not seen: what it does while neither runs; 'gsess import' takes that in later, without files`,
];

/** One line each, without indentation. */
export function capabilityLines({ capabilities, connection, format }: Agent): string[] {
  const { events, transcript, hooksNeedTrust, sideFiles, resumesAnywhere, limits } = capabilities;
  const missing = MOMENT_KINDS.filter((kind) => !events.includes(kind));
  const name = (kinds: readonly AgentEventKind[]) => kinds.map((kind) => MOMENTS[kind]).join(', ');
  const kept = {
    lines: 'as it is written',
    document: 'each time it is saved',
    database: 'copied out of its database',
  }[transcript];
  return [
    ...(connection.way === 'none'
      ? WATCHED
      : [
          `tells by ${connection.way === 'hooks' ? 'hooks' : `its ${connection.way}`}: ${name(events)}`,
        ]),
    ...(connection.way === 'none' || missing.length === 0
      ? []
      : [`does not tell: ${name(missing)}`]),
    `conversation: ${kept}${sideFiles ? ', with subagents and side files' : ', without side files'}`,
    `resumes: ${resumesAnywhere ? 'in any directory' : 'in its own directory only'}`,
    ...(format.takeOver.way === 'none' ? ['cannot go on with conversations of other agents'] : []),
    ...(hooksNeedTrust ? ['its hooks run only after you have trusted them in it'] : []),
    ...limits,
  ];
}
