import { describe, expect, it } from 'vitest';
import { addLayerEntry, emptyLayerTree, type LayerEntry } from '../../../src/image/layer-paths.ts';

/** Adds entries in order and returns the first refusal. */
function refusalOf(...entries: readonly LayerEntry[]): string | undefined {
  const tree = emptyLayerTree();
  for (const entry of entries) {
    const refusal = addLayerEntry(tree, entry);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const file = (path: string): LayerEntry => ({ path, type: 'File' });
const symlink = (path: string, linkPath: string): LayerEntry => ({
  path,
  type: 'SymbolicLink',
  linkPath,
});
const hardLink = (path: string, linkPath: string): LayerEntry => ({ path, type: 'Link', linkPath });

describe('addLayerEntry', () => {
  it.each<[string, readonly LayerEntry[]]>([
    ['plain files', [file('./usr/bin/app'), file('etc/x'), { path: './', type: 'Directory' }]],
    ['names with dots', [file('usr/..data/a..b'), file('...')]],
    ['an absolute name, which means the root', [file('/etc/passwd')]],
    ['a merged /usr', [symlink('lib', 'usr/lib'), file('lib/libc.so')]],
    [
      'a write through an absolute link inside the root',
      [symlink('var/run', '/run'), file('var/run/pid')],
    ],
    ['a link that climbs within the root', [symlink('a/b/c', '../../etc'), file('a/b/c/x')]],
    ['a link out of the root that nobody writes through', [symlink('x', '../../../etc/passwd')]],
    ['a relative hard link', [file('a'), hardLink('b', 'a')]],
    ['an absolute hard link to a file of the image', [file('usr/a'), hardLink('b', '/usr/a')]],
    [
      'devices and pipes',
      [
        { path: 'dev/null', type: 'CharacterDevice' },
        { path: 'p', type: 'FIFO' },
      ],
    ],
    ['whiteouts', [file('a/.wh.x'), file('a/.wh..wh..opq')]],
    [
      'a bad link that a directory replaced',
      [symlink('x', '../..'), { path: 'x', type: 'Directory' }, file('x/y')],
    ],
    ['a bad link that a whiteout removed', [symlink('x', '../..'), file('.wh.x'), file('x/y')]],
  ])('accepts %s', (_name, entries) => {
    expect(refusalOf(...entries)).toBeUndefined();
  });

  it.each<[string, readonly LayerEntry[], RegExp]>([
    ['..', [file('../etc/passwd')], /its name has a "\.\."/],
    ['.. in the middle', [file('a/../../x')], /its name has a "\.\."/],
    ['NUL', [file('a\0b')], /NUL/],
    ['a file in place of the root', [file('./')], /replace the root/],
    ['a link in place of the root', [symlink('.', '/etc')], /replace the root/],
    [
      'a write through a link that leaves the root',
      [symlink('evil', '../../etc'), file('evil/passwd')],
      /through the link "evil", which leaves the root/,
    ],
    [
      'a write through two links that leave the root together',
      [symlink('a/up', '..'), symlink('a/b', 'up/../..'), file('a/b/x')],
      /leaves the root/,
    ],
    ['links in a circle', [symlink('a', 'b'), symlink('b', 'a'), file('a/x')], /in a circle/],
    [
      'a hard link with ..',
      [hardLink('a', '../../etc/shadow')],
      /hard link to "\.\.\/\.\.\/etc\/shadow"/,
    ],
    [
      'an absolute hard link to a file of the host',
      [hardLink('a', '/etc/shadow')],
      /not in the image/,
    ],
    [
      'a hard link through a link that leaves the root',
      [symlink('evil', '../..'), hardLink('a', 'evil/etc/shadow')],
      /leaves the root/,
    ],
    ['a hard link to nothing', [hardLink('a', '')], /hard link to nothing/],
    ['a whiteout of the parent', [file('a/.wh...')], /remove a directory above/],
    ['a whiteout of nothing', [file('a/.wh.')], /remove a directory above/],
    ['a sparse file', [{ path: 'a', type: 'SparseFile' }], /its type \(SparseFile\)/],
    ['an unknown type', [{ path: 'a', type: 'Unsupported' }], /its type \(Unsupported\)/],
  ])('refuses %s', (_name, entries, reason) => {
    expect(refusalOf(...entries)).toMatch(reason);
  });
});
