import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findScratchDirectory } from '../../../../src/lanes/local/scratch-directory.ts';

describe('findScratchDirectory', () => {
  it('takes the first that hides nothing that is needed', () => {
    expect(findScratchDirectory([], ['/usr', '/etc'])).toBe('/usr');
    expect(findScratchDirectory(['/usr/bin/crun'], ['/usr', '/etc'])).toBe('/etc');
    expect(findScratchDirectory(['/usr'], ['/usr', '/etc'])).toBe('/etc');
    expect(findScratchDirectory(['/usrlocal/x'], ['/usr'])).toBe('/usr');
  });

  it('leaves out what is no directory', () => {
    expect(findScratchDirectory([], ['/nonexistent', '/etc/passwd', '/etc'])).toBe('/etc');
  });

  it('does not hide what a link leads to', () => {
    const directory = mkdtempSync(join(tmpdir(), 'scratch-'));
    symlinkSync('/usr/bin', join(directory, 'link'));
    try {
      expect(findScratchDirectory([join(directory, 'link/env')], ['/usr', '/etc'])).toBe('/etc');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('may find none', () => {
    expect(findScratchDirectory(['/etc/passwd', '/usr/bin/env'], ['/usr', '/etc'])).toBeUndefined();
  });
});
