import { describe, expect, it } from 'vitest';
import type { LayerFile } from '../../../../src/image/layers/layer-file.ts';
import { createLayerRoot } from '../../../../src/image/layers/layer-root.ts';
import { createPathBudget } from '../../../../src/image/layers/path-budget.ts';

const file = (path: string, more: Partial<LayerFile> = {}): LayerFile => ({
  path,
  type: 'File',
  mode: 0o755,
  size: 1,
  head: '',
  ...more,
});
const dir = (path: string): LayerFile => file(path, { type: 'Directory' });
const link = (path: string, linkPath: string): LayerFile =>
  file(path, { type: 'SymbolicLink', linkPath });

function build(...layers: readonly (readonly LayerFile[])[]) {
  const root = createLayerRoot<LayerFile>();
  layers.forEach((files, index) => root.apply(files, index));
  const paths = [...root.walk()].flatMap(([path, node]) => {
    if (node.kind === 'directory') return [];
    return node.kind === 'file' ? `${path} ${String(node.layer)}` : `${path} ${node.kind}`;
  });
  return { root, paths };
}

describe('createLayerRoot', () => {
  it('says which layer brought a path', () => {
    const { paths } = build(
      [dir('etc/'), file('etc/a'), file('./etc/b'), file('/usr/c')],
      [file('etc/b'), file('etc/d')],
    );
    expect(paths).toEqual(['/etc/a 0', '/etc/b 1', '/etc/d 1', '/usr/c 0']);
  });

  it('refuses to hold more paths than memory has room for', () => {
    const root = createLayerRoot<LayerFile>(createPathBudget(4));
    root.apply([file('a/b/c'), file('a/b/d')], 0);
    root.apply([file('a/b/d')], 1);
    expect(() => root.apply([file('a/e')], 2)).toThrow('more than 4 files and directories');
  });

  it('takes away what a whiteout names, below it only', () => {
    const { paths } = build(
      [file('a/x'), file('a/y'), file('b/x'), file('c/x')],
      // In whatever order a layer's own files stay.
      [file('a/.wh.x'), file('b/y'), file('b/.wh..wh..opq'), file('.wh.c'), file('a/.wh.none')],
    );
    expect(paths).toEqual(['/a/y 0', '/b/y 1']);
  });

  it('writes through links to directories, and replaces what has another type', () => {
    const { root, paths } = build(
      [file('usr/lib/a'), link('lib', 'usr/lib'), file('x/y'), link('z', '/usr'), file('f')],
      [file('lib/b'), file('x'), dir('z/'), file('f/g')],
    );
    expect(paths).toEqual(['/f/g 1', '/lib symlink', '/usr/lib/a 0', '/usr/lib/b 1', '/x 1']);
    expect(root.resolve('/lib/../lib/b')).toBe('/usr/lib/b');
    expect(root.list('/lib')).toEqual(['a', 'b']);
    expect(root.list('/x')).toEqual([]);
  });

  it('follows links as a process inside would', () => {
    const { root } = build([
      file('bin/real'),
      link('bin/rel', '../../../bin/real'),
      link('abs', '/bin/rel'),
      link('loop', 'loop'),
      link('gone', 'nothing'),
      file('etc/ld.so.conf', { text: '/opt/lib\n' }),
      link('conf', 'etc/ld.so.conf'),
    ]);
    expect(root.resolve('/abs')).toBe('/bin/real');
    expect(root.resolve('/')).toBe('/');
    for (const path of ['/loop', '/gone', '/bin/real/x', '/nothing'])
      expect(root.resolve(path)).toBeUndefined();
    expect(root.readText('/conf')).toBe('/opt/lib\n');
    expect(root.readText('/bin')).toBe('');
  });

  it('gives a hard link the content of its target and the layer of its own', () => {
    const { root, paths } = build(
      [file('a', { mode: 0o4755 })],
      [
        file('b', { type: 'Link', linkPath: 'a', mode: 0 }),
        file('c', { type: 'Link', linkPath: 'none' }),
      ],
    );
    expect(paths).toEqual(['/a 0', '/b 1']);
    const [, b] = [...root.walk()];
    expect(b?.[1]).toMatchObject({ entry: { mode: 0o4755 } });
  });

  it('leaves out what cannot be a path', () => {
    const { paths } = build([
      file('../../etc/passwd'),
      file('.'),
      file(''),
      file('x'.repeat(5000)),
      file('dev/null', { type: 'CharacterDevice' }),
    ]);
    expect(paths).toEqual(['/dev/null other']);
  });
});
