import { describe, expect, it } from 'vitest';
import { readPaxRecords, sparseSize } from '../../../src/image/pax-records.ts';

describe('readPaxRecords', () => {
  it('reads values with line breaks and equals signs in them', () => {
    const text =
      '20 path=a b=c\n30 SCHILY.xattr.user.x=1\n2\n28 SCHILY.xattr.user.y=\u0000\ufffd\n';
    expect([...readPaxRecords(text)]).toEqual([
      ['path', 'a b=c'],
      ['SCHILY.xattr.user.x', '1\n2'],
      ['SCHILY.xattr.user.y', '\u0000\ufffd'],
    ]);
  });

  it('finds none in a long name', () => {
    expect(readPaxRecords(`${'directory/'.repeat(20)}file\0`).size).toBe(0);
  });
});

describe('sparseSize', () => {
  it('is the size with holes', () => {
    expect(sparseSize(readPaxRecords('22 GNU.sparse.major=1\n30 GNU.sparse.realsize=99\n'))).toBe(
      99,
    );
    expect(sparseSize(readPaxRecords('22 GNU.sparse.size=98\n'))).toBe(98);
    expect(sparseSize(readPaxRecords('9 size=5\n'))).toBeUndefined();
  });
});
