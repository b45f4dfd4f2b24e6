import { captureBytes, type CaseResult } from '../../../src/core/index.ts';
import { define, judge, observe, onLane } from './make-result.ts';

/** A stderr of this text. */
export const stderr = (text: string): { stderr: ReturnType<typeof captureBytes> } => ({
  stderr: captureBytes(Buffer.from(text)),
});
/** What an emulated lane measures. */
export const slow = { wallMs: 31.4, userMs: 24, sysMs: 6, maxRssKb: 13_900 };

/** A case of the suite that was generated for another image. */
const ofTools = (name: string): ReturnType<typeof define> =>
  define('tools', name, { subject: { kind: 'image', reference: 'oci:build/tools:2.0' } });

/** Cases that went wrong in every way but by a difference between lanes, and one with control characters. */
export const FAILED: readonly CaseResult[] = [
  judge(define('app', 'was healed'), 'match', {
    knownFailure: {
      known: { cause: 'emulator', reason: 'QEMU lacks io_uring' },
      problem: 'unmet',
    },
    lanes: {
      native: onLane('match', observe('ok\n')),
      emulated: onLane('match', observe('ok\n', slow)),
    },
  }),
  judge(define('app', 'prints usage'), 'mismatch', {
    lanes: Object.fromEntries(
      ['native', 'emulated'].map((id) => [
        id,
        onLane(
          'mismatch',
          observe('', {
            ...(id === 'native' ? {} : slow),
            ...{ termination: { kind: 'exit', code: 2 } },
            ...stderr(Array.from({ length: 14 }, (_, i) => `trace ${i + 1}\n`).join('')),
          }),
          [
            { check: 'exit 0', expected: 'exit 0', actual: 'exit 2' },
            { check: 'stdout matches ^Usage', expected: '^Usage', actual: '', at: 'line 1' },
          ],
        ),
      ]),
    ),
  }),
  judge(define('app', 'races', { retries: 1 }), 'flaky', {
    lanes: {
      native: onLane('match', observe('a b\n')),
      emulated: onLane('flaky', [
        { number: 1, observation: observe('a b\n', slow) },
        { number: 2, observation: observe('b a\n', slow) },
      ]),
    },
  }),
  judge(define('app', 'waits for ever'), 'timeout', {
    lanes: {
      native: onLane('match', observe('done\n')),
      emulated: onLane(
        'timeout',
        observe('', {
          ...{ termination: { kind: 'timeout', deadlineMs: 10_000, signal: 'SIGKILL' } },
          ...{ ...slow, wallMs: 10_012 },
          ...stderr('qemu: uncaught target signal 4 (Illegal instruction) - core dumped\n'),
        }),
      ),
    },
  }),
  judge(define('app', 'changes files'), 'unsupported', {
    lanes: {
      native: onLane('match', observe('')),
      'ssh:pi@board': onLane('unsupported', [
        { number: 1, unsupported: 'this lane does not see changed files' },
      ]),
    },
  }),
  judge(define('app', 'later'), 'skipped', { reason: 'when: no lane has linux/riscv64' }),
  judge(ofTools('starts'), 'mismatch', {
    lanes: {
      native: onLane('match', observe('tools 2.0\n')),
      emulated: onLane(
        'mismatch',
        observe('', {
          termination: {
            ...{ kind: 'not-started', errno: 'ENOENT' },
            message: 'the loader /lib/ld-linux-aarch64.so.1 is missing',
          },
        }),
        [{ check: 'exit 0', expected: 'exit 0', actual: 'not started' }],
      ),
    },
  }),
  judge(ofTools('\u001b[2Jclears "the" <screen> & more\u202e'), 'diverged', {
    cause: 'undecided',
    lanes: {
      native: onLane('match', observe('\u001b]0;title\u0007red\u0000\r\n')),
      emulated: onLane('diverged', observe('\u001b[31mred]]>\r\n', slow)),
    },
    differences: [
      {
        between: ['native', 'emulated'],
        ...{ what: 'stdout', where: 'line 1' },
        ...{ left: '\u001b]0;title\u0007red\u0000', right: '\u001b[31mred]]>' },
        diff: '@@ -1 +1 @@\n-\u001b]0;title\u0007red\u0000\r\n+\u001b[31mred]]>\r\n',
      },
    ],
  }),
  judge(ofTools('breaks the lane'), 'infra-error', {
    lanes: {
      native: onLane('match', observe('')),
      emulated: onLane('infra-error', [
        {
          number: 1,
          infra: {
            code: 'AGENT_GONE',
            message: 'The agent ended before it answered.',
            advice: 'Look at the kernel log for the OOM killer.',
          },
        },
      ]),
    },
  }),
];
