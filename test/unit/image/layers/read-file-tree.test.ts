import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContents, readFileTree } from '../../../../src/image/index.ts';
import { createLayout, sha256, type TarEntry } from '../../../fixtures/oci-layout.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'file-tree-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function makeImage(...layers: readonly (readonly TarEntry[])[]) {
  const layout = createLayout(directory);
  layout.writeIndex(['v', layout.addImage({ platform: 'linux/arm64', layers })]);
  return { layoutDir: directory, tag: 'v' };
}

describe('readFileTree', () => {
  it('gives what the layers say, with devices and attributes', async () => {
    const tree = await readFileTree(
      makeImage(
        [
          { name: 'usr/', type: '5', mode: 0o750, uid: 7 },
          { name: 'x', type: 'x', content: '33 SCHILY.xattr.user.note=a = b\nc\n' },
          { name: 'usr/file', content: 'old', mode: 0o4755, gid: 8 },
          { name: 'usr/tty', type: '3', mode: 0o620, device: [5, 1] },
          { name: 'lib', type: '2', link: 'usr' },
        ],
        [{ name: 'lib/deep/new', content: 'new' }],
      ),
    );
    expect([...tree.keys()]).toEqual([
      '/lib',
      '/usr',
      '/usr/deep',
      '/usr/deep/new',
      '/usr/file',
      '/usr/tty',
    ]);
    expect(tree.get('/usr')).toMatchObject({ type: 'directory', mode: 0o750, uid: 7 });
    expect(tree.get('/usr/deep')).toMatchObject({ type: 'directory', mode: 0o755 });
    expect(tree.get('/usr/file')).toMatchObject({
      mode: 0o4755,
      gid: 8,
      size: 3,
      sha256: sha256('old').slice('sha256:'.length),
      xattrs: { 'SCHILY.xattr.user.note': 'a = b\nc' },
    });
    expect(tree.get('/usr/tty')).toMatchObject({ type: 'char-device', device: '5:1' });
    expect(tree.get('/lib')).toMatchObject({ type: 'symlink', linkTarget: 'usr' });
  });

  it('hides what whiteouts name in lower layers alone', async () => {
    const tree = await readFileTree(
      makeImage(
        [
          { name: 'a/x', content: '1' },
          { name: 'a/y', content: '2' },
          { name: 'b/x', content: '3' },
        ],
        [{ name: 'a/new', content: '4' }, { name: 'a/.wh..wh..opq' }, { name: 'b/.wh.x' }],
      ),
    );
    expect([...tree.keys()]).toEqual(['/a', '/a/new', '/b']);
  });
});

describe('readContents', () => {
  it('gives the content that won, and that of hard links', async () => {
    const image = makeImage(
      [
        { name: 'a', content: 'lower' },
        { name: 'b', content: 'same' },
      ],
      [
        { name: 'a', content: 'upper' },
        { name: 'c', type: '1', link: 'b' },
      ],
    );
    const contents = await readContents(image, await readFileTree(image));
    const texts = [...contents].map(([path, bytes]) => [path, bytes.toString()]);
    expect(texts.toSorted()).toEqual([
      ['/a', 'upper'],
      ['/b', 'same'],
      ['/c', 'same'],
    ]);
  });
});
