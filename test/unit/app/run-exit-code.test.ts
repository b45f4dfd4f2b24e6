import { describe, expect, it } from 'vitest';
import { runEnding } from '../../../src/app/run-exit-code.ts';
import type { Attempt, Termination } from '../../../src/core/index.ts';
import { observe } from '../report/make-result.ts';

const ended = (termination: Termination): Attempt => ({
  number: 1,
  observation: observe('', { termination }),
});

describe('runEnding', () => {
  it.each<[Termination, number]>([
    [{ kind: 'exit', code: 0 }, 0],
    [{ kind: 'exit', code: 42 }, 42],
    [{ kind: 'exit', code: 255 }, 255],
    [{ kind: 'signal', signal: 'SIGSEGV' }, 139],
    [{ kind: 'signal', signal: 'SIGABRT' }, 134],
    [{ kind: 'signal', signal: 'SIGKILL' }, 137],
    [{ kind: 'not-started', errno: 'ENOENT', message: 'm' }, 127],
    [{ kind: 'not-started', errno: 'ENOTDIR', message: 'm' }, 127],
    [{ kind: 'not-started', errno: 'EACCES', message: 'm' }, 126],
    [{ kind: 'not-started', errno: 'ENOEXEC', message: 'm' }, 126],
    [{ kind: 'timeout', deadlineMs: 1 }, 125],
  ])('of %j is %i', (termination, code) => {
    expect(runEnding(ended(termination)).exitCode).toBe(code);
  });

  it('says what is not the command’s own doing', () => {
    expect(runEnding(ended({ kind: 'exit', code: 1 })).message).toBeUndefined();
    expect(
      runEnding(ended({ kind: 'not-started', errno: 'ENOENT', message: 'Not there.' })).message,
    ).toBe('Not there.');
    const directory: Termination = {
      kind: 'not-started',
      errno: 'ENOENT',
      message: 'No such directory.',
      code: 'WORKDIR_UNUSABLE',
      advice: 'Name another.',
    };
    expect(runEnding(ended(directory))).toEqual({
      exitCode: 125,
      message: 'No such directory.\n  Name another.\n  (WORKDIR_UNUSABLE)',
    });
    const infra = { code: 'C', message: 'It broke.', advice: 'Mend it.' };
    expect(runEnding({ number: 1, infra })).toEqual({
      exitCode: 125,
      message: 'It broke.\n  Mend it.\n  (C)',
    });
  });
});
