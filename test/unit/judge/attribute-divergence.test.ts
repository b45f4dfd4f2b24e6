import { describe, expect, test } from 'vitest';
import type { LaneInfo } from '../../../src/core/index.ts';
import {
  attributeDivergence,
  attributeLanes,
  isReferee,
  type ObservedLane,
} from '../../../src/judge/attribute-divergence.ts';
import { defineCase, EMULATED, NATIVE, observe, SSH, TODAY, VM, VM_16K } from './judge-data.ts';

const definition = defineCase();
const seen = (info: LaneInfo, stdout: string): ObservedLane => ({
  info,
  observation: observe(stdout),
});
const base = seen(NATIVE, 'base');
const suspect = seen(EMULATED, 'suspect');

describe('attributeDivergence', () => {
  const byVm = { lane: 'vm', kernel: 'real', cpu: 'tcg' };
  const bySsh = { lane: 'ssh:pi', kernel: 'real', cpu: 'hardware' };

  test.each([
    ['no referee', [], { cause: 'undecided' }],
    [
      'TCG agrees with the suspect',
      [seen(VM, 'suspect')],
      { cause: 'architecture', referee: byVm },
    ],
    ['TCG agrees with the base', [seen(VM, 'base')], { cause: 'emulator', referee: byVm }],
    ['TCG agrees with neither', [seen(VM, 'other')], { cause: 'undecided' }],
    [
      'hardware agrees with the suspect',
      [seen(SSH, 'suspect')],
      { cause: 'architecture', referee: bySsh },
    ],
    ['hardware agrees with the base', [seen(SSH, 'base')], { cause: 'emulator', referee: bySsh }],
    [
      'hardware is asked before TCG',
      [seen(VM, 'suspect'), seen(SSH, 'base')],
      { cause: 'emulator', referee: bySsh },
    ],
    [
      'TCG decides where hardware agrees with neither',
      [seen(SSH, 'other'), seen(VM, 'suspect')],
      { cause: 'architecture', referee: byVm },
    ],
    [
      'another platform is no referee',
      [seen({ ...VM, platform: 'linux/riscv64' }, 'suspect')],
      { cause: 'undecided' },
    ],
    [
      'a second emulator is no referee',
      [seen({ ...EMULATED, id: 'q10' }, 'base')],
      { cause: 'undecided' },
    ],
  ])('%s', (_name, referees, expected) => {
    expect(attributeDivergence({ base, suspect, referees, definition, today: TODAY })).toEqual(
      expected,
    );
  });
});

describe('attributeLanes', () => {
  const attribute = (differing: readonly ObservedLane[], agreeing: readonly ObservedLane[]) =>
    attributeLanes({ base, differing, agreeing, definition, today: TODAY }).cause;

  test('a setting of a real kernel is the environment', () => {
    expect(attribute([seen(VM_16K, 'x')], [seen(VM, 'base')])).toBe('environment');
    expect(attribute([seen(VM, 'x')], [seen(EMULATED, 'base')])).toBe('undecided');
  });

  test('suspects that were attributed differently leave it undecided', () => {
    const other = seen({ ...EMULATED, id: 'q10' }, 'other');
    expect(attribute([suspect, seen(VM, 'suspect')], [])).toBe('architecture');
    expect(attribute([suspect, other, seen(VM, 'suspect')], [])).toBe('undecided');
  });
});

test.each([
  [NATIVE, false],
  [EMULATED, false],
  [VM, true],
  [SSH, true],
] as const)('$id', (info, referee) => {
  expect(isReferee(info)).toBe(referee);
});
