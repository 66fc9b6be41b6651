// gsess git: the git program on the store. It is told where the store is and nothing else: it runs in the store, never in the project,
// and of the environment it gets only what a terminal needs.

import { GsessError, isSystemError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { doubtfulGit } from '../doubtful-git.ts';
import { findProgram, safeSearchPath, withoutHome } from '../find-program.ts';
import { runForeground } from '../foreground.ts';
import { openPlace } from '../workspace.ts';

export const git = defineCommand({
  name: 'git',
  summary: 'run git on the store of this project',
  details: `The store is an ordinary bare repository: each session is a branch, each checkpoint a commit whose directory 'files'
    holds the project and whose directory 'transcript' what was said. Everything after 'git' is
    git's, and its exit status is passed on.`,
  rest: { after: 'verb', placeholder: 'ARG', description: 'what to hand to git' },
  examples: [
    { command: 'gsess git log --oneline', description: 'list the newest session' },
    { command: 'gsess git diff HEAD~2:files HEAD:files', description: 'compare the files' },
    { command: 'gsess git fsck --strict', description: 'let git check the store' },
  ],
  run: async (context, { rest }) => {
    const { store, project, root } = openPlace(context);
    const { PATH, HOME, TERM, LANG, PAGER } = context.inherited;
    const projects = withoutHome([project.path, root], context.surroundings.home);
    const program = findProgram('git', PATH, projects);
    if (program === undefined) {
      throw new GsessError('program-missing', 'There is no git on the search path', {
        hint: `Only 'gsess git' needs it; install git, or use 'gsess log', 'gsess diff' and 'gsess verify'.`,
      });
    }
    const { directory } = store.repository;
    const environment = {
      PATH: safeSearchPath(PATH, projects),
      HOME,
      TERM,
      LANG,
      PAGER,
      GIT_DIR: directory,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
    };
    context.exitStatus = await startGit(program, rest, {
      cwd: directory,
      environment,
      isPrivate: true,
    });
    if (context.exitStatus === 0) return;
    const doubt = doubtfulGit(program, environment);
    if (doubt !== undefined) context.output.warn(`${doubt}; gsess does without it but for this`);
  },
});

async function startGit(
  program: string,
  args: readonly string[],
  options: Parameters<typeof runForeground>[2],
): Promise<number> {
  try {
    return await runForeground(program, args, options);
  } catch (cause) {
    if (!isSystemError(cause, 'ENOEXEC', 'EACCES', 'ENOENT')) throw cause;
    throw new GsessError('program-missing', `Cannot start '${program}' as git`, {
      hint: `Only 'gsess git' needs it; see what stands on the search path under that name.`,
      cause,
    });
  }
}
