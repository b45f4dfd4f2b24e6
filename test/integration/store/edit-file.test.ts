import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const FIXTURE = join(import.meta.dirname, '../../fixtures/store/edit-file.ts');

it.each([
  // Two pages: one for the file, one for another; the first of the new content is written.
  ['a full disk', 'size=8k', 'ENOSPC\nshort\n'],
  ['a disk with room', 'size=32k', `changed\nshort${'y'.repeat(5000)}\n`],
])('editFile on %s', (_name, options, expected) => {
  const script = [
    `mount -t tmpfs -o ${options} none /mnt`,
    'printf short > /mnt/file && printf other > /mnt/other',
    '"$1" "$2" /mnt/file; cat /mnt/file; echo',
  ].join('\n');
  const output = execFileSync(
    'unshare',
    ['-U', '-r', '-m', 'sh', '-c', script, 'sh', process.execPath, FIXTURE],
    { encoding: 'utf8' },
  );
  expect(output).toBe(expected);
});
