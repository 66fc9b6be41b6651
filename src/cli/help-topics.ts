// What `gsess help` explains beside the commands: the words of gsess, the agents it knows, and the store as git sees it. The help, the
// manual pages of section 7 and the completion are made from these; nothing of them is written down twice.

import { AGENTS } from '../agents/registry.ts';
import { capabilityLines } from './capability-lines.ts';
import { type Entry, sentence } from './help.ts';

/** A paragraph; or a list under a heading, each line of it as it stands where it is to be typed. */
export type TopicBlock =
  | string
  | { readonly title: string; readonly entries: readonly Entry[] }
  | { readonly title: string; readonly lines: readonly string[] };

export interface HelpTopic {
  readonly name: string;
  readonly summary: string;
  readonly blocks: () => Promise<readonly TopicBlock[]>;
}

/** One word for each idea. */
export const WORDS: readonly Entry[] = [
  {
    term: 'store',
    description: 'the hidden repository of one project: a bare git repository outside the project',
  },
  {
    term: 'session',
    description:
      'one conversation, in one project, with one agent: a branch of the store that is called by its id',
  },
  {
    term: 'checkpoint',
    description: 'a moment of a session, transcript and files together: a commit on that branch',
  },
  { term: 'turn', description: 'a prompt and all that follows it up to the next one' },
  { term: 'tag', description: 'a name that you gave a checkpoint: an annotated tag' },
  {
    term: 'fork',
    description: 'a session begun from a checkpoint of another: a branch from that commit',
  },
  {
    term: 'root',
    description: 'the directory whose files are kept, recorded in every checkpoint',
  },
  { term: 'agent', description: 'the tool that you talk to, such as Claude Code' },
  {
    term: 'native id',
    description: 'the id that the agent itself gives a session; a session may have had several',
  },
];

const SESSION_REFERENCES: readonly Entry[] = [
  { term: '3f2a9c1e-…', description: 'its id, or one of its native ids' },
  { term: 'flags', description: 'its name' },
  { term: 'latest, last', description: 'the one last talked in, of those that you can go on with' },
  { term: '2', description: "its number in 'gsess list'; 1 is the newest" },
  { term: '3f2a', description: 'the beginning of its id or of a native id, if no other has it' },
];

const CHECKPOINT_REFERENCES: readonly Entry[] = [
  { term: 'before-rewrite', description: 'its tag' },
  {
    term: '@2, flags@2',
    description: 'the end of turn 2 of the current session, or of the one that is named',
  },
  { term: '@2~1', description: 'the checkpoint before that' },
  { term: '9f1c2d0', description: 'the beginning of its commit id' },
  { term: 'the id of a message', description: 'as its agent knows it' },
  { term: 'flags', description: 'a session: its newest checkpoint' },
];

export const HELP_TOPICS: readonly HelpTopic[] = [
  {
    name: 'concepts',
    summary: 'the words of gsess, and how sessions and checkpoints are named',
    blocks: async () => [
      `gsess keeps every conversation with a coding agent, together with the files it worked on, as git history in a
        hidden repository. Your own repository is never written to.`,
      { title: 'Words', entries: WORDS },
      { title: 'A session is named by', entries: SESSION_REFERENCES },
      { title: 'A checkpoint is named by', entries: CHECKPOINT_REFERENCES },
      `The readings are tried in this order. Where two things match in the same way, both are listed and nothing is done;
        --id, --name, --tag and --index force one reading.`,
      `Where no session is named, the current one is meant: that of --session, else of GSESS_SESSION, else the one whose
        agent runs the command, else the newest of this directory.`,
      `History only grows. A restore, a rename or a resumed tag is a new checkpoint after those that are there; 'gsess undo'
        takes it back, and 'gsess redo' does it again. Only 'gsess delete --purge' cannot be taken back.`,
      `Before files are changed, the plan is shown, and the present becomes a checkpoint of its own. What gsess has not
        saved it does not touch.`,
    ],
  },
  {
    name: 'agents',
    summary: 'the agents that gsess knows, and what it can do with each',
    blocks: async () => [
      `'gsess connect' lets the agents found here tell gsess what they do, and puts slash commands into those that have
        commands of their own. An agent without hooks is followed through its files, by 'gsess watch' or by
        'gsess run -- AGENT', and what was said before is taken in by 'gsess import'.`,
      { title: 'Agents', entries: await agentEntries() },
      `Inside an agent the slash commands are called '/gsess:chat', '/gsess:resume' and so on; 'gsess slash /help' lists
        them. When a session starts, the agent is told in one line that gsess is there; the setting 'announce'
        switches that off.`,
    ],
  },
  {
    name: 'git',
    summary: 'a store as git sees it, and what git may do with it',
    blocks: async () => [
      `The store is an ordinary bare repository outside the project, which 'gsess where' names. All that git can do with a
        repository it can do with a store; gsess itself needs no git for its work.`,
      {
        title: 'In a store',
        entries: [
          { term: 'refs/heads/<id>', description: 'a session' },
          { term: 'refs/tags/…', description: 'a tag; its true name is in its message' },
          {
            term: 'refs/gsess/…',
            description: 'what undo, redo and the trash need, so that no tidying of git takes it',
          },
          { term: '<commit>:files', description: 'the project as it stood' },
          { term: '<commit>:transcript', description: "what was said, in the agent's own bytes" },
          { term: '<commit>:session.json', description: 'the facts of the session' },
          { term: '<commit>:call.json', description: 'the call that was about to run, if one was' },
          { term: '<commit>:skipped.json', description: 'what was left out, and why' },
        ],
      },
      {
        title: 'For example',
        lines: [
          'gsess git log --oneline',
          'gsess git log -p --format=%s -- transcript',
          'gsess git diff HEAD~2:files HEAD:files',
          'gsess git grep -n TODO HEAD -- files',
          'gsess git fsck --strict',
        ],
      },
      `Stock git may read the store at any time, and 'git gc' may run in it. Write to it through gsess: a commit made by
        hand is a checkpoint that gsess does not understand.`,
    ],
  },
];

async function agentEntries(): Promise<readonly Entry[]> {
  return await Promise.all(
    AGENTS.map(async ({ name, title, load }) => ({
      term: name,
      description: [title, ...capabilityLines(await load())].map(sentence).join(' '),
    })),
  );
}
