// Completion in the shell that most have.
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { anyCaller, callerEnvironment, CLI, makeDirectory, runCli } from './cli.ts';

/** What bash offers for the last of these words. */
async function complete(words: readonly string[]): Promise<string[]> {
  const { stdout } = await runCli(anyCaller, ['completion', 'bash']);
  const directory = makeDirectory(anyCaller, 'bin');
  symlinkSync(CLI, join(directory, 'archparity'));
  const script = `${stdout}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_archparity_yargs_completions
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = callerEnvironment(anyCaller);
  const output = execFileSync('bash', ['-c', script, 'bash', ...words], {
    encoding: 'utf8',
    env: { ...env, PATH: `${directory}:${env['PATH'] ?? ''}` },
  });
  return output.trim().split('\n');
}

it('offers commands, and the options of each', async () => {
  expect(await complete(['archparity', 'te'])).toEqual(['test']);
  expect(await complete(['archparity', 'test', '--rec'])).toEqual(['--record']);
  expect(await complete(['archparity', 'bench', '--war'])).toEqual(['--warmup']);
  expect(await complete(['archparity', 'no-such', '--'])).toEqual(['']);
});

it('has a script for each shell, and says which there are', async () => {
  for (const [shell, line] of [
    ['zsh', '#compdef archparity'],
    ['fish', 'complete -f -c archparity'],
  ] as const) {
    const { code, stdout } = await runCli(anyCaller, ['completion'], {
      env: { SHELL: `/usr/bin/${shell}` },
    });
    expect(code).toBe(0);
    expect(stdout).toContain(line);
  }
  const { code, stderr } = await runCli(anyCaller, ['completion', 'csh']);
  expect(code).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});
