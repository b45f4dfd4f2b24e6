import { describe, expect, it } from 'vitest';
import type { LaneFingerprint } from '../../../src/core/index.ts';
import { findDifferingSettings } from '../../../src/judge/differing-settings.ts';
import { EMULATED } from './judge-data.ts';

const DEBIAN = '7.2.9 (Debian 1:7.2+dfsg-7)';

describe('findDifferingSettings', () => {
  it.each<readonly [LaneFingerprint, LaneFingerprint, readonly string[]]>([
    [{ pageSize: '4096' }, { pageSize: '16384' }, ['environment page size 16384 instead of 4096']],
    [{ pageSize: '4096' }, { pageSize: '4096' }, []],
    // What one of them does not say is no difference.
    [{ kernel: '6.1' }, {}, []],
    [{}, { kernel: '6.1' }, []],
    [{}, {}, []],
    [{ host: 'a' }, { host: 'b' }, []],
    [
      { cpu: 'max', memory: '1G' },
      { cpu: 'a64fx', memory: '2G' },
      ['environment CPU a64fx instead of max', 'environment memory 2G instead of 1G'],
    ],
    [{ qemu: DEBIAN }, { qemu: '10.0' }, ['emulator QEMU 10.0 instead of 7.2.9']],
    [{ qemu: DEBIAN }, { qemu: '7.2.9' }, [`emulator QEMU 7.2.9 instead of ${DEBIAN}`]],
    [{ qemu: '7.2' }, {}, []],
    [{ qemuPath: '/a' }, { qemuPath: '/b' }, ['emulator QEMU /b instead of /a']],
    [
      { qemu: '7.2', qemuPath: '/a' },
      { qemu: '10.0', qemuPath: '/b' },
      ['emulator QEMU 10.0 instead of 7.2'],
    ],
    [
      { kernel: '6.1', qemu: '7.2' },
      { kernel: '6.12', qemu: '10.0' },
      ['environment kernel 6.12 instead of 6.1', 'emulator QEMU 10.0 instead of 7.2'],
    ],
  ])('%j, %j', (one, other, found) => {
    const lane = (fingerprint: LaneFingerprint) => ({ ...EMULATED, fingerprint });
    const settings = findDifferingSettings(lane(one), lane(other));
    expect(settings.map(({ kind, words }) => `${kind} ${words}`)).toEqual(found);
  });
});
