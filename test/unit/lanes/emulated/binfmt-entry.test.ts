import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLATFORMS, platformFacts, type Platform } from '../../../../src/core/index.ts';
import { binfmtMagic, formatBinfmtEntry } from '../../../../src/lanes/emulated/binfmt-entry.ts';
import { witnessProgram } from '../../../../src/lanes/emulated/witness-programs.ts';

/** qemu/scripts/qemu-binfmt-conf.sh (7.2) and Debian's /usr/lib/binfmt.d, which agree. */
const PUBLISHED: Readonly<Record<Platform, readonly [magic: string, mask: string]>> = {
  'linux/arm64': [
    '7f454c460201010000000000000000000200b700',
    'ffffffffffffff00fffffffffffffffffeffffff',
  ],
  'linux/arm/v7': [
    '7f454c4601010100000000000000000002002800',
    'ffffffffffffff00fffffffffffffffffeffffff',
  ],
  'linux/amd64': [
    '7f454c4602010100000000000000000002003e00',
    'fffffffffffefe00fffffffffffffffffeffffff',
  ],
  'linux/386': [
    '7f454c4601010100000000000000000002000300',
    'fffffffffffefe00fffffffffffffffffeffffff',
  ],
  'linux/riscv64': [
    '7f454c460201010000000000000000000200f300',
    'ffffffffffffff00fffffffffffffffffeffffff',
  ],
  'linux/ppc64le': [
    '7f454c4602010100000000000000000002001500',
    'fffffffffffffffcfffffffffffffffffeffff00',
  ],
  'linux/s390x': [
    '7f454c4602020100000000000000000000020016',
    'fffffffffffffffcfffffffffffffffffffeffff',
  ],
  'linux/mips64le': [
    '7f454c4602010100000000000000000002000800',
    'ffffffffffffff00fefffffffffffffffeffffff',
  ],
  'linux/loong64': [
    '7f454c4602010100000000000000000002000201',
    'fffffffffffffffc00fffffffffffffffeffffff',
  ],
};

/** Bytes of a field of a binfmt.d(5) line: `\xNN` or themselves. */
function readField(text: string): string {
  const bytes = [...text.matchAll(/\\x([0-9a-f]{2})|(.)/g)].map(
    ([, hex, plain]) => hex ?? (plain ?? '').charCodeAt(0).toString(16).padStart(2, '0'),
  );
  return bytes.join('');
}

/** What binfmt_misc does with the head of a file. */
function matches(platform: Platform, head: Buffer): boolean {
  const { magic, mask } = binfmtMagic(platform);
  return magic.every((byte, at) => (((head[at] ?? 0) ^ byte) & (mask[at] ?? 0)) === 0);
}

const names = PLATFORMS.map(({ platform }) => platform);

describe('binfmtMagic', () => {
  it.each(names)('of %s is the published one', (platform) => {
    const { magic, mask } = binfmtMagic(platform);
    const [publishedMagic, publishedMask] = PUBLISHED[platform];
    // A mask may look at less than ours: what both accept is what matters for right programs.
    expect(magic.toString('hex')).toBe(publishedMagic);
    expect(mask.toString('hex')).toBe(publishedMask);
  });

  it.each(names)('of %s agrees with the file of this machine, if it has one', (platform) => {
    const file = `/usr/lib/binfmt.d/qemu-${platformFacts(platform).qemuTarget}.conf`;
    if (!existsSync(file)) return;
    const [, , , , magic = '', mask = ''] = readFileSync(file, 'utf8').trim().split(':');
    expect([readField(magic), readField(mask)]).toEqual(PUBLISHED[platform]);
  });

  it.each(names)('of %s takes its own witness and that of no other platform', (platform) => {
    for (const other of names)
      expect(matches(platform, witnessProgram(other)), other).toBe(other === platform);
  });

  it('takes position-independent programs, and no other type', () => {
    for (const platform of names) {
      const head = Buffer.from(witnessProgram(platform).subarray(0, 20));
      const at = platformFacts(platform).elf.endianness === 'little' ? 16 : 17;
      const taken = [0, 1, 2, 3, 4].filter((type) => {
        head[at] = type;
        return matches(platform, head);
      });
      expect(taken, platform).toEqual([2, 3]);
    }
  });
});

describe('formatBinfmtEntry', () => {
  it('escapes every byte and keeps the kernel’s form', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), (platform) => {
        const line = formatBinfmtEntry({
          name: 'n',
          platform,
          interpreter: '/q/qemu',
          flags: 'POCF',
        });
        const fields = line.split(':');
        expect(fields).toHaveLength(8);
        expect([fields[0], fields[1], fields[2], fields[3]]).toEqual(['', 'n', 'M', '']);
        expect(fields.slice(6)).toEqual(['/q/qemu', 'POCF']);
        expect(fields[4]).toMatch(/^(?:\\x[0-9a-f]{2}){20}$/);
        expect(fields[5]).toMatch(/^(?:\\x[0-9a-f]{2}){20}$/);
        // The kernel takes no more than a page less one, and strings of up to 1920 characters.
        expect(line.length).toBeLessThan(1920);
      }),
    );
  });

  it('separates the fields by what the path does not have', () => {
    const line = (interpreter: string): string =>
      formatBinfmtEntry({ name: 'n', platform: 'linux/arm64', interpreter, flags: 'F' });
    expect(line('/a:b')).toMatch(/^\|n\|M\|\|.*\|\/a:b\|F$/);
    expect(line('/a:|;b')).toMatch(/^,n,M,,.*,\/a:\|;b,F$/);
    expect(line('/:|;,').split('\x01')).toHaveLength(8);
  });
});
