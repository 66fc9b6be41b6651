// What an agent waits for before it may edit: `gsess hook claude` as a process of its own, with one file changed since the last, the
// checkpoint on disk when it ends. At 1,000 files against Node that does nothing, above that against git's whole pipeline.

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../test/support/seeded-random.ts';
import { type BenchUser, GSESS_PROGRAM, newBenchUser } from '../bench-user.ts';
import { interleave } from '../interleave.ts';
import { type ProjectTree, projectTree, sourceText } from '../project-tree.ts';
import { reportFigure } from '../report.ts';
import { differenceRow, ratioRow } from '../row.ts';
import { shadowGit } from '../shadow-git.ts';
import { timeBareNode, timeProcess } from '../timed-process.ts';

const CHANGED_BYTES = 3000;
const NATIVE_ID = '00000000-0000-4000-8000-000000000001';

/** Files, and what they may cost: milliseconds more than bare Node, or times what git takes. */
const SIZES = [
  { files: 1000, more: 20 },
  { files: 10_000, times: 1.2 },
  { files: 100_000, times: 0.55 },
] as const;

class HookedProject {
  readonly #user: BenchUser;
  readonly #tree: ProjectTree;
  readonly #transcript: string;
  readonly #random = seededRandom(1);

  constructor(tree: ProjectTree) {
    this.#tree = tree;
    this.#user = newBenchUser('hook');
    this.#transcript = join(this.#user.home, 'transcript.jsonl');
    writeFileSync(this.#transcript, '');
    this.#fire({ hook_event_name: 'UserPromptSubmit', prompt: 'Measure the hook' });
  }

  get place() {
    return { cwd: this.#tree.directory, env: this.#user.environment };
  }

  /** One file and one line of the transcript. */
  change(): void {
    const { directory, paths } = this.#tree;
    writeFileSync(
      join(directory, this.#random.pick(paths)),
      sourceText(this.#random, CHANGED_BYTES),
    );
    const line = { type: 'assistant', text: sourceText(this.#random, 700) };
    appendFileSync(this.#transcript, `${JSON.stringify(line)}\n`);
  }

  beforeEdit(round: number): number {
    const input = { file_path: join(this.#tree.directory, 'a.ts'), old_string: '', new_string: '' };
    return this.#fire({
      hook_event_name: 'PreToolUse',
      tool_name: 'Edit',
      tool_use_id: `toolu_${round}`,
      tool_input: input,
    });
  }

  #fire(fields: object): number {
    const event = {
      session_id: NATIVE_ID,
      transcript_path: this.#transcript,
      cwd: this.#tree.directory,
      ...fields,
    };
    return timeProcess({
      command: process.execPath,
      args: [GSESS_PROGRAM, 'hook', 'claude'],
      input: JSON.stringify(event),
      ...this.place,
    });
  }
}

await reportFigure('hook', async (give) => {
  for (const size of SIZES) {
    const tree = projectTree(size.files);
    const hooked = new HookedProject(tree);
    const shadow = shadowGit(tree.directory);
    shadow.snapshot();
    const prepare = () => hooked.change();
    const { bare, hook, peer } = await interleave({
      bare: { run: () => timeBareNode(hooked.place) },
      hook: { prepare, run: (round) => hooked.beforeEdit(round) },
      peer: { prepare, run: () => shadow.snapshot() },
    });
    const measured = {
      figure: 'hook',
      what: `1 of ${size.files.toLocaleString('en')} files changed`,
      unit: 'ms' as const,
      gsess: hook.median,
    };
    if ('more' in size) {
      const what = `${measured.what}, bare node`;
      give(differenceRow({ ...measured, what, peer: bare.median }, size.more));
    } else give(ratioRow({ ...measured, peer: peer.median }, size.times));
  }
});
