import yargs from 'yargs';
import { ExitCode, usageError } from '../../core/index.ts';
import type { Command } from '../command.ts';

const SHELLS = ['bash', 'zsh', 'fish'];

export const completionCommand: Command = {
  usage: 'completion [bash|zsh|fish]',
  describe:
    'Print the script that makes your shell complete commands and options (default: $SHELL).',
  examples: [
    ['archparity completion bash >> ~/.bashrc', 'for bash'],
    ['archparity completion zsh >> ~/.zshrc', 'for zsh'],
    ['archparity completion fish > ~/.config/fish/completions/archparity.fish', 'for fish'],
  ],
  options: {},
  run: (argv) => {
    const own = process.env['SHELL']?.replace(/^.*\//, '') ?? '';
    const [shell = own, ...others] = argv['_'] as readonly string[];
    if (others.length > 0)
      throw usageError('USAGE', 'Name one shell.', 'See archparity completion --help.');
    if (!SHELLS.includes(shell))
      throw usageError('USAGE', `There is no script for "${shell}".`, `Say ${SHELLS.join(', ')}.`);
    // yargs takes the shell from there alone.
    process.env['SHELL'] = shell;
    delete process.env['ZSH_NAME'];
    yargs([]).scriptName('archparity').showCompletionScript();
    return Promise.resolve(ExitCode.ok);
  },
};
