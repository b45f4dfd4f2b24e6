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

  it.each(['--strict=maybe', '--no-capture=maybe', '--quiet=', '--color=1'])(
    'refuses the value of the flag %s',
    async (word) => {
      await expect(parse('test', word)).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
    },
  );

  it('takes yes and no for a flag, and leaves those of a guest alone', async () => {
    expect(await argvOf('test', '--strict=true')).toMatchObject({ strict: true });
    expect(await argvOf('test', '--strict=false')).toMatchObject({ strict: false });
    expect(await argvOf('run', './app', '--quiet=maybe')).toMatchObject({
      _: ['./app', '--quiet=maybe'],
    });
    await expect(parse('run', '--quiet=maybe', './app')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each([
    [['--json', 'true'], { json: true, _: ['true'] }],
    [['-i', 'false', 'true'], { 'ignore-failure': true, _: ['false', 'true'] }],
    [['-qi', 'true'], { quiet: true, 'ignore-failure': true, _: ['true'] }],
    [['--no-shell', 'true'], { shell: false, _: ['true'] }],
    [['-N', 'true'], { shell: false, _: ['true'] }],
    [['-r', '2', 'true'], { runs: '2', _: ['true'] }],
    [['-n', 'true', 'false'], { name: 'true', _: ['false'] }],
    [['--', '--json', 'true'], { json: false, '--': ['--json', 'true'] }],
  ])('of bench %j leaves the commands true and false alone', async (words, expected) => {
    expect(await argvOf('bench', ...words)).toMatchObject(expected);
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

  it.each([
    ['test', ['--tiemout', '1s']],
    ['test', ['--lane']],
    ['test', ['--jobs', '-j']],
    ['test', ['--record', 'a', '--record', 'b']],
    ['test', ['-j', '1', '--jobs', '2']],
    ['doctor', ['--platform', 'arm64', '--platform', 'arm64']],
    ['report', ['--nonsense']],
  ])('%s refuses %j in one line', async (name, words) => {
    await expect(parse(name, ...words)).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
    await expect(parse(name, ...words)).rejects.toThrow(/^[^\n]+\.$/);
  });

  it.each([
    ['--tiemout', 'There is no option --tiemout.', /^Did you mean --timeout\?/],
    ['--retry_on=x', 'There is no option --retry_on.', /^Did you mean --retry-on\?/],
    ['--no-captur', 'There is no option --no-captur.', /^Did you mean --no-capture\?/],
    ['--save-it', 'There is no option --save-it.', /^Did you mean --save\?/],
    ['--no-such', 'There is no option --no-such.', /^See archparity test --help/],
    ['--no-filter', 'There is no option --no-filter.', /^Did you mean --filter\?/],
    ['-qx', 'There is no option -x.', /^See archparity test --help/],
    ['--filter', '--filter needs a value.', /^See archparity test --help/],
    ['-j', '-j needs a value.', /^See archparity test --help/],
  ])('says of %s what is wrong, and what was meant', async (word, message, advice) => {
    await expect(parse('test', word)).rejects.toMatchObject({
      code: 'USAGE',
      message,
      advice: expect.stringMatching(advice) as string,
    });
  });

  it('names the choices of an option', async () => {
    await expect(parse('test', '--engine', 'foo')).rejects.toThrow(
      /^--engine takes one of "crun", "podman", "docker", not "foo"\.$/,
    );
  });
});
