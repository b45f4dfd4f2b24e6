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

  it('may find none', () => {
    expect(findScratchDirectory(['/etc/passwd', '/usr/bin/env'], ['/usr', '/etc'])).toBeUndefined();
  });
});
