import { describe, expect, it } from 'vitest';
import type { Check, CheckState } from '../../../src/app/doctor/check.ts';
import { findModes, shortenMode } from '../../../src/app/doctor/modes.ts';

const IDS = [
  'kernel',
  'node',
  'cache',
  'agent',
  'user-namespaces',
  'native-lane',
  'overlay',
  'cgroup2',
  'qemu',
  'emulator',
  'program',
  'crun',
  'umoci',
  'skopeo',
];

function checks(states: Readonly<Record<string, CheckState>> = {}, found = 'broken'): Check[] {
  return IDS.map((id) => ({
    id,
    title: id,
    state: states[id] ?? 'ok',
    found: states[id] === undefined ? 'fine' : found,
    effect: '',
  }));
}

const OPEN = { nativeMode: 'namespaces', emulatedMode: 'private binfmt_misc' };

describe('findModes', () => {
  it('is all yes on a healthy machine', () => {
    expect(findModes({ ...OPEN, checks: checks() })).toEqual({
      native: { possible: true, how: 'namespaces' },
      binaries: { possible: true, how: 'private binfmt_misc' },
      images: { possible: true, how: 'crun' },
    });
  });

  it.each(['user-namespaces', 'overlay', 'cgroup2', 'crun', 'umoci'])(
    'has binaries but no images without %s',
    (id) => {
      const modes = findModes({ ...OPEN, checks: checks({ [id]: 'failed' }) });
      expect(modes.binaries.possible).toBe(true);
      expect(modes.images).toEqual({ possible: false, how: `${id}: broken` });
    },
  );

  it('has no images with a QEMU that needs libraries, and all without skopeo', () => {
    expect(findModes({ ...OPEN, checks: checks({ qemu: 'warning' }) }).images).toEqual({
      possible: false,
      how: 'qemu: broken',
    });
    expect(findModes({ ...OPEN, checks: checks({ skopeo: 'warning' }) }).images.possible).toBe(
      true,
    );
  });

  it('has nothing without a cache, though lanes could be tried', () => {
    const modes = findModes({ ...OPEN, checks: checks({ cache: 'failed' }) });
    expect([modes.native, modes.binaries, modes.images].map(({ possible }) => possible)).toEqual([
      false,
      false,
      false,
    ]);
    expect(modes.binaries.how).toBe('cache: broken');
  });

  it('names the check that was made, not one that was not tried', () => {
    const made = checks({ emulator: 'failed' }).map((check) =>
      check.id === 'qemu' ? { ...check, state: 'failed' as const, found: 'not tried: x' } : check,
    );
    expect(
      findModes({ nativeMode: 'namespaces', emulatedMode: undefined, checks: made }).binaries,
    ).toEqual({ possible: false, how: 'emulator: broken' });
    expect(
      findModes({ nativeMode: undefined, emulatedMode: undefined, checks: [] }).native.how,
    ).toBe('it was not tried');
  });
});

describe('shortenMode', () => {
  it('drops reasons, also nested ones', () => {
    expect(
      shortenMode(
        'explicit qemu prefix, children are not emulated (off (0)); no namespaces (off (0))',
      ),
    ).toBe('explicit qemu prefix, children are not emulated; no namespaces');
    expect(shortenMode('private binfmt_misc')).toBe('private binfmt_misc');
  });
});
