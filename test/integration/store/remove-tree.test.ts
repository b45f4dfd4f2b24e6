import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { subordinateIds } from '../../setup/subordinate-ids.ts';

const FIXTURE = join(import.meta.dirname, '../../fixtures/store/remove-tree.ts');
const { callers, directory: shared } = inject('testMachine');

describe('removeTree', () => {
  it('removes what subordinate uids own and directories without write permission', () => {
    const owner = callers.find(({ name }) => name === 'unprivileged');
    if (owner === undefined) throw new Error('there is no ordinary user to test as');
    const directory = mkdtempSync(join(shared, 'remove-tree-'));
    const tree = join(directory, 'tree');
    const foreign = join(tree, 'foreign');
    mkdirSync(join(foreign, 'locked'), { recursive: true });
    writeFileSync(join(foreign, 'locked/file'), '');
    chmodSync(join(foreign, 'locked'), 0o500);
    if (process.geteuid?.() === 0) {
      const { start: first } = subordinateIds('/etc/subuid', owner.uid);
      chownSync(join(foreign, 'locked'), first, first);
      chownSync(foreign, first + 5, first + 5);
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
