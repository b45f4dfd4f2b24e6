import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/cli/parse-command.ts';
import { parseGuestCommand } from '../../../src/cli/parse-guest-command.ts';
import { runCommandModule } from '../../../src/cli/commands/run.ts';

const parse = (...words: string[]) => parseGuestCommand('run', runCommandModule, words);

describe('parseGuestCommand', () => {
  it('leaves the guest its own options, also those that are ours', () => {
    expect(
      parse('-t', '--lane', 'native', './app', '--lane', 'x', '-t', '--', '--help'),
    ).toMatchObject({
      tty: true,
      lane: 'native',
      _: ['./app', '--lane', 'x', '-t', '--', '--help'],
    });
    expect(parse('--', './app')).toMatchObject({ _: ['--', './app'] });
    expect(parse()).toMatchObject({ _: [], network: 'none', pid1: 'init', tty: false });
  });

  it('gives one value as it is and several as a list, in every notation', () => {
    expect(parse('-e', 'A=1', './app')).toMatchObject({ env: 'A=1' });
    expect(parse('-eA=1', '--env=B', '--env', 'C=', './app')).toMatchObject({
      env: ['A=1', 'B', 'C='],
    });
    expect(parse('--no-color', './app')).toMatchObject({ color: false });
  });

  it.each([
    [['--bogus', './app'], /bogus/],
    [['--lane'], /lane/],
    [['--tty=yes', './app'], /tty/],
    [['--network', 'all', './app'], /--network takes one of none, host, not "all"/],
    [['-z', './app'], /-z/],
  ])('refuses %j', (words, message) => {
    expect(() => parse(...words)).toThrowError(
      expect.objectContaining({
        code: 'USAGE',
        exitCode: 2,
        message: expect.stringMatching(message) as string,
      }) as Error,
    );
  });

  it('leaves help to yargs', async () => {
    expect(parse('--help')).toBeUndefined();
    expect(parse('-h', './app')).toBeUndefined();
    const help = await parseCommand('run', runCommandModule, ['--help']);
    expect(help).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('--sysroot') as string,
    });
  });
});
