import {
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openLane, parseLaneSpec } from '../../../src/lanes/index.ts';
import { removeTree } from '../../../src/store/index.ts';
import { imageCase, machine, observeOn } from './lanes.ts';

/** The one entry of a kind in a cache. */
function contentOf(cacheDir: string, kind: string): string {
  const [key = '', ...others] = readdirSync(join(cacheDir, kind));
  expect(others).toEqual([]);
  return join(cacheDir, kind, key, 'content');
}

it('makes again what is damaged in the cache', { timeout: 120_000 }, async () => {
  const cacheDir = mkdtempSync(join(machine.directory, 'damaged-'));
  onTestFinished(() => removeTree(cacheDir));
  const use = async (): Promise<string> => {
    const lane = await openLane(parseLaneSpec('emulated'), {
      platform: 'linux/arm64',
      cacheDir,
      measure: true,
    });
    try {
      return (await observeOn(lane, imageCase('uname -m; cat /etc/debian_version'))).stdout.data;
    } finally {
      await lane.close();
    }
  };
  const whole = await use();
  expect(whole).toMatch(/^aarch64\n\d/);
  const size = (path: string): number => statSync(path).size;

  const qemu = join(contentOf(cacheDir, 'derived-qemu'), 'qemu');
  const qemuSize = size(qemu);
  for (const left of [0, 100_000]) {
    truncateSync(qemu, left);
    expect(await use()).toBe(whole);
    expect(size(qemu)).toBe(qemuSize);
  }

  const witness = join(contentOf(cacheDir, 'witness'), 'witness');
  truncateSync(witness, 8);
  expect(await use()).toBe(whole);

  const root = join(contentOf(cacheDir, 'rootfs'), 'bundle/rootfs');
  rmSync(join(root, 'etc'), { recursive: true });
  expect(await use()).toBe(whole);
  rmSync(join(root, 'usr/lib/aarch64-linux-gnu/libc.so.6'));
  expect(await use()).toBe(whole);
  await removeTree(root);
  expect(await use()).toBe(whole);

  // Without its memo, with the size and the time that it had.
  const facts = join(contentOf(cacheDir, 'qemu-facts'), 'facts.json');
  const { atime, mtime } = statSync(facts);
  writeFileSync(facts, '\0'.repeat(size(facts)));
  utimesSync(facts, atime, mtime);
  for (const memo of readdirSync(join(cacheDir, 'emulator-memo')))
    writeFileSync(join(cacheDir, 'emulator-memo', memo), '{"key":');
  expect(await use()).toBe(whole);
});
