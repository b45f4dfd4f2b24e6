import { describe, expect, it } from 'vitest';
import { describeAudit, type AuditFinding } from '../../../src/image/index.ts';

const describeFindings = (findings: readonly AuditFinding[], omitted = {}) =>
  describeAudit({ findings, omitted, files: 1, elfFiles: 1, unreadable: 0 }, 'linux/arm64');

describe('describeAudit', () => {
  it('says what will not start', () => {
    const severity = 'warning';
    const { problems, notes } = describeFindings([
      { kind: 'missing-loader', severity, path: '/b', loader: '/lib/ld.so' },
      { kind: 'foreign-elf', severity, path: '/a', platform: 'linux/amd64', machine: 62 },
      { kind: 'missing-libraries', severity, path: '/c', libraries: ['libx.so.1', 'liby.so.2'] },
      { kind: 'missing-interpreter', severity, path: '/d', interpreter: '/usr/bin/perl' },
    ]);
    expect(problems).toEqual([
      '/a: built for linux/amd64, does not run on linux/arm64',
      '/b: does not start, its loader /lib/ld.so is missing',
      '/c: does not start, libx.so.1, liby.so.2 are missing',
      '/d: does not start, its interpreter /usr/bin/perl is missing',
    ]);
    expect(notes).toEqual([]);
  });

  it('keeps apart what fails on some machines or for some users only', () => {
    const { problems, notes } = describeFindings(
      [
        { kind: 'page-alignment', severity: 'warning', pageSize: 16384, count: 1, paths: ['/a'] },
        {
          kind: 'page-alignment',
          severity: 'note',
          pageSize: 65536,
          count: 9,
          paths: ['/bin/x', '/bin/y'],
        },
        { kind: 'foreign-elf', severity: 'note', path: '/fw', machine: 99 },
      ],
      { 'foreign-elf': 3 },
    );
    expect(problems).toEqual([]);
    expect(notes).toEqual([
      '/a does not load on kernels with pages of 16 KiB',
      '/fw: built for machine 99, does not run on linux/arm64',
      '9 programs and libraries (x, y, …) do not load on kernels with pages of 64 KiB',
      '3 more findings of the kind foreign-elf',
    ]);
  });
});
