import { describe, expect, it } from 'vitest';
import { runCommandModule } from '../../../src/cli/commands/run.ts';
import { parseGuestCommand } from '../../../src/cli/parse-guest-command.ts';

const parse = (...words: string[]): Readonly<Record<string, unknown>> | undefined =>
  parseGuestCommand('run', runCommandModule, words);

describe('parseGuestCommand', () => {
  it('leaves all that follows the target alone', () => {
    const guest = ['./app', '--env', 'B', '-t', '--help', '--', '-x', '007'];
    expect(parse('-e', 'A=1', '--tty', ...guest)).toMatchObject({
      env: 'A=1',
      tty: true,
      _: guest,
    });
  });

  it('takes -- before the target', () => {
    expect(parse('-t', '--', './app', '-y')?.['_']).toEqual(
      expect.arrayContaining(['./app', '-y']),
    );
  });

  it('knows short options, together and with their values', () => {
    expect(parse('-eA=1', '-e', 'B=a.b=c', '-w/', '-tq', 'x')).toMatchObject({
      env: ['A=1', 'B=a.b=c'],
      workdir: '/',
      tty: true,
      quiet: true,
      _: ['x'],
    });
    expect(parse('--workdir=/usr', '--no-tty', 'x')).toMatchObject({ workdir: '/usr', tty: false });
  });

  it('gives what was not said its default', () => {
    expect(parse('x')).toMatchObject({ network: 'none', pid1: 'init', tty: false, _: ['x'] });
    expect(parse()?.['_']).toEqual([]);
  });

  it('leaves help to the other parser, but not a guest’s', () => {
    expect(parse('--help', 'x')).toBeUndefined();
    expect(parse('-h')).toBeUndefined();
    expect(parse('x', '--help')?.['_']).toEqual(['x', '--help']);
  });

  it.each([
    [['--bogus', 'x']],
    [['-z', 'x']],
    [['--env']],
    [['-e', '--', 'x']],
    [['--tty=yes', 'x']],
    [['--network', 'bridge', 'x']],
    [['--pid1', 'systemd', 'x']],
    [['--lane', 'emulated', '--lane', 'native', 'x']],
    [['--network', 'none', '--network', 'host', 'x']],
  ])('refuses %j in one line', (words) => {
    const failing = {
      code: 'USAGE',
      exitCode: 2,
      message: expect.stringMatching(/^[^\n]+\.$/) as string,
    };
    expect(() => parse(...words)).toThrow(expect.objectContaining(failing) as Error);
  });

  it.each([
    ['--plaform', 'There is no option --plaform.', 'Did you mean --platform? '],
    ['-tz', 'There is no option -z.', ''],
    ['--no-env', 'There is no option --no-env.', 'Did you mean --env? '],
    ['--env', '--env needs a value.', ''],
  ])('says of %s what is wrong, and what was meant', (word, message, meant) => {
    const advice = `${meant}See archparity run --help.`;
    expect(() => parse(word)).toThrow(expect.objectContaining({ message, advice }) as Error);
  });
});
