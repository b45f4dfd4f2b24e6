import { describe, expect, it } from 'vitest';
import type { OptionTable } from '../../../src/cli/command.ts';
import { separateFlags } from '../../../src/cli/separate-flags.ts';

const TABLE: OptionTable = {
  json: { type: 'boolean', describe: '' },
  quiet: { type: 'boolean', alias: 'q', describe: '' },
  name: { type: 'string', alias: 'n', describe: '' },
};

describe('separateFlags', () => {
  it.each([
    ['a flag before a command', ['--json', 'true'], ['--json=true', 'true']],
    ['short flags before a command', ['-q', 'false'], ['-q=true', 'false']],
    ['an option with its value', ['--name', 'true'], ['--name', 'true']],
    ['a value behind its letter', ['-nNAME', 'true'], ['-n', 'NAME', 'true']],
    ['a value behind flags', ['-qn2'], ['-qn', '2']],
    ['a value behind =', ['-n=NAME'], ['-n=NAME']],
    ['a value of several lines', ['-na\nb'], ['-n', 'a\nb']],
    ['letters that nobody knows', ['-xn2'], ['-xn2']],
    ['flags alone', ['-qq', '-q'], ['-qq', '-q']],
    [
      'what comes behind --',
      ['--', '-nNAME', '--json', 'true'],
      ['--', '-nNAME', '--json', 'true'],
    ],
    ['a number', ['-5', '-'], ['-5', '-']],
  ])('reads %s', (_what, words, separate) => {
    expect(separateFlags(TABLE, words)).toEqual(separate);
  });
});
