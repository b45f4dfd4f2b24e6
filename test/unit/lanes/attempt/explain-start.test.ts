import { describe, expect, it } from 'vitest';
import { explainStart } from '../../../../src/lanes/attempt/explain-start.ts';

describe('explainStart', () => {
  it.each([
    ['exec app', 'ENOENT', 'COMMAND_NOT_FOUND', 'The command app was not found in PATH.'],
    ['exec /a b', 'ENOENT', 'COMMAND_NOT_FOUND', /^\/a b was not found, or the loader/],
    ['exec ./x\ny', 'ENOTDIR', 'COMMAND_NOT_FOUND', /^\.\/x\ny was not found/],
    ['exec ./x', 'EACCES', 'COMMAND_NOT_EXECUTABLE', './x must not be executed (EACCES).'],
    ['exec ./x', 'ENOEXEC', 'COMMAND_NOT_EXECUTABLE', /is no program that can be executed here/],
    ['exec ./x', 'E2BIG', 'COMMAND_NOT_EXECUTABLE', './x could not be executed (E2BIG).'],
    ['enter /w', 'ENOENT', 'WORKDIR_UNUSABLE', 'The working directory /w does not exist.'],
    ['enter /w', 'ENOTDIR', 'WORKDIR_UNUSABLE', 'The working directory /w is not a directory.'],
    ['enter /w', 'EACCES', 'WORKDIR_UNUSABLE', /cannot be entered \(EACCES\)\.$/],
  ])('of %s: %s', (step, errno, code, message) => {
    const told = explainStart({ step, errno });
    expect(told?.code).toBe(code);
    expect(told?.message).toMatch(message);
    expect(told?.advice).toMatch(/^[A-Z].*\.$/);
  });

  it('leaves what the lane failed in to the lane', () => {
    expect(explainStart({ step: 'mount /proc', errno: 'EPERM' })).toBeUndefined();
  });
});
