import { describe, expect, test } from 'vitest';
import type { CompareAspect, Difference, LaneInfo } from '../../../../src/core/index.ts';
import type { LaneAttempts } from '../../../../src/judge/judge-lane.ts';
import { explainDivergence } from '../../../../src/judge/knowledge/explain-divergence.ts';
import {
  attempts,
  attemptsOf,
  defineCase,
  EMULATED,
  NATIVE,
  observe,
  SSH,
  TIMED_OUT,
  VM,
  type Seen,
} from '../judge-data.ts';

const NOT_FOUND: Seen = { termination: { kind: 'not-started', errno: 'ENOENT', message: '' } };
const UNKNOWN_CALL: Seen = { exit: 1, stderr: 'Unsupported syscall: 283\n' };
const CASE = defineCase();

function differ(
  what: CompareAspect,
  other: LaneInfo = EMULATED,
  left = '',
  right = '',
): Difference {
  return { between: [NATIVE.id, other.id], what, left, right };
}

const explainId = (lanes: readonly LaneAttempts[], differences: readonly Difference[] = []) =>
  explainDivergence(CASE, differences, lanes)?.id;

describe('an explanation', () => {
  test('is what the entry says, and no more', () => {
    expect(explainDivergence(CASE, [], [attempts(EMULATED, NOT_FOUND)])).toEqual({
      id: 'program-missing',
      title: 'The program, its loader or its script interpreter is missing on this platform',
      cause: 'architecture',
      advice:
        'Look which of them the image lacks for this platform: archparity test IMAGE names it.',
      source: 'execve(2), ENOENT',
    });
    expect(explainDivergence(CASE, [], [attempts(EMULATED, UNKNOWN_CALL)])).toEqual({
      id: 'syscall-unknown-to-qemu',
      title: 'This QEMU does not know a system call',
      cause: 'emulator',
      advice: 'Upgrade QEMU, or use the vm lane: its kernel is a real one.',
      qemu: 'membarrier: before 2.12',
      source: 'https://github.com/gliderlabs/docker-alpine/issues/48',
    });
    const clone = { exit: 1, stderr: 'Failed to clone: Invalid argument' };
    expect(explainDivergence(CASE, [], [attempts(EMULATED, clone)])).toMatchObject({
      id: 'namespace-clone',
      qemu: '7.2 and 10',
      syscalls: ['clone'],
    });
  });

  test('is not given of what only looks at an image', () => {
    const inspection = defineCase({ command: { kind: 'inspect', what: 'paths' } });
    const lanes = [attempts(NATIVE, 'a'), attempts(EMULATED, UNKNOWN_CALL)];
    expect(explainDivergence(inspection, [], lanes)).toBeUndefined();
    expect(explainDivergence(CASE, [], lanes)?.id).toBe('syscall-unknown-to-qemu');
  });
});

describe('which lane explains', () => {
  const fine = 'fine\n';
  test.each<[string, LaneAttempts[], string | undefined]>([
    ['none', [], undefined],
    ['one that is alone', [attempts(NATIVE, UNKNOWN_CALL)], 'syscall-unknown-to-qemu'],
    [
      'one beside the native one',
      [attempts(NATIVE, fine), attempts(VM, UNKNOWN_CALL)],
      'syscall-unknown-to-qemu',
    ],
    [
      'one before the native one',
      [attempts(EMULATED, UNKNOWN_CALL), attempts(NATIVE, fine)],
      'syscall-unknown-to-qemu',
    ],
    [
      'not the native one beside others',
      [attempts(EMULATED, fine), attempts(NATIVE, UNKNOWN_CALL)],
      undefined,
    ],
    [
      'not the first where none is native',
      [attempts(EMULATED, UNKNOWN_CALL), attempts(VM, fine)],
      undefined,
    ],
    [
      'the second where none is native',
      [attempts(EMULATED, fine), attempts(VM, UNKNOWN_CALL)],
      'syscall-unknown-to-qemu',
    ],
    [
      'the third when the second has nothing to say',
      [attempts(NATIVE, fine), attempts(EMULATED, fine), attempts(VM, UNKNOWN_CALL)],
      'syscall-unknown-to-qemu',
    ],
    [
      'the second before the third',
      [attempts(NATIVE, fine), attempts(EMULATED, NOT_FOUND), attempts(VM, UNKNOWN_CALL)],
      'program-missing',
    ],
    ['not what both show', [attempts(NATIVE, UNKNOWN_CALL), attempts(VM, UNKNOWN_CALL)], undefined],
    [
      'not a native one that lacks a program',
      [attempts(EMULATED, fine), attempts(NATIVE, NOT_FOUND)],
      undefined,
    ],
  ])('%s', (_name, lanes, id) => {
    expect(explainId(lanes)).toBe(id);
  });

  test('the last attempt that ran counts', () => {
    const ran = { observation: observe(UNKNOWN_CALL) };
    const missing = { observation: observe(NOT_FOUND) };
    expect(explainId([attemptsOf(EMULATED, missing, ran)])).toBe('syscall-unknown-to-qemu');
    expect(explainId([attemptsOf(EMULATED, missing, ran, {})])).toBe('syscall-unknown-to-qemu');
    expect(explainId([attemptsOf(EMULATED, ran, missing)])).toBe('program-missing');
    expect(explainId([attemptsOf(EMULATED, {})])).toBeUndefined();
    expect(explainId([attemptsOf(NATIVE, {}), attempts(EMULATED, NOT_FOUND)])).toBe(
      'program-missing',
    );
  });
});

describe('which output is read', () => {
  const KIB = 1024;
  const sign = 'Unsupported syscall: 283';
  const around = (before: number, total: number) =>
    `${'.'.repeat(before)}${sign}${'.'.repeat(total - before - sign.length)}`;

  test.each<[string, string, boolean]>([
    ['in the middle of 64 KiB', around(32 * KIB - 5, 64 * KIB), true],
    ['across the cut of more', around(32 * KIB - 5, 64 * KIB + 1), false],
    ['at the start', around(0, 200 * KIB), true],
    ['at the end of the start', around(32 * KIB - sign.length, 200 * KIB), true],
    ['behind the start', around(32 * KIB, 200 * KIB), false],
    ['before the end', around(168 * KIB - 5, 200 * KIB), false],
    ['at the start of the end', around(168 * KIB, 200 * KIB), true],
    ['at the end', around(200 * KIB - sign.length, 200 * KIB), true],
  ])('%s: %#', (_name, text, isRead) => {
    const expected = isRead ? 'syscall-unknown-to-qemu' : undefined;
    expect(explainId([attempts(EMULATED, { stderr: text })])).toBe(expected);
    expect(explainId([attempts(EMULATED, { stdout: text })])).toBe(expected);
  });

  test('stderr stands before stdout, on lines of its own', () => {
    const [trigger, fault] = ['libc-bin', 'Segmentation fault'];
    const both = (stderr: string, stdout: string) =>
      explainId([attempts(EMULATED, { exit: 139, stderr, stdout })]);
    expect(both(trigger, fault)).toBe('ldconfig-crash');
    expect(both(fault, trigger)).toBeUndefined();
    expect(both('Unsupported syscall: ', '283')).toBeUndefined();
    expect(both('x', 'vendor_id : GenuineIntel')).toBe('host-cpuinfo');
  });
});

describe('which values are compared', () => {
  const lanes = (left: Seen | string, right: Seen | string, other = EMULATED) => [
    attempts(NATIVE, left),
    attempts(other, right),
  ];
  const chars = lanes('c=-1', 'c=255');
  const streams = { stdout: 'c=-1', stderr: 'd=-2' };
  const whole = { stdout: 'c=255', stderr: 'd=254' };

  test.each<[string, LaneAttempts[], Difference[], string | undefined]>([
    ['those of stdout', chars, [differ('stdout')], 'char-signedness'],
    ['none without a difference', chars, [], undefined],
    ['none of a stream that does not differ', chars, [differ('stderr')], undefined],
    ['none of another lane', chars, [differ('stdout', SSH)], undefined],
    ['none beside another exit', chars, [differ('stdout'), differ('exit')], undefined],
    ['none behind another exit', chars, [differ('exit'), differ('stdout')], undefined],
    ['none beside other files', chars, [differ('stdout'), differ('files')], undefined],
    [
      'its own, whatever files another lane has',
      chars,
      [differ('stdout'), differ('files', SSH)],
      'char-signedness',
    ],
    [
      'those of both streams',
      lanes(streams, whole),
      [differ('stdout'), differ('stderr')],
      'char-signedness',
    ],
    [
      'all of both streams',
      lanes(streams, { ...whole, stderr: 'd=5' }),
      [differ('stdout'), differ('stderr')],
      undefined,
    ],
    [
      'none where a stream has a word more',
      lanes(streams, { ...whole, stderr: 'd=254 e' }),
      [differ('stdout'), differ('stderr')],
      undefined,
    ],
    [
      'those of responses',
      lanes('', ''),
      [differ('responses', EMULATED, 'c=-1', 'c=255')],
      'char-signedness',
    ],
    [
      'those of responses that fit nothing',
      lanes('c=-1', 'c=255'),
      [differ('responses', EMULATED, 'c=1', 'c=255')],
      undefined,
    ],
    ['none that is normalised', lanes('x86_64', 'aarch64'), [differ('stdout')], undefined],
    [
      'those beside what is normalised',
      lanes('x86_64 -1', 'aarch64 255'),
      [differ('stdout')],
      'char-signedness',
    ],
    [
      'none where a whole explains',
      lanes({ termination: { kind: 'signal', signal: 'SIGFPE' }, stdout: 'c=-1' }, 'c=255'),
      [differ('stdout')],
      'division-by-zero',
    ],
    [
      'none where a symptom explains',
      lanes('c=-1', { stdout: 'c=255', stderr: 'Unsupported syscall: 1' }),
      [differ('stdout')],
      'syscall-unknown-to-qemu',
    ],
  ])('%s', (_name, seen, differences, id) => {
    expect(explainId(seen, differences)).toBe(id);
  });

  test('values of a lane that is alone are none', () => {
    expect(explainId([attempts(EMULATED, 'c=-1')], [differ('stdout')])).toBeUndefined();
  });
});

describe('what a symptom asks for', () => {
  const on = (cpu: string): LaneInfo => ({ ...EMULATED, fingerprint: { cpu } });
  const trap: Seen = { termination: { kind: 'signal', signal: 'SIGTRAP' } };
  test.each<[string, LaneInfo, Seen, string | undefined]>([
    ['a deadline on a CPU', on('max'), TIMED_OUT, 'pauth-slow'],
    ['a deadline on another CPU', on('maximum'), TIMED_OUT, undefined],
    ['a deadline on a CPU with more', on('pmax'), TIMED_OUT, undefined],
    ['a deadline on an unknown CPU', EMULATED, TIMED_OUT, undefined],
    ['an end on a CPU', on('max'), { exit: 1 }, undefined],
    ['a deadline on another lane', { ...VM, fingerprint: { cpu: 'max' } }, TIMED_OUT, undefined],
    ['an end and an output', EMULATED, { ...trap, stderr: 'dotnet' }, 'dotnet-crash'],
    ['an end without the output', EMULATED, trap, undefined],
    ['an output without the end', EMULATED, { exit: 1, stderr: 'dotnet' }, undefined],
    ['an end by a shell', EMULATED, { exit: 133, stdout: 'coreclr' }, 'dotnet-crash'],
    ['one of several lanes', VM, { exit: 132 }, 'illegal-instruction'],
    ['none of several lanes', SSH, { exit: 132 }, undefined],
  ])('%s: %#', (_name, lane, seen, id) => {
    expect(explainId([attempts(NATIVE, 'fine'), attempts(lane, seen)])).toBe(id);
    expect(explainId([attempts(lane, seen)])).toBe(id);
  });

  test('what the base shows too counts where the emulator passes it through', () => {
    const cpu: Seen = { stdout: 'vendor_id : AuthenticAMD\n' };
    expect(explainId([attempts(NATIVE, cpu), attempts(EMULATED, cpu)])).toBe('host-cpuinfo');
    expect(explainId([attempts(NATIVE, cpu), attempts(SSH, cpu)])).toBeUndefined();
    expect(explainId([attempts(NATIVE, cpu), attempts(EMULATED, 'fine')])).toBeUndefined();
  });
});
