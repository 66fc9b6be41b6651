// The state of a session that Claude Code writes beside the conversation, from the records that are known of: what changes is told by the
// last of them. Records that nobody outside understands are taken as they stand.

import type { Envelope } from '../../transcript/envelope.ts';
import { commandPrompt } from './content.ts';
import type { ClaudeRecord } from './record.ts';

type Whole = Readonly<Record<string, unknown>>;

export function envelopeOf(records: readonly ClaudeRecord[]): Envelope {
  const whole = records.flatMap((record): Whole[] => (record.whole ? [record.whole] : []));
  const of = (type: RegExp) => whole.filter((one) => type.test(String(one['type'])));
  const lastOf = (type: RegExp) => of(type).at(-1);
  return {
    files: {
      history: of(/^file-history-/),
      attributions: of(/^attribution-/),
      replacements: of(/^content-replacement/),
    },
    collapse: {
      commits: of(/^context-collapse-commit/),
      snapshot: lastOf(/^context-collapse-snapshot/) ?? null,
    },
    identity: {
      agentName: lastText(whole, 'agentName'),
      agentColor: lastText(whole, 'agentColor'),
      agentSetting: lastText(whole, 'agentSetting'),
      customTitle: lastText(whole, 'customTitle'),
      aiTitle: lastText(whole, 'aiTitle'),
      tag: lastText(of(/^tag$/), 'tag'),
      mode: lastText(of(/^mode$/), 'mode'),
    },
    permission: {
      mode: records.findLast((record) => record.permissionMode)?.permissionMode ?? null,
      isolationLatch: lastText(of(/^atis-latch$/), 'atis'),
    },
    workspace: {
      worktree: lastOf(/^worktree-state$/)?.['worktreeSession'] ?? null,
      pullRequest: pullRequestOf(lastOf(/^pr-link$/)),
    },
    bridge: bridgeOf(lastOf(/^bridge-session$/)),
    goal: goalOf(records),
  };
}

/** The last that was told; told to be empty, it is none. */
function lastText(whole: readonly Whole[], key: string): string | null {
  const found = whole.findLast((one) => typeof one[key] === 'string')?.[key];
  return typeof found === 'string' && found !== '' ? found : null;
}

function pullRequestOf(link: Whole | undefined): Envelope['workspace']['pullRequest'] {
  const { prNumber: number, prUrl: url, prRepository: repository } = link ?? {};
  if (typeof number !== 'number') return null;
  return { number, url: textOrNull(url), repository: textOrNull(repository) };
}

function bridgeOf(bridge: Whole | undefined): Envelope['bridge'] {
  const { bridgeSessionId, lastSequenceNum } = bridge ?? {};
  return {
    session: textOrNull(bridgeSessionId),
    lastSequence: typeof lastSequenceNum === 'number' ? lastSequenceNum : null,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

const GOAL = /^\s*\/?goal(?:\s+([\s\S]*))?$/;
const NO_GOAL = /^(clear|stop|off|reset|none|cancel)$/i;

/** What was last set by `/goal`, unless it was cleared or is told to be met. Only the command counts, not what is said of it. */
function goalOf(records: readonly ClaudeRecord[]): string | null {
  let goal: string | null = null;
  for (const { type, message, attachment, isSidechain } of records) {
    if (isSidechain === true) continue;
    if (/goal/.test(attachment?.type ?? '') && attachment?.met === true) goal = null;
    if (type !== 'user' || typeof message?.content !== 'string') continue;
    const wanted = GOAL.exec(commandOf(message.content))?.[1]?.trim() ?? '';
    if (wanted !== '') goal = NO_GOAL.test(wanted) ? null : wanted;
  }
  return goal;
}

/** The command with its arguments, whichever of its parts Claude writes first. */
function commandOf(content: string): string {
  const plain = content.trimStart();
  if (!plain.startsWith('<command-name>')) return commandPrompt(content) ?? '';
  return commandPrompt(`<command-message></command-message>${plain}`) ?? '';
}
