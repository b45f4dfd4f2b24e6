import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/command-table.ts';
import { parseCommand } from '../../../src/cli/parse-command.ts';

async function parse(name: string, ...words: string[]) {
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`no command ${name}`);
  return parseCommand(name, await entry.load(), words);
}

async function argvOf(
  name: string,
  ...words: string[]
): Promise<Readonly<Record<string, unknown>>> {
  const parsed = await parse(name, ...words);
  if (parsed.kind !== 'run') throw new Error('it wants to show help');
  return parsed.argv;
}

describe('parseCommand', () => {
  it.each(COMMANDS.map(({ name }) => name))('%s has help with an example', async (name) => {
    const parsed = await parse(name, '--help');
    expect(parsed.kind).toBe('help');
    expect(parsed.kind === 'help' && parsed.text).toContain(`archparity ${name}`);
    expect(parsed.kind === 'help' && parsed.text).toMatch(/Examples:/);
  });

  it('run leaves all that follows the target alone', async () => {
    const argv = await argvOf(
      'run',
      '-e',
      'A=1',
      '--tty',
      './app',
      '--env',
      'B',
      '-t',
      '--help',
      '--',
      '-x',
      '007',
    );
    expect(argv).toMatchObject({ env: 'A=1', tty: true });
    expect(argv['_']).toEqual(['./app', '--env', 'B', '-t', '--help', '--', '-x', '007']);
  });

  it('run takes -- before the target', async () => {
    expect((await argvOf('run', '-t', '--', './app', '-y'))['_']).toEqual(
      expect.arrayContaining(['./app', '-y']),
    );
  });

  it('repeats what may be repeated and makes no numbers of words', async () => {
    const argv = await argvOf(
      'test',
      '007',
      '--lane',
      'a=native',
      '--filter',
      '1',
      '--lane',
      'b=native',
      '-j',
      '4',
    );
    expect(argv).toMatchObject({ lane: ['a=native', 'b=native'], filter: '1', jobs: '4' });
    expect(argv['_']).toEqual(['007']);
  });

  it('keeps words with dots as they are', async () => {
    expect(await argvOf('run', '-e', 'a.b=c.d', 'x')).toMatchObject({ env: 'a.b=c.d' });
  });

  it.each([
    ['test', ['--tiemout', '1s']],
    ['test', ['--lane']],
    ['test', ['--jobs', '-j']],
    ['run', ['--network', 'bridge', './a']],
    ['run', ['--pid1', 'systemd', './a']],
    ['run', ['-z', './a']],
  ])('%s refuses %j in one line', async (name, words) => {
    await expect(parse(name, ...words)).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
    await expect(parse(name, ...words)).rejects.toThrow(/^[^\n]+\.$/);
  });
});
