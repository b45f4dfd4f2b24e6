import { describe, expect, test } from 'vitest';
import { isComparable, readAnswer } from '../../../../src/app/probe/probe-answer.ts';
import { captureBytes, type Termination } from '../../../../src/core/index.ts';

function answerOf(termination: Termination, stdout = '') {
  return readAnswer({
    number: 1,
    observation: {
      termination,
      stdout: captureBytes(Buffer.from(stdout)),
      stderr: captureBytes(Buffer.from('')),
      wallMs: 1,
      userMs: 1,
      sysMs: 1,
      maxRssKb: 1,
    },
  });
}

describe('readAnswer', () => {
  test.each<[string, Termination, string, object]>([
    ['an answer', { kind: 'exit', code: 0 }, 'works\n', { state: 'answered', text: 'works' }],
    [
      'an answer with a detail',
      { kind: 'exit', code: 0 },
      'works\tABI 7',
      { state: 'answered', text: 'works', detail: 'ABI 7' },
    ],
    [
      'a probe that could not be put',
      { kind: 'exit', code: 77 },
      'chown: EPERM\n',
      { state: 'not-tried', text: 'chown: EPERM' },
    ],
    [
      'a crash, whatever was said before it',
      { kind: 'signal', signal: 'SIGSEGV' },
      'works',
      { state: 'crashed', text: 'killed by SIGSEGV' },
    ],
    [
      'a hang',
      { kind: 'timeout', deadlineMs: 10_000, signal: 'SIGKILL' },
      '',
      { state: 'hung', text: 'hangs' },
    ],
    [
      'silence',
      { kind: 'exit', code: 0 },
      '',
      { state: 'crashed', text: 'exit 0 without an answer' },
    ],
    [
      'a program that does not start',
      { kind: 'not-started', errno: 'ENOEXEC', message: 'Exec format error' },
      '',
      { state: 'infra-error', text: 'not started: Exec format error' },
    ],
  ])('reads %s', (_what, termination, stdout, expected) => {
    expect(answerOf(termination, stdout)).toEqual(expected);
  });

  test('tells a broken lane from one that cannot', () => {
    const broken = readAnswer({ number: 1, infra: { code: 'X', message: 'the agent has ended' } });
    expect(broken).toEqual({ state: 'infra-error', text: 'the agent has ended' });
    const unable = readAnswer({ number: 1, unsupported: 'no images' });
    expect(unable).toEqual({ state: 'unsupported', text: 'no images' });
  });

  test('compares crashes and hangs, and nothing that was not asked', () => {
    expect(isComparable(answerOf({ kind: 'signal', signal: 'SIGSEGV' }))).toBe(true);
    expect(isComparable(answerOf({ kind: 'timeout', deadlineMs: 1 }))).toBe(true);
    expect(isComparable(answerOf({ kind: 'exit', code: 77 }, 'no'))).toBe(false);
    expect(isComparable({ state: 'infra-error', text: '' })).toBe(false);
  });
});
