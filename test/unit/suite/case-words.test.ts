import { expect, it } from 'vitest';
import type { CaseCommand } from '../../../src/core/index.ts';
import {
  BUILTIN_NORMALISERS,
  defaultCompare,
  defaultLimits,
  defaultNormalisers,
} from '../../../src/suite/case-words.ts';

const RUN: CaseCommand = { kind: 'run', argv: ['a'] };
const inspect = (what: Extract<CaseCommand, { kind: 'inspect' }>['what']): CaseCommand => ({
  kind: 'inspect',
  what,
});

it('a service is compared by its responses, paths by what they are, all else by exit and stdout', () => {
  expect(defaultCompare({})).toEqual(['exit', 'stdout']);
  expect(defaultCompare({ inspect: 'files' })).toEqual(['exit', 'stdout']);
  expect(defaultCompare({ inspect: 'paths' })).toEqual(['files']);
  expect(defaultCompare({ service: {} })).toEqual(['exit', 'stdout', 'responses']);
});

it('of a list a hundred times as much is kept as of what a subject prints', () => {
  expect(defaultLimits(RUN)).toEqual({ outputBytes: 2 ** 20 });
  expect(defaultLimits(inspect('programs'))).toEqual({ outputBytes: 2 ** 27 });
});

it('nothing is made equal in lists of files, platforms and times in what an image says of itself', () => {
  expect(defaultNormalisers(RUN)).toBe(BUILTIN_NORMALISERS);
  expect(defaultNormalisers(inspect('programs'))).toEqual([]);
  expect(defaultNormalisers(inspect('files'))).toEqual([]);
  expect(defaultNormalisers(inspect('config'))).toEqual(['arch', 'time']);
});
