import { describe, expect, it } from 'vitest';
import { DISTRIBUTION_DIFFERENCES } from '../../../src/image/distribution-differences.ts';

const ruleOf = (path: string, target = '') =>
  DISTRIBUTION_DIFFERENCES.find(
    ({ paths, linksTo }) => paths.test(path) && (linksTo?.test(target) ?? true),
  );

describe('DISTRIBUTION_DIFFERENCES', () => {
  it.each([
    ['/lib64', 'path'],
    ['/usr/lib64/ld-linux-{arch}.so.2', 'path'],
    ['/usr/lib/{arch}/ld-linux-{arch}.so.1', 'path'],
    ['/lib/ld-musl-{arch}.so.1', 'path'],
    ['/lib/libc.musl-{arch}.so.1', 'path'],
    ['/usr/lib/debug/.build-id/ab/cdef', 'path'],
    ['/usr/include/{arch}/asm/unistd.h', 'path'],
    ['/usr/lib/{arch}/libquadmath.so.0', 'path'],
    ['/usr/lib/{arch}/libdrm_intel.so.1', 'path'],
    ['/usr/share/doc/bash/changelog.gz', 'path'],
    ['/usr/bin/ldd', 'content'],
    ['/usr/lib/python3.11/_sysconfigdata__{arch}.py', 'content'],
    ['/usr/lib/{arch}/perl/5.36.0/Config.pm', 'content'],
    ['/usr/local/lib/perl5/5.40.0/{arch}-linux-gnu/Config.pm', 'content'],
    ['/usr/lib/python3/dist-packages/x-1.dist-info/RECORD', 'content'],
    ['/var/lib/dpkg/info/libc6:{arch}.list', 'content'],
    ['/etc/ld.so.cache', 'content'],
  ])('leaves out %s: %s', (path, what) => {
    expect(ruleOf(path)?.leaveOut).toBe(what);
  });

  it.each([
    '/usr/lib64/libapp.so',
    '/usr/lib/{arch}/libapp.so.1',
    '/usr/share/doc/bash',
    '/app/lib/MyApp/Config.pm',
    '/app/etc/my-config',
    '/app/pyconfig.h',
    '/usr/local/bin/ldd',
    '/app/ldd',
    '/usr/bin/i386',
    '/var/lib/app/cache/data',
    '/etc/app/machine-id',
    '/app/libitmo.so',
  ])('keeps %s', (path) => {
    expect(ruleOf(path, 'elsewhere')).toBeUndefined();
  });

  it('knows the links of setarch by their target', () => {
    expect(ruleOf('/usr/bin/i386', 'setarch')?.leaveOut).toBe('path');
    expect(ruleOf('/usr/bin/{arch}', '/usr/bin/setarch')?.leaveOut).toBe('path');
  });

  it('gives a reason for each', () => {
    for (const { reason } of DISTRIBUTION_DIFFERENCES)
      expect(reason).toMatch(/^[^\s].{10,}[^.\s]$/);
  });
});
