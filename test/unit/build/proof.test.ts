import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareDockerfiles, findCompilations } from '../../../src/build/dockerfile-complexity.ts';
import { explainContents } from '../../../src/build/normalise-content.ts';
import { median, ratioOf } from '../../../src/build/ratio.ts';
import { recommend, type Candidate } from '../../../src/build/recommend.ts';

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

describe('ratios', () => {
  it('have an interval from three values on, the same each time', () => {
    expect(median([3, 1, 2, 10])).toBe(2.5);
    expect(ratioOf([4], [2])).toEqual({ value: 2 });
    const ratio = ratioOf([4, 4.2, 4.4], [2, 2.1, 2.2]);
    expect(ratio).toEqual(ratioOf([4, 4.2, 4.4], [2, 2.1, 2.2]));
    const [low = 0, high = 0] = ratio.interval ?? [];
    expect(low).toBeLessThanOrEqual(ratio.value);
    expect(high).toBeGreaterThanOrEqual(ratio.value);
  });
});

describe('the recommendation', () => {
  const candidate = (
    id: Candidate['id'],
    coldMs: number,
    more: Partial<Candidate> = {},
  ): Candidate => ({
    id,
    coldMs,
    toFastest: { value: 1 },
    changedLines: 0,
    sound: true,
    ...more,
  });

  it('is the simplest that is not clearly slower', () => {
    expect(recommend([candidate('cross', 1000), candidate('emulated', 2000)], []).strategy).toBe(
      'emulated',
    );
    const slow = recommend(
      [candidate('cross', 10_000, { changedLines: 4 }), candidate('emulated', 90_000)],
      ['RUN make'],
    );
    expect(slow.strategy).toBe('cross');
    expect(slow.reason).toContain('9.0 times as fast, for 4 lines');
    expect(slow.rule).toContain('agrees');
  });

  it('says when the measurement does not agree with the rule', () => {
    const result = recommend([candidate('cross', 1000), candidate('emulated', 1100)], ['RUN make']);
    expect([result.strategy, result.rule]).toEqual([
      'emulated',
      expect.stringContaining('does not agree'),
    ]);
  });

  it('leaves out images that are wrong', () => {
    const result = recommend(
      [candidate('cross', 1000, { sound: false }), candidate('emulated', 90_000)],
      [],
    );
    expect(result.strategy).toBe('emulated');
    expect(recommend([candidate('cross', 1000, { sound: false })], []).strategy).toBeUndefined();
  });
});
