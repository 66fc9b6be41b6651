// A session full of text that acts on a terminal: in prompts, answers, tools, names of files, the branch, tags, records and failures.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FailureLog } from '../../src/session/failure-log.ts';
import { createTag } from '../../src/session/tag.ts';
import { bytesPath } from './disk-manifest.ts';
import { forgeCheckpoint } from './forged-checkpoint.ts';
import { gitText } from './git-oracle.ts';
import { type SessionDriver, startSession } from './session-driver.ts';

/** What sets titles, clipboards and links, clears, hides, rings, turns round, ends in the middle, and heaps up. */
export const HOSTILE = [
  '\u001b[2J\u001b[8mhidden',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\',
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u001bP+q544e\u001b\\',
  '\u009b31m\u009d0;c1\u009c\u0090x',
  'over\rwritten\b\b\u0007',
  '\u202egpj.\u2066exe\u200b\ufeff\u00ad\u{e0041}',
  `storm${'\u0301'.repeat(60)}`,
  '\u2028\u2029\u0085\u000b\u000c',
  'unended \u001b]0;',
].join(' ');
/** The same as bytes of a name on disk, C1 alone too; no NUL and no '/'. */
const NAME = Buffer.from(`${HOSTILE.replaceAll('/', '_').slice(0, 90)}`).toString('latin1');
const LONE_C1 = '\x9b31m\x9d0;x\x9c';

export async function hostileSession(directory: string): Promise<SessionDriver> {
  const driver = await startSession(directory, { cwd: 'sub\u001b]0;cwd\u0007' });
  const put = (name: string, content: string) => {
    mkdirSync(driver.project, { recursive: true });
    writeFileSync(bytesPath(driver.project, name), content);
  };
  mkdirSync(join(driver.project, 'sub\u001b]0;cwd\u0007'), { recursive: true });
  mkdirSync(join(driver.project, '.git', 'objects'), { recursive: true });
  mkdirSync(join(driver.project, '.git', 'refs'));
  writeFileSync(
    join(driver.project, '.git', 'HEAD'),
    `ref: refs/heads/branch\u001b]0;x\u0007\u202e\n`,
  );
  writeFileSync(join(driver.project, '.git', 'config'), '[core]\n\trepositoryformatversion = 0\n');
  put(NAME, `one ${HOSTILE}\n`);
  put(LONE_C1, 'one\n');
  put(`.env.${LONE_C1}\x1b[2J`, 'secret\n');
  await driver.prompt(`first ${HOSTILE}`);
  await driver.tool(
    `Tool ${HOSTILE}`,
    { file_path: HOSTILE, command: HOSTILE, [HOSTILE]: 1 },
    () => {
      put(NAME, `two ${HOSTILE}\r\n\u009b2J\n`);
      put(`new ${LONE_C1}`, HOSTILE);
    },
  );
  await driver.turn(HOSTILE);
  const fields = { model: HOSTILE, permissionMode: HOSTILE, provider: HOSTILE };
  await driver.event({ kind: 'prompt', subject: HOSTILE, prompt: HOSTILE, ...fields });
  driver.append({ type: 'summary', summary: HOSTILE });
  driver.append({
    type: 'assistant',
    message: {
      id: HOSTILE,
      model: HOSTILE,
      role: 'assistant',
      content: [
        { type: 'text', text: HOSTILE },
        { type: 'thinking', thinking: HOSTILE },
        { type: 'tool_use', id: HOSTILE, name: HOSTILE, input: { [HOSTILE]: HOSTILE } },
      ],
    },
  });
  const call = { name: HOSTILE, input: { command: HOSTILE }, callId: HOSTILE };
  await driver.event({ kind: 'tool', subject: HOSTILE, call });
  return driver;
}

/** What only somebody else could have put there: a tag, a subject and trailers, a record, failures. */
export async function plantMore(driver: SessionDriver): Promise<void> {
  const { store, session, project: root, surroundings } = driver;
  const at = store.repository.directory;
  const checkpoint = driver.log()[2];
  if (checkpoint === undefined) throw new Error('no checkpoint');
  await createTag(store, {
    name: 'turned \u202e\u200b round',
    checkpoint: checkpoint.id,
    session,
    root,
  });
  const raw = [`object ${checkpoint.id}`, 'type commit', 'tag t', 'tagger x <x@x> 0 +0000'];
  const input = `${raw.join('\n')}\n\n${HOSTILE.replaceAll(/[\v\f]/g, '')}\n`;
  const id = gitText(at, ['hash-object', '-t', 'tag', '-w', '--literally', '--stdin'], { input });
  gitText(at, ['update-ref', 'refs/tags/t', id]);
  forgeCheckpoint(at, session, {
    record: (record) => ({ ...record, branch: HOSTILE, title: HOSTILE, name: HOSTILE }),
    message: (text) =>
      text
        .replace(/^.*\n/, `${HOSTILE.replaceAll(/[\v\f]/g, '')}\n`)
        .replace(/^Gsess-Title: .*$/m, `Gsess-Title: \u001b]0;trailer\u0007`)
        .replace(/^Gsess-Branch: .*$/m, `Gsess-Branch: \u009b2J`),
  });
  const failures = new FailureLog(surroundings.dataDirectory);
  const at0 = new Date(surroundings.now()).toISOString();
  failures.add({
    at: at0,
    agent: HOSTILE,
    event: HOSTILE,
    code: HOSTILE,
    message: HOSTILE,
    cwd: HOSTILE,
  });
}
