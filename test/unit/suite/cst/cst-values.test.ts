import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import {
  list,
  patterns,
  steps,
  text,
  texts,
  truth,
  wholeNumber,
} from '../../../../src/suite/cst/cst-values.ts';

const STEP_HINT = 'write each command as a list of its own: [[mkdir, -p, /out]]';

type Row = readonly [name: string, schema: z.ZodType, value: unknown, read: unknown];

describe('values', () => {
  it.each<Row>([
    ['text', text, 'a', 'a'],
    ['text', text, '', ''],
    ['text', text, 12, '12'],
    ['text', text, 0, '0'],
    ['text', text, 1.5, '1.5'],
    ['text', text, true, 'true'],
    ['text', text, false, 'false'],
    ['text', text, null, ''],

    ['truth', truth, true, true],
    ['truth', truth, false, false],
    ['truth', truth, 'y', true],
    ['truth', truth, 'yes', true],
    ['truth', truth, 'On', true],
    ['truth', truth, 'TRUE', true],
    ['truth', truth, 'n', false],
    ['truth', truth, 'No', false],
    ['truth', truth, 'off', false],
    ['truth', truth, 'False', false],

    ['wholeNumber', wholeNumber, -1, -1],
    ['wholeNumber', wholeNumber, 0, 0],

    ['list', list(wholeNumber), [1, 2], [1, 2]],
    ['list', list(wholeNumber), [], []],
    ['list', list(wholeNumber), null, []],
    ['texts', texts, ['a', 1, null, true], ['a', '1', '', 'true']],
    ['patterns', patterns, ['^a$', 5, null], ['^a$', '5', '']],
    ['steps', steps, [['a'], ['b', 1]], [['a'], ['b', '1']]],
    ['steps', steps, [], []],
    ['steps', steps, null, []],
  ])('%s reads %j as %j', (_name, schema, value, read) => {
    expect(schema.parse(value)).toEqual(read);
  });
});

describe('mistakes', () => {
  it.each<readonly [...Row, path: string]>([
    ['text', text, ['a'], 'must be text', ''],
    ['text', text, {}, 'must be text', ''],
    ['text', text, undefined, 'must be text', ''],
    ['truth', truth, 'maybe', 'must be true or false', ''],
    ['truth', truth, 'yess', 'must be true or false', ''],
    ['truth', truth, '', 'must be true or false', ''],
    ['truth', truth, 1, 'must be true or false', ''],
    ['truth', truth, null, 'must be true or false', ''],
    ['wholeNumber', wholeNumber, 1.5, 'must be a whole number', ''],
    ['wholeNumber', wholeNumber, '1', 'must be a whole number', ''],
    ['list', list(wholeNumber), 1, 'must be a list', ''],
    ['list', list(wholeNumber), { a: 1 }, 'must be a list', ''],
    ['list', list(wholeNumber), [1, 'x'], 'must be a whole number', '1'],
    ['texts', texts, 'a', 'must be a list', ''],
    ['texts', texts, ['a', []], 'must be text', '1'],
    ['patterns', patterns, 'a', 'must be a list', ''],
    [
      'patterns',
      patterns,
      ['a', '['],
      'is no RE2 regular expression: "[" has a missing closing ]: `[`',
      '1',
    ],
    [
      'patterns',
      patterns,
      ['(?=a)'],
      'is no RE2 regular expression: "(?=a)" has an invalid or unsupported Perl syntax: `(?=`\nRE2 has no look-ahead and no look-behind',
      '0',
    ],
    ['steps', steps, 'a', 'must be a list', ''],
    ['steps', steps, ['a'], `must be a command (a list of words)\n${STEP_HINT}`, '0'],
    ['steps', steps, [['a'], []], `needs at least one word: the program\n${STEP_HINT}`, '1'],
    ['steps', steps, [['a', {}]], 'must be text', '0.1'],
  ])('%s refuses %j: %j at %j', (_name, schema, value, message, path) => {
    const issues = schema.safeParse(value).error?.issues ?? [];
    expect(issues.map((issue) => [issue.message, issue.path.join('.')])).toEqual([[message, path]]);
  });

  it('say which value is none', () => {
    const reports = [truth.safeParse('maybe'), patterns.safeParse(['['])];
    expect(reports.map(({ error }) => error?.issues[0]?.code)).toEqual(['custom', 'custom']);
  });
});
