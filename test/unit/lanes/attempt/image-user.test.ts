import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveImageUser } from '../../../../src/lanes/attempt/image-user.ts';

let root = '';
let empty = '';
let linked = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'image-user-'));
  [empty, linked] = [join(root, 'empty'), join(root, 'linked')];
  for (const path of ['etc', 'empty', 'linked/etc', 'linked/data'])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\nhomeless:x:5:5:::\nbroken\n77:x:88:89::/seventy:/bin/sh\n',
  );
  writeFileSync(
    join(root, 'etc/group'),
    'root:x:0:\napp:x:1001:\nextra:x:90:app,homeless\nmore:x:91:app\n',
  );
  // An absolute link of the image is one inside the image.
  symlinkSync('/data/passwd', join(linked, 'etc/passwd'));
  writeFileSync(join(linked, 'data/passwd'), 'inside:x:7:8::/in:/bin/sh\n');
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('resolveImageUser', () => {
  it.each([
    ['', { uid: 0, gid: 0, groups: [], home: '/root' }],
    ['root', { uid: 0, gid: 0, groups: [], home: '/root' }],
    ['app', { uid: 1000, gid: 1001, groups: [90, 91], home: '/home/app' }],
    ['1000', { uid: 1000, gid: 1001, groups: [90, 91], home: '/home/app' }],
    ['app:extra', { uid: 1000, gid: 90, groups: [], home: '/home/app' }],
    ['app:4242', { uid: 1000, gid: 4242, groups: [], home: '/home/app' }],
    ['4242', { uid: 4242, gid: 0, groups: [], home: '/' }],
    ['4242:4243', { uid: 4242, gid: 4243, groups: [], home: '/' }],
    [':extra', { uid: 0, gid: 90, groups: [], home: '/root' }],
    ['homeless', { uid: 5, gid: 5, groups: [90], home: '/' }],
    // A name wins over a number.
    ['77', { uid: 88, gid: 89, groups: [], home: '/seventy' }],
  ])('reads "%s"', async (text, user) => {
    expect(await resolveImageUser(root, text)).toEqual(user);
  });

  it('works for an image without any database', async () => {
    expect(await resolveImageUser(empty, '')).toEqual({ uid: 0, gid: 0, groups: [], home: '/' });
    expect(await resolveImageUser(empty, '5:6')).toEqual({ uid: 5, gid: 6, groups: [], home: '/' });
  });

  it('follows links inside the image', async () => {
    expect(await resolveImageUser(linked, 'inside')).toMatchObject({ uid: 7, gid: 8 });
  });

  it.each(['nobody-here', 'app:nobody-here'])('refuses the unknown name in "%s"', async (text) => {
    await expect(resolveImageUser(root, text)).rejects.toMatchObject({
      code: 'IMAGE_USER_UNKNOWN',
      exitCode: 2,
    });
  });
});
