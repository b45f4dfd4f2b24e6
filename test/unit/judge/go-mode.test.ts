import { describe, expect, it } from 'vitest';
import type { ChangedFileType } from '../../../src/core/index.ts';
import { formatGoMode } from '../../../src/judge/go-mode.ts';

describe('formatGoMode', () => {
  // As Go's FileMode.String writes them.
  it.each<readonly [ChangedFileType, number, string]>([
    ['file', 0o644, '-rw-r--r--'],
    ['file', 0o755, '-rwxr-xr-x'],
    ['file', 0o4755, 'urwxr-xr-x'],
    ['file', 0o2755, 'grwxr-xr-x'],
    ['file', 0o6711, 'ugrwx--x--x'],
    ['file', 0, '----------'],
    ['directory', 0o755, 'drwxr-xr-x'],
    ['directory', 0o1777, 'dtrwxrwxrwx'],
    ['directory', 0o2775, 'dgrwxrwxr-x'],
    ['symlink', 0o777, 'Lrwxrwxrwx'],
    ['fifo', 0o644, 'prw-r--r--'],
    ['socket', 0o755, 'Srwxr-xr-x'],
    ['char-device', 0o666, 'Dcrw-rw-rw-'],
    ['char-device', 0o6666, 'Dugcrw-rw-rw-'],
    ['block-device', 0o660, 'Drw-rw----'],
  ])('%s %o is %s', (type, mode, text) => {
    expect(formatGoMode({ type, mode })).toBe(text);
  });
});
