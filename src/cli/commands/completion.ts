// gsess completion: prints what a shell needs to complete words of gsess.

import { defineCommand } from '../command.ts';
import { completionScript, SHELLS, type Shell } from '../completion-scripts.ts';

export const completion = defineCommand({
  name: 'completion',
  summary: 'print the completion script of a shell',
  positionals: { shell: { description: 'the shell', required: true, choices: SHELLS } },
  examples: [
    { command: 'eval "$(gsess completion bash)"', description: 'for ~/.bashrc' },
    { command: 'eval "$(gsess completion zsh)"', description: 'for ~/.zshrc' },
    {
      command: 'gsess completion fish > ~/.config/fish/completions/gsess.fish',
      description: 'for fish, once',
    },
  ],
  run: async ({ output }, { shell }) => {
    // The parser admits the three only.
    const script = completionScript(shell as Shell);
    await output.result({ shell, script }, () => script);
  },
});
