import type { ChangedFile, ChangedFileType } from '../core/index.ts';

const TYPE_LETTERS: Readonly<Partial<Record<ChangedFileType, string>>> = {
  directory: 'd',
  symlink: 'L',
  fifo: 'p',
  socket: 'S',
  'char-device': 'Dc',
  'block-device': 'D',
};
const PERMISSIONS = 'rwxrwxrwx';

/**
 * Type and permissions as Go's FileMode.String writes them: unlike `ls`, the set-id and sticky bits stand in
 * front (`urwxr-xr-x`, `dtrwxrwxrwx`) and a link is `L`. Source: Go, io/fs/fs.go.
 */
export function formatGoMode({ type, mode }: Pick<ChangedFile, 'type' | 'mode'>): string {
  // Go's order of letters: d a l T L D p S u g c t.
  const letters = TYPE_LETTERS[type] ?? '';
  const setId = `${mode & 0o4000 ? 'u' : ''}${mode & 0o2000 ? 'g' : ''}`;
  const front = letters.endsWith('c') ? `${letters.slice(0, -1)}${setId}c` : `${letters}${setId}`;
  const prefix = `${front}${mode & 0o1000 ? 't' : ''}`;
  const bits = Array.from(PERMISSIONS, (letter, place) =>
    (mode & (1 << (8 - place))) === 0 ? '-' : letter,
  );
  return `${prefix === '' ? '-' : prefix}${bits.join('')}`;
}
