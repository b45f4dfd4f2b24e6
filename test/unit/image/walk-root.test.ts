import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { walkRoot } from '../../../src/image/walk-root.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'walk-root-'));
});
afterEach(() => rmSync(root, { recursive: true }));

async function paths(onUnreadable?: (path: string) => void): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of walkRoot(`${root}/`, onUnreadable ? { onUnreadable } : {})) {
    found.push(path);
  }
  return found;
}

describe('walkRoot', () => {
  it('gives directories before their content and does not follow links', async () => {
    mkdirSync(join(root, 'b/c'), { recursive: true });
    writeFileSync(join(root, 'b/c/d'), '');
    writeFileSync(join(root, 'e'), '');
    symlinkSync('/', join(root, 'a'));
    expect(await paths()).toEqual(['/a', '/b', '/e', '/b/c', '/b/c/d']);
  });

  it('leaves out what is in the virtual file systems', async () => {
    for (const directory of ['proc/1', 'sys/x', 'dev/shm', 'usr/proc']) {
      mkdirSync(join(root, directory), { recursive: true });
    }
    expect(await paths()).toEqual(['/dev', '/proc', '/sys', '/usr', '/usr/proc']);
  });

  it('lets other work go on during a long walk', async () => {
    for (let index = 0; index < 1200; index += 1) writeFileSync(join(root, String(index)), '');
    let turns = 0;
    const count = (): void => {
      turns += 1;
      handle = setImmediate(count);
    };
    let handle = setImmediate(count);
    expect(await paths()).toHaveLength(1200);
    clearImmediate(handle);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('tells of directories that it may not or cannot read', async () => {
    const unreadable: string[] = [];
    mkdirSync(join(root, 'locked'));
    chmodSync(join(root, 'locked'), 0);
    await paths((path) => unreadable.push(path));
    // Root may read everything.
    expect(unreadable).toEqual(userInfo().uid === 0 ? [] : ['/locked']);
    chmodSync(join(root, 'locked'), 0o700);
    for await (const _entry of walkRoot(join(root, 'none'), {
      onUnreadable: (path) => unreadable.push(path),
    }));
    expect(unreadable.at(-1)).toBe('/');
  });
});
