// gsess resume: brings a session back in its agent, at its end or at an earlier checkpoint.

import { AGENT_NAMES } from '../../agents/registry.ts';
import { defineCommand } from '../command.ts';
import { goOn } from '../go-on.ts';
import { GOING_ON_OPTIONS, goingOnOf } from '../going-on-options.ts';

export const resume = defineCommand({
  name: 'resume',
  summary: 'bring a session back in its agent',
  details: `On a terminal the agent is started in the session's directory; with --print, without a terminal, or for
    a session of another directory, the command that does it is printed, and on a terminal copied to
    the clipboard where there is one. Without a reference the sessions are browsed on a terminal, to
    choose one; elsewhere the latest is taken, as by 'gsess continue'. An id or a name that no session
    here has is looked for in the other projects.

    Where the agent has lost or cut its own transcript, or where an earlier checkpoint is named, a new
    transcript is written for it under a new id; its own files are never changed. At an earlier
    checkpoint the conversation of the session goes back, which 'gsess undo' takes back; the files stay. A
    tag of another session begins a fork of that session, and so does --fork of any.

    With --agent the conversation goes on in another agent: what was said, each call and its result are
    written as records of that agent, after a first message that says where they come from. That is a fork
    each time, a session of the other agent; this one and its files stay as they are. What is not carried
    over, as thoughts, is listed. 'gsess resume' with the fork goes on in it later.

    From within a conversation in which something was said, going on with another one is asked for
    first; where nobody can answer, --yes is needed.`,
  positionals: {
    ref: { description: 'a session, or one of its checkpoints', completes: 'checkpoint' },
  },
  options: {
    ...GOING_ON_OPTIONS,
    agent: {
      type: 'string',
      placeholder: 'AGENT',
      description: 'go on in another agent',
      choices: AGENT_NAMES,
    },
    file: {
      type: 'string',
      placeholder: 'FILE',
      description: "the session in this file of an agent, taken in as by 'gsess import'",
      completes: 'file',
    },
  },
  examples: [
    { command: 'gsess resume flags', description: 'bring back a session by its name' },
    { command: 'gsess resume @2', description: 'go on from the end of turn 2' },
    { command: 'gsess resume flags --fork', description: 'go on beside it, in a new session' },
    {
      command: 'gsess resume 3 --print',
      description: 'print what brings back the third of the list',
    },
    { command: 'gsess resume flags --agent codex', description: 'go on with it in Codex' },
  ],
  slash: { aliases: ['continue', 'sessions', 'history'], bare: '/list', replaces: true },
  keys: [
    { view: 'sessions', key: 'enter', label: 'go on' },
    { view: 'moments', key: 'enter', label: 'go on from here' },
  ],
  run: async (context, args) => {
    const browse = saysNothing(args) ? context.browse : undefined;
    if (browse !== undefined && (await browse())) return;
    await goOn(context, goingOnOf(args));
  },
});

/** No session is named, and nothing of how to go on. */
function saysNothing(args: Readonly<Record<string, unknown>>): boolean {
  return Object.values(args)
    .flat()
    .every((value) => value === undefined || value === false);
}
