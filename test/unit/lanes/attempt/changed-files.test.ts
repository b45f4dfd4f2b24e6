import { describe, expect, it } from 'vitest';
import type { TreeEntry } from '../../../../src/agent/index.ts';
import {
  overlayChanges,
  withoutUnchangedFixtures,
  workDirectoryChanges,
  type FixtureFacts,
} from '../../../../src/lanes/attempt/changed-files.ts';

const entry = (path: string, mode: number, more: Partial<TreeEntry> = {}): TreeEntry =>
  ({
    tree: 0,
    path,
    mode,
    uid: 1,
    gid: 2,
    size: 3,
    xattrs: {},
    opaque: false,
    ...more,
  }) as TreeEntry;

describe('overlayChanges', () => {
  const modes = (path: string): number | undefined => ({ '/etc': 0o755, '/srv': 0o700 })[path];

  it('leaves out directories that only hold something', () => {
    const files = overlayChanges(
      [
        entry('/etc', 0o040755),
        entry('/etc/new', 0o100644, { sha256: 'ab' }),
        entry('/srv', 0o040755),
        entry('/made', 0o040755),
      ],
      modes,
    );
    expect(files.map(({ path, type }) => [path, type])).toEqual([
      ['/etc/new', 'file'],
      ['/srv', 'directory'],
      ['/made', 'directory'],
    ]);
    expect(files[0]).toEqual({
      path: '/etc/new',
      type: 'file',
      mode: 0o644,
      uid: 1,
      gid: 2,
      size: 3,
      sha256: 'ab',
    });
  });

  it('keeps directories that replace one of the image', () => {
    const [file] = overlayChanges([entry('/etc', 0o040755, { opaque: true })], modes);
    expect(file).toMatchObject({ path: '/etc', type: 'directory', opaque: true });
  });

  it('reads whiteouts as removed, and real devices as devices', () => {
    const device = (major: number, minor: number): Partial<TreeEntry> => ({
      device: { major, minor },
    });
    const files = overlayChanges(
      [
        entry('/gone', 0o020000, device(0, 0)),
        entry('/null', 0o020666, device(1, 3)),
        entry('/disk', 0o060660, device(0, 0)),
      ],
      modes,
    );
    expect(files.map(({ path, type }) => [path, type])).toEqual([
      ['/gone', 'removed'],
      ['/null', 'char-device'],
      ['/disk', 'block-device'],
    ]);
    expect(files[0]).toEqual({ path: '/gone', type: 'removed', mode: 0, uid: 0, gid: 0, size: 0 });
  });

  it('knows every type, setuid bits, links and attributes', () => {
    const files = overlayChanges(
      [
        entry('/f', 0o104755),
        entry('/l', 0o120777, { linkTarget: 'to' }),
        entry('/p', 0o010622),
        entry('/s', 0o140755),
        entry('/x', 0o100644, { xattrs: { 'user.a': 'Yg==' } }),
      ],
      modes,
    );
    expect(files.map(({ type, mode }) => [type, mode])).toEqual([
      ['file', 0o4755],
      ['symlink', 0o777],
      ['fifo', 0o622],
      ['socket', 0o755],
      ['file', 0o644],
    ]);
    expect(files[1]?.linkTarget).toBe('to');
    expect(files[4]?.xattrs).toEqual({ 'user.a': 'Yg==' });
  });
});

describe('fixtures among changed files', () => {
  const fixtures: FixtureFacts = new Map([
    ['same', { sha256: 'a', mode: 0o644, type: 'file' as const }],
    ['edited', { sha256: 'a', mode: 0o644, type: 'file' as const }],
    ['chmodded', { sha256: 'a', mode: 0o644, type: 'file' as const }],
    ['replaced', { mode: 0o755, type: 'directory' as const }],
    ['gone', { sha256: 'a', mode: 0o644, type: 'file' as const }],
    ['large', { sha256: 'a', size: 7, mode: 0o644, type: 'file' as const }],
    ['larger', { sha256: 'a', size: 7, mode: 0o644, type: 'file' as const }],
  ]);

  it('are left out when they are as they were', () => {
    const files = workDirectoryChanges(
      [
        entry('/same', 0o100644, { sha256: 'a' }),
        entry('/edited', 0o100644, { sha256: 'b' }),
        entry('/chmodded', 0o100600, { sha256: 'a' }),
        entry('/replaced', 0o100755, { sha256: 'a' }),
        entry('/new', 0o100644, { sha256: 'a' }),
        // Too much to read.
        entry('/large', 0o100644, { size: 7, unread: true }),
        entry('/larger', 0o100644, { size: 8, unread: true }),
      ],
      fixtures,
    );
    expect(files.map(({ path, type }) => [path, type])).toEqual([
      ['chmodded', 'file'],
      ['edited', 'file'],
      ['gone', 'removed'],
      ['larger', 'file'],
      ['new', 'file'],
      ['replaced', 'file'],
    ]);
  });

  it('change nothing where there are none', () => {
    const files = overlayChanges([entry('/a', 0o100644)], () => undefined);
    expect(withoutUnchangedFixtures(files, new Map())).toEqual(files);
  });
});
