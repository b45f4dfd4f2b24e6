import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../../src/cli/main.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What goes to stderr, and the exit code. */
async function run(...words: string[]): Promise<{ code: number; stderr: string }> {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const code = await main(words);
  return { code, stderr: written.join('') };
}

describe('a first word that is no command', () => {
  it.each([
    ['tset', 'There is no command "tset".', 'Did you mean archparity test? '],
    ['frobnicate', 'There is no command "frobnicate".', 'archparity --help'],
    ['--verbose', 'There is no option --verbose before a command.', 'archparity COMMAND [options]'],
  ])('%s is one error with what to do', async (word, message, advice) => {
    const { code, stderr } = await run(word, 'suite.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^archparity: [^\n]+\n {2}[^\n]+\n {2}\(USAGE\)\n$/);
    expect(stderr).toContain(message);
    expect(stderr).toContain(advice);
  });
});
