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
    [
      'TCG agrees with the base',
      [seen(VM, 'base')],
      { cause: 'emulator', referee: byVm, wrongLane: 'emulated' },
    ],
    ['TCG agrees with neither', [seen(VM, 'other')], { cause: 'undecided', referee: byVm }],
    [
      'hardware agrees with the suspect',
      [seen(SSH, 'suspect')],
      { cause: 'architecture', referee: bySsh },
    ],
    [
      'hardware agrees with the base',
      [seen(SSH, 'base')],
      { cause: 'emulator', referee: bySsh, wrongLane: 'emulated' },
    ],
    [
      'hardware is asked before TCG',
      [seen(VM, 'suspect'), seen(SSH, 'base')],
      { cause: 'emulator', referee: bySsh, wrongLane: 'emulated' },
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
      'a machine that borrows a kernel is no referee',
      [seen({ ...VM, referee: { kernel: 'borrowed', cpu: 'tcg' } }, 'suspect')],
      { cause: 'undecided' },
    ],
    [
      'a native lane of another platform is another machine',
      [seen({ ...NATIVE, id: 'arm', platform: 'linux/arm64' }, 'suspect')],
      { cause: 'architecture', referee: { ...bySsh, lane: 'arm' } },
    ],
    [
      'a second emulator is no referee',
      [seen({ ...EMULATED, id: 'q10' }, 'base')],
      { cause: 'undecided' },
    ],
  ])('%s', (_name, referees, expected) => {
    const {
      reasoning,
      witness: _witness,
      ...said
    } = attributeDivergence({
      base,
      suspect,
      witnesses: referees,
      definition,
      today: TODAY,
    });
    expect(said).toEqual(expected);
    // Whoever says something says why.
    expect(reasoning === undefined).toBe(said.referee === undefined);
  });
});

describe('of two emulated lanes', () => {
  const good = { ...EMULATED, id: 'good', fingerprint: { qemu: '7.2', qemuPath: '/opt/good' } };
  const planted = { ...good, id: 'planted', fingerprint: { qemu: '7.2', qemuPath: '/opt/bad' } };

  test.each([
    ['the suspect', seen(good, 'right'), seen(planted, 'wrong')],
    ['the base', seen(planted, 'wrong'), seen(good, 'right')],
  ])('a referee names the one that is wrong: %s', (_name, first, second) => {
    const said = attributeDivergence({
      base: first,
      suspect: second,
      witnesses: [seen(VM, 'right')],
      definition,
      today: TODAY,
    });
    expect(said).toMatchObject({ cause: 'emulator', wrongLane: 'planted' });
    expect(said.reasoning).toContain('only planted differs');
  });

  test('a second native lane on the machine of the base is no other machine', () => {
    const said = attributeDivergence({
      base: seen(NATIVE, 'right'),
      suspect: seen({ ...good, platform: NATIVE.platform }, 'wrong'),
      witnesses: [seen({ ...NATIVE, id: 'again' }, 'right')],
      definition,
      today: TODAY,
    });
    expect(said).toEqual({ cause: 'undecided' });
  });

  test('a native lane that agrees with one names the other', () => {
    const said = attributeLanes({
      base: seen(NATIVE, 'right'),
      differing: [seen(planted, 'wrong')],
      agreeing: [seen(good, 'right')],
      asked: [],
      definition,
      today: TODAY,
    });
    expect(said).toMatchObject({ cause: 'emulator', wrongLane: 'planted' });
    expect(said.reasoning).toBe(
      'good does the same as native, only planted differs: QEMU /opt/bad instead of /opt/good',
    );
  });

  test('a native lane that agrees with one names all others', () => {
    const newer = { ...good, id: 'newer', fingerprint: { qemu: '10.0 (Debian 1:10)' } };
    const newest = { ...good, id: 'newest', fingerprint: { qemu: '11.1 (Debian 1:11)' } };
    const said = attributeLanes({
      base: seen(NATIVE, 'right'),
      differing: [seen(newer, 'wrong'), seen(newest, 'wrong')],
      agreeing: [seen(good, 'right')],
      asked: [],
      definition,
      today: TODAY,
    });
    expect(said).toEqual({
      cause: 'emulator',
      wrongLane: 'newer',
      wrongLanes: ['newer', 'newest'],
      reasoning:
        'good does the same as native, newer and newest differ (newer: QEMU 10.0 instead of 7.2; newest: QEMU 11.1 instead of 7.2)',
    });
  });

  test('nothing names the wrong one when there is no third', () => {
    const said = attributeLanes({
      base: seen(good, 'right'),
      differing: [seen(planted, 'wrong')],
      agreeing: [],
      asked: [],
      definition,
      today: TODAY,
    });
    expect(said.cause).toBe('emulator');
    expect(said.wrongLane).toBeUndefined();
  });

  test('another CPU model is the environment, and with another QEMU it stays open', () => {
    const cause = (fingerprint: Record<string, string>) =>
      attributeLanes({
        base: seen({ ...good, fingerprint: { ...good.fingerprint, cpu: 'max' } }, 'a'),
        differing: [seen({ ...good, id: 'other', fingerprint }, 'b')],
        agreeing: [],
        asked: [],
        definition,
        today: TODAY,
      }).cause;
    expect(cause({ ...good.fingerprint, cpu: 'neoverse-n1' })).toBe('environment');
    expect(cause({ ...planted.fingerprint, cpu: 'neoverse-n1' })).toBe('undecided');
  });
});

describe('several lanes that differ', () => {
  const good = { ...EMULATED, id: 'good', fingerprint: { qemu: '7.2', qemuPath: '/opt/good' } };
  const planted = { ...good, id: 'planted', fingerprint: { qemu: '7.2', qemuPath: '/opt/bad' } };
  const other = { ...planted, id: 'other' };
  const attribute = (lanes: {
    readonly base?: ObservedLane;
    readonly differing: readonly ObservedLane[];
    readonly agreeing?: readonly ObservedLane[];
    readonly asked?: readonly ObservedLane[];
  }) => {
    const { base: first = seen(NATIVE, 'right'), agreeing = [], asked = [] } = lanes;
    return attributeLanes({ ...lanes, base: first, agreeing, asked, definition, today: TODAY });
  };
  const referee = { lane: 'vm', kernel: 'real', cpu: 'tcg' };
  const witness = "vm, a real arm64 kernel on QEMU's CPU emulation,";

  test('are all wrong where a referee agrees with the base', () => {
    expect(
      attribute({
        differing: [seen(planted, 'wrong'), seen(other, 'wrong')],
        asked: [seen(VM, 'right')],
      }),
    ).toEqual({
      cause: 'emulator',
      referee,
      wrongLane: 'planted',
      wrongLanes: ['planted', 'other'],
      reasoning: `${witness} does the same as native, planted and other differ`,
    });
  });

  test('are right where a referee agrees with them: the base is wrong alone', () => {
    expect(
      attribute({
        base: seen(planted, 'wrong'),
        differing: [seen(good, 'right'), seen({ ...good, id: 'too' }, 'right')],
        asked: [seen(VM, 'right')],
      }),
    ).toEqual({
      cause: 'emulator',
      referee,
      wrongLane: 'planted',
      reasoning: `${witness} does the same as good, only planted differs`,
    });
  });

  test('stay undecided where a referee agrees with nobody, whatever another emulator says', () => {
    expect(
      attribute({
        differing: [seen(planted, 'wrong')],
        agreeing: [seen(good, 'right')],
        asked: [seen(VM, 'neither')],
      }),
    ).toEqual({
      cause: 'undecided',
      referee,
      reasoning: `${witness} agrees with neither native nor planted`,
    });
  });

  test('are judged by no emulator of another platform', () => {
    const elsewhere: LaneInfo = { ...good, platform: 'linux/riscv64' };
    expect(
      attribute({ differing: [seen(planted, 'wrong')], agreeing: [seen(elsewhere, 'right')] }),
    ).toEqual({ cause: 'undecided' });
  });

  test('may differ in nothing that is known', () => {
    expect(
      attribute({ base: seen(VM, 'a'), differing: [seen({ ...VM, id: 'vm2' }, 'b')] }).reasoning,
    ).toBe('vm2 and vm differ only in their settings');
    expect(
      attribute({ base: seen(good, 'a'), differing: [seen({ ...good, id: 'too' }, 'b')] }),
    ).toEqual({
      cause: 'emulator',
      reasoning: 'good and too emulate the same platform and disagree',
    });
  });

  test('are none: nothing is said', () => {
    expect(attribute({ differing: [] })).toEqual({ cause: 'undecided' });
  });
});

describe('two machines that differ, with no emulator between them', () => {
  const attribute = (one: LaneInfo, another: LaneInfo) =>
    attributeLanes({
      base: seen(one, 'a'),
      differing: [seen(another, 'b')],
      agreeing: [],
      asked: [],
      definition,
      today: TODAY,
    });
  const withPages = (info: LaneInfo, pageSize: string): LaneInfo => ({
    ...info,
    fingerprint: { pageSize },
  });

  test('show the architecture', () => {
    expect(attribute(NATIVE, SSH)).toEqual({
      cause: 'architecture',
      referee: { lane: 'ssh:pi', kernel: 'real', cpu: 'hardware' },
      reasoning:
        'ssh:pi, a real arm64 kernel on a real CPU, differs from native, and nothing was emulated',
    });
  });

  test.each<readonly [string, LaneInfo, LaneInfo, string]>([
    ['pages alike', withPages(NATIVE, '4096'), withPages(SSH, '4096'), 'architecture'],
    ['pages of one not known', withPages(NATIVE, '4096'), SSH, 'architecture'],
    ['other pages', withPages(NATIVE, '4096'), withPages(SSH, '16384'), 'undecided'],
    ['one platform', NATIVE, { ...SSH, platform: NATIVE.platform }, 'undecided'],
    ['an emulated CPU', NATIVE, VM, 'undecided'],
    ['an emulated base', { ...EMULATED, platform: 'linux/riscv64' }, SSH, 'undecided'],
  ])('%s', (_name, one, another, cause) => {
    expect(attribute(one, another).cause).toBe(cause);
  });
});

describe('attributeLanes', () => {
  const attribute = (differing: readonly ObservedLane[], agreeing: readonly ObservedLane[]) =>
    attributeLanes({ base, differing, agreeing, asked: [], definition, today: TODAY }).cause;

  test('a setting of a real kernel is the environment', () => {
    expect(attribute([seen(VM_16K, 'x')], [seen(VM, 'base')])).toBe('environment');
    const { cause, reasoning } = attributeLanes({
      base: seen({ ...VM, fingerprint: { pageSize: '4096' } }, '4096'),
      differing: [seen({ ...VM_16K, fingerprint: { pageSize: '16384' } }, '16384')],
      agreeing: [],
      asked: [],
      definition,
      today: TODAY,
    });
    expect([cause, reasoning]).toEqual([
      'environment',
      'vm,pages=16k and vm differ only in their settings: page size 16384 instead of 4096',
    ]);
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
