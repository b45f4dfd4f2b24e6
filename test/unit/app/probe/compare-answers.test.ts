import { describe, expect, test } from 'vitest';
import { chooseReference, compareAnswers } from '../../../../src/app/probe/compare-answers.ts';
import type { ProbeAnswer } from '../../../../src/app/probe/probe-answer.ts';
import type { LaneInfo } from '../../../../src/core/index.ts';
import { EMULATED, EMULATED_NEW, NATIVE, SSH, SSH_AMD64, VM, VM_16K } from './probe-lanes.ts';

const PORTABLE = {};
const VARIES = { varies: true } as const;

describe('chooseReference', () => {
  test.each<[string, LaneInfo, readonly LaneInfo[], object, string | undefined]>([
    [
      'this machine’s kernel measures an emulator',
      EMULATED,
      [NATIVE, EMULATED],
      PORTABLE,
      'native',
    ],
    ['not where the architecture answers', EMULATED, [NATIVE, EMULATED], VARIES, undefined],
    ['a real kernel of the platform does', EMULATED, [NATIVE, EMULATED, VM], VARIES, 'vm'],
    ['hardware before TCG', EMULATED, [NATIVE, EMULATED, VM, SSH], PORTABLE, 'ssh'],
    ['hardware measures TCG', VM, [NATIVE, VM, SSH], VARIES, 'ssh'],
    [
      'the own platform before hardware of another',
      EMULATED,
      [EMULATED, SSH_AMD64, VM],
      PORTABLE,
      'vm',
    ],
    ['of two alike the first measures', VM_16K, [VM, VM_16K], VARIES, 'vm'],
    ['of two alike the first is not measured', VM, [VM, VM_16K], VARIES, undefined],
    [
      'a vm without another is measured by this machine',
      VM,
      [NATIVE, EMULATED, VM],
      PORTABLE,
      undefined,
    ],
    ['the native lane is never measured', NATIVE, [NATIVE, VM, SSH], PORTABLE, undefined],
    [
      'an emulator measures where nothing else is',
      EMULATED_NEW,
      [EMULATED, EMULATED_NEW],
      VARIES,
      'emulated',
    ],
    ['but not beside a kernel', EMULATED_NEW, [NATIVE, EMULATED, EMULATED_NEW], VARIES, undefined],
  ])('%s', (_what, lane, lanes, probe, expected) => {
    expect(chooseReference(lane, lanes, probe)?.id).toBe(expected);
  });
});

const said = (text: string, detail?: string): ProbeAnswer => ({
  state: 'answered',
  text,
  ...(detail === undefined ? {} : { detail }),
});

describe('compareAnswers', () => {
  const lanes = [NATIVE, EMULATED, EMULATED_NEW];

  test('names each lane that answers otherwise, with its reference', () => {
    const answers = { native: said('works'), emulated: said('ENOSYS'), q10: said('works') };
    expect(compareAnswers(PORTABLE, answers, lanes)).toEqual({
      compared: ['emulated', 'q10'],
      differences: [{ lane: 'emulated', reference: 'native' }],
    });
  });

  test('never compares details', () => {
    const answers = { native: said('works', 'ABI 7'), emulated: said('works', 'ABI 3') };
    expect(compareAnswers(PORTABLE, answers, [NATIVE, EMULATED]).differences).toEqual([]);
  });

  test('takes a crash for an answer', () => {
    const answers = {
      native: said('works'),
      emulated: { state: 'crashed', text: 'killed by SIGSEGV' },
    } as const;
    expect(compareAnswers(PORTABLE, answers, [NATIVE, EMULATED]).differences).toHaveLength(1);
  });

  test('falls back to another lane where the first choice could not be asked', () => {
    const answers = {
      native: said('works'),
      emulated: said('ENOSYS'),
      vm: { state: 'not-tried', text: 'chown: EPERM' },
    } as const;
    expect(compareAnswers(PORTABLE, answers, [NATIVE, EMULATED, VM])).toEqual({
      compared: ['emulated'],
      differences: [{ lane: 'emulated', reference: 'native' }],
    });
  });

  test('compares nothing with a lane that could not be asked', () => {
    const answers = {
      native: said('works'),
      emulated: { state: 'not-tried', text: 'chown: EPERM' },
    } as const;
    expect(compareAnswers(PORTABLE, answers, [NATIVE, EMULATED])).toEqual({
      compared: [],
      differences: [],
    });
  });
});
