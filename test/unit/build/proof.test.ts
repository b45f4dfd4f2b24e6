import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareDockerfiles, findCompilations } from '../../../src/build/dockerfile-complexity.ts';
import { describeDifference } from '../../../src/build/describe-difference.ts';
import { readSections } from '../../../src/build/elf-sections.ts';
import { explainContents } from '../../../src/build/normalise-content.ts';

describe('contents that differ', () => {
  it('by the build id of an ELF file', () => {
    const program = readFileSync('/proc/self/exe');
    const other = Buffer.from(program);
    const at = program.indexOf(Buffer.from('\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0', 'latin1'));
    // A program without one has nothing to hide.
    if (at < 0) {
      other[other.length - 1] = 1;
      expect(explainContents(program, other)).toBeUndefined();
      return;
    }
    other[at + 16] = (other[at + 16] ?? 0) ^ 1;
    expect(explainContents(program, other)).toBe('build id');
    other[other.length - 1] = (other[other.length - 1] ?? 0) ^ 1;
    expect(explainContents(program, other)).toBeUndefined();
  });

  it('by the time of a gzip member', () => {
    const packed = gzipSync('text');
    const later = Buffer.from(packed);
    later.writeUInt32LE(1_700_000_000, 4);
    expect(explainContents(packed, later)).toBe('time in a gzip header');
    expect(explainContents(packed, gzipSync('tent'))).toBeUndefined();
  });

  it.each([
    ['built 2026-01-02T03:04:05Z.', 'built 2025-11-12T13:14:15Z.'],
    ['Wed Nov 25 12:50:49 UTC 2026', 'Thu Nov 26 01:00:00 UTC 2026'],
    ['compiled Jan  2 2026 03:04:05', 'compiled Feb 12 2026 13:14:15'],
  ])('by times in text: %s', (left, right) => {
    expect(explainContents(Buffer.from(left), Buffer.from(right))).toBe('times in text');
    expect(explainContents(Buffer.from(left), Buffer.from(`${right} x`))).toBeUndefined();
  });
});

describe('Dockerfiles', () => {
  it('are compared by their lines, without comments', () => {
    const plain = 'FROM a AS b\n# says\nRUN ./configure\nRUN make\n';
    const cross =
      'FROM --platform=$BUILDPLATFORM a AS b\nARG TARGETARCH\nRUN ./configure\nRUN make\n';
    expect(compareDockerfiles(plain, cross)).toEqual({
      added: ['FROM --platform=$BUILDPLATFORM a AS b', 'ARG TARGETARCH'],
      removed: ['FROM a AS b'],
    });
    expect(compareDockerfiles(plain, plain)).toEqual({ added: [], removed: [] });
  });

  it('compile something by the words of the rule of thumb', () => {
    expect(
      findCompilations('FROM a\nRUN cd x && \\\n  make -j2\nRUN gzip makefile\nCOPY make /\n'),
    ).toEqual(['RUN cd x &&  make -j2']);
  });
});

describe('what a difference of contents is', () => {
  it('of text is the first line', () => {
    expect(describeDifference(Buffer.from('a\nb\n'), Buffer.from('a\nc\n'))).toBe(
      'line 2: "b" | "c"',
    );
    expect(describeDifference(Buffer.from('a'), Buffer.from('a\nc'))).toBe('line 2: nothing | "c"');
  });

  it('of programs is the section', () => {
    const program = readFileSync('/bin/true');
    const sections = readSections(program);
    for (const [name, reason] of [
      ['.text', 'other code'],
      ['.rodata', 'other constants'],
    ] as const) {
      const other = Buffer.from(program);
      const content = sections.get(name);
      if (content === undefined) throw new Error(`/bin/true has no ${name}`);
      const at = content.byteOffset - program.byteOffset;
      other[at] = (other[at] ?? 0) ^ 1;
      expect(describeDifference(program, other)).toContain(
        `the sections ${name} differ: ${reason}`,
      );
    }
    const other = Buffer.from(program);
    other.writeUInt16LE(0xf3, 18);
    expect(describeDifference(program, other)).toMatch(
      /^built for linux\/\S+ and for linux\/riscv64$/,
    );
  });

  it('of anything else is the first byte', () => {
    expect(describeDifference(Buffer.from('a\0b'), Buffer.from('a\0c'))).toBe('from byte 2 on');
  });
});
