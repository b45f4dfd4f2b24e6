import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeTree } from '../../../src/store/index.ts';

const FIXTURE = join(import.meta.dirname, '../../fixtures/store/remove-tree.ts');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'remove-tree-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('removeTree', { timeout: 30_000 }, () => {
  it('removes links, not what they point to', async () => {
    mkdirSync(join(directory, 'tree'));
    writeFileSync(join(directory, 'kept'), 'kept');
    symlinkSync('..', join(directory, 'tree/up'));
    symlinkSync(join(directory, 'kept'), join(directory, 'tree/link'));
    await removeTree(join(directory, 'tree'));
    expect(existsSync(join(directory, 'tree'))).toBe(false);
    expect(readFileSync(join(directory, 'kept'), 'utf8')).toBe('kept');
  });

  it('is content when nothing is there', async () => {
    await removeTree(join(directory, 'none'));
  });

  it('refuses the root and relative paths', async () => {
    for (const path of ['/', '//', '/tmp/..', 'relative', '']) {
      await expect(removeTree(path)).rejects.toThrow(TypeError);
    }
  });

  it('removes what subordinate uids own and directories without write permission', () => {
    const owner = subordinateOwner();
    const tree = join(directory, 'tree');
    const foreign = join(tree, 'foreign');
    mkdirSync(join(foreign, 'locked'), { recursive: true });
    writeFileSync(join(foreign, 'locked/file'), '');
    chmodSync(join(foreign, 'locked'), 0o500);
    if (userInfo().uid === 0) {
      chownSync(join(foreign, 'locked'), owner.firstSubuid, owner.firstSubuid);
      chownSync(foreign, owner.firstSubuid + 5, owner.firstSubuid + 5);
      chownSync(tree, owner.uid, owner.gid);
      chownSync(directory, owner.uid, owner.gid);
    }
    const child = spawnSync(process.execPath, [FIXTURE, tree], {
      uid: owner.uid,
      gid: owner.gid,
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    expect(existsSync(tree)).toBe(false);
  });
});

/** An ordinary user with subordinate uids: ourselves, or the first one when we are root. */
function subordinateOwner(): { uid: number; gid: number; firstSubuid: number } {
  const [name, first] = readFileSync('/etc/subuid', 'utf8').trim().split('\n')[0]?.split(':') ?? [];
  const { uid, gid } = userInfo();
  if (uid !== 0) return { uid, gid, firstSubuid: Number(first) };
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name ?? ''}:`));
  const fields = line?.split(':') ?? [];
  return { uid: Number(fields[2]), gid: Number(fields[3]), firstSubuid: Number(first) };
}
