import { describe, expect, it } from 'vitest';

import { captureBytes, type CaseResult } from '../../../src/core/index.ts';
import { formatFailureBlock } from '../../../src/report/failure-block.ts';
import { createPalette } from '../../../src/report/palette.ts';
import { RunContext } from '../../../src/report/run-context.ts';
import { collect } from './collect-output.ts';
import { define, judge, observe, onLane, startRun } from './make-result.ts';

function format(result: CaseResult, more: Parameters<typeof collect>[0] = {}): string {
  const context = new RunContext();
  context.observe(startRun());
  const { options } = collect(more);
  return formatFailureBlock(result, context, { palette: createPalette(false), options });
}

const between = ['native', 'emulated'] as const;

describe('formatFailureBlock', () => {
  it('shows how far a program came whose deadline passed', () => {
    const late = { termination: { kind: 'timeout', deadlineMs: 5 } } as const;
    const steps = Array.from({ length: 30 }, (_, at) => `step ${String(at)}\n`).join('');
    const block = format(
      judge(define('s', 'c'), 'timeout', {
        lanes: {
          native: onLane('match', observe(steps)),
          emulated: onLane('timeout', observe(steps, late)),
          vm: onLane('timeout', observe('', late)),
        },
      }),
    );
    expect(block).toMatch(
      /stdout of emulated when it was stopped\n +… 20 lines before\n(?: +step \d+\n)+ +step 29\n/,
    );
    expect(block).toContain('nothing on stdout of vm');
    expect(block).not.toContain('stdout of native');
  });

  it('shows once what several lanes do alike', () => {
    const differ = (lane: string, right: string) => ({
      between: ['native', lane] as const,
      what: 'stdout' as const,
      where: 'line 1',
      left: '0',
      right,
      diff: `--- native\n+++ ${lane}\n@@ -1,1 +1,1 @@\n-0\n+${right}\n`,
    });
    const differences = [differ('q10', '2'), differ('q11', '2'), differ('q12', '3')];
    const block = format(judge(define('s', 'c'), 'diverged', { differences }));
    expect(block.match(/stdout differs/g)).toHaveLength(2);
    expect(block).toContain('stdout differs at line 1   - native  + q10, q11\n');
    expect(block).toContain('stdout differs at line 1   - native  + q12\n');
  });

  it('shortens a long diff and says where the whole is', () => {
    const diff = ['@@ -1,90 +1,90 @@', ...Array.from({ length: 90 }, (_, i) => `-line ${i}`)];
    const result = judge(define('s', 'c'), 'diverged', {
      differences: [{ between, what: 'stdout', left: '', right: '', diff: diff.join('\n') }],
    });
    const block = format(result, { recordPath: '.archparity/runs/last' });
    expect(block).toContain('… 51 more lines');
    expect(block).toContain('whole:  .archparity/runs/last');
    expect(format(result)).toContain('--record FILE keeps the whole');
    expect(format(result, { verbose: true })).not.toContain('whole:');
  });

  it('shortens a long line', () => {
    const result = judge(define('s', 'c'), 'diverged', {
      differences: [{ between, what: 'stdout', left: 'x'.repeat(5000), right: 'y' }],
    });
    expect(format(result)).toContain('… 4700 more characters');
  });

  it('names the system calls of what explains it, of many the first', () => {
    const entry = { id: 'calls', title: 'It is missing', advice: 'Leave it.', source: 'QEMU' };
    const shown = (syscalls: readonly string[]): string =>
      format(
        judge(define('s', 'c'), 'diverged', {
          explanation: { ...entry, cause: 'emulator', syscalls },
        }),
      );
    expect(shown(['ptrace'])).toContain('perhaps: It is missing\n    system call: ptrace\n');
    expect(shown(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])).toContain(
      '    system calls: a, b, c, d, e, f and 2 more\n',
    );
    expect(shown([])).not.toContain('system call');
  });

  it('says when output was cut before it was recorded', () => {
    const stdout = captureBytes(Buffer.from('x'), 9_000_000);
    const result = judge(define('s', 'c'), 'flaky', {
      lanes: { native: onLane('flaky', observe('', { stdout })) },
    });
    expect(format(result)).toContain('went over limits.output');
  });

  it('shows a failure that lanes share once, and the stderr that they share', () => {
    const failure = { check: 'exit 0', expected: 'exit 0', actual: 'exit 1' };
    const seen = observe('', { stderr: captureBytes(Buffer.from('no such option\n')) });
    const result = judge(define('s', 'c'), 'mismatch', {
      lanes: {
        native: onLane('mismatch', seen, [failure]),
        emulated: onLane('mismatch', seen, [failure]),
      },
    });
    const block = format(result);
    expect(block.match(/check failed on native, emulated: exit 0/g)).toHaveLength(1);
    expect(block).toContain('stderr of native, emulated\n    no such option\n');
  });

  it('leaves out stderr that is shown as a difference', () => {
    const result = judge(define('s', 'c'), 'diverged', {
      lanes: {
        native: onLane('match', observe('')),
        emulated: onLane(
          'diverged',
          observe('', {
            termination: { kind: 'signal', signal: 'SIGSEGV' },
            stderr: captureBytes(Buffer.from('boom\n')),
          }),
        ),
      },
      differences: [{ between, what: 'stderr', left: '', right: 'boom' }],
    });
    const block = format(result);
    expect(block.match(/boom/g)).toHaveLength(1);
    expect(block).toContain('emulated: killed by SIGSEGV');
  });

  it('tells a setup that failed, limits that do not hold, and notes', () => {
    const result = judge(define('s', 'c'), 'mismatch', {
      lanes: {
        native: onLane(
          'mismatch',
          observe('', {
            setupFailure: 'mkdir /out ended with exit 1',
            unenforcedLimits: ['memory'],
            notes: ['the scratch file system is full'],
          }),
        ),
      },
    });
    const block = format(result);
    expect(block).toContain('setup failed on native');
    expect(block).toContain('native: setup failed: mkdir /out ended with exit 1');
    expect(block).toContain('native: limits not enforced here: memory');
    expect(block).toContain('native: the scratch file system is full');
  });
});
