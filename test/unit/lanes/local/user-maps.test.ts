import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findUserMaps, singleMap } from '../../../../src/lanes/local/user-maps.ts';

let etc = '';
let procSelf = '';
beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'maps-'));
  etc = join(directory, 'etc');
  procSelf = join(directory, 'self');
  mkdirSync(etc);
  mkdirSync(procSelf);
});
afterEach(() => {
  rmSync(join(etc, '..'), { recursive: true, force: true });
});

const user = (more: object = {}) => ({
  uid: 1000,
  gid: 1000,
  userName: 'me',
  etc,
  procSelf,
  ...more,
});

function writeSubordinate(uids: string, gids: string): void {
  writeFileSync(join(etc, 'subuid'), uids);
  writeFileSync(join(etc, 'subgid'), gids);
}

describe('findUserMaps', () => {
  it('gives an ordinary user the subordinate ids of their name', async () => {
    writeSubordinate('other:1:2\nme:100000:65536\nme:300000:10\n', 'me:200000:1000\n');
    const maps = findUserMaps(user());
    expect(maps).toMatchObject({
      kind: 'subordinate',
      key: 'sub100000',
      uidMaps: [
        { inner: 0, outer: 1000, count: 1 },
        { inner: 1, outer: 100_000, count: 65_536 },
      ],
      gidMaps: [
        { inner: 0, outer: 1000, count: 1 },
        { inner: 1, outer: 200_000, count: 1000 },
      ],
    });
    expect(maps.mapTools?.newuidmap).toMatch(/newuidmap$/);
  });

  it('finds them by number, too', async () => {
    writeSubordinate('1000:100000:65536\n', '1000:200000:65536\n');
    expect(findUserMaps(user({ userName: '1000' }))).toMatchObject({ kind: 'subordinate' });
    expect(findUserMaps(user({ userName: 'nameless' }))).toMatchObject({
      kind: 'subordinate',
    });
  });

  it.each([
    ['no files', undefined, undefined],
    ['no line', 'other:1:2\n', 'me:1:2\n'],
    ['no group line', 'me:100000:65536\n', ''],
    ['nothing in the range', 'me:100000:0\n', 'me:100000:65536\n'],
    ['nonsense', 'me:a:b\n', 'me:100000:65536\n'],
    ['half a line', 'me\n', 'me:1\n'],
  ])('falls back to the one id with %s', async (_name, uids, gids) => {
    if (uids !== undefined) writeFileSync(join(etc, 'subuid'), uids);
    if (gids !== undefined) writeFileSync(join(etc, 'subgid'), gids);
    expect(findUserMaps(user())).toEqual(singleMap(1000, 1000));
  });

  it('gives root all ids of its own namespace but one', async () => {
    writeFileSync(join(procSelf, 'uid_map'), '         0          0 4294967295\n');
    writeFileSync(join(procSelf, 'gid_map'), '         0          0 4294967295\n');
    const maps = findUserMaps(user({ uid: 0, gid: 0, userName: 'root' }));
    expect(maps).toEqual({
      kind: 'all',
      key: 'root',
      uidMaps: [{ inner: 0, outer: 0, count: 4_294_967_294 }],
      gidMaps: [{ inner: 0, outer: 0, count: 4_294_967_294 }],
    });
  });

  it('gives a container’s root the ids that the container has', async () => {
    writeFileSync(join(procSelf, 'uid_map'), '0 1000 1\n1 100000 65536\n');
    writeFileSync(join(procSelf, 'gid_map'), '0 1000 1\n1 200000 9\n');
    const maps = findUserMaps(user({ uid: 0, gid: 0, userName: 'root' }));
    expect(maps.uidMaps).toEqual([
      { inner: 0, outer: 0, count: 1 },
      { inner: 1, outer: 1, count: 65_536 },
    ]);
    expect(maps.gidMaps).toEqual([
      { inner: 0, outer: 0, count: 1 },
      { inner: 1, outer: 1, count: 9 },
    ]);
    expect(maps.kind).toBe('all');
    // Its files belong to other ids outside than those of the machine's root, or of another container's.
    expect(maps.key).toMatch(/^root-[0-9a-f]{16}$/);
    writeFileSync(join(procSelf, 'uid_map'), '0 1000 1\n1 300000 65536\n');
    const other = findUserMaps(user({ uid: 0, gid: 0, userName: 'root' }));
    expect(other.key).toMatch(/^root-[0-9a-f]{16}$/);
    expect(other.key).not.toBe(maps.key);
  });

  it('takes a root that is alone in its namespace for the one user that it is', async () => {
    writeFileSync(join(procSelf, 'uid_map'), '0 1000 1\n');
    writeFileSync(join(procSelf, 'gid_map'), '0 1000 1\n');
    const maps = findUserMaps(user({ uid: 0, gid: 0, userName: 'root' }));
    expect(maps).toEqual({ ...singleMap(0, 0), key: singleMap(1000, 1000).key });
  });
});
