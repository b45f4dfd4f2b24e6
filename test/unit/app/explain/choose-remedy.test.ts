import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseRemedy, findSituation } from '../../../../src/app/explain/choose-remedy.ts';
import type { Remedy } from '../../../../src/judge/index.ts';

const REMEDIES: readonly Remedy[] = [
  { on: 'github', text: 'step for {arch}', command: '- uses: x' },
  { on: 'kubernetes', text: 'no command' },
  { text: 'install it for {arch}', install: 'binfmt-handlers' },
];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'parity-remedy-'));
  mkdirSync(join(root, 'etc'));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

test.each([
  ['debian', 'sudo apt install qemu-user-static binfmt-support'],
  ['fedora', 'sudo dnf install qemu-user-static'],
  ['opensuse-leap', 'sudo zypper install qemu-linux-user'],
  ['alpine', 'sudo apk add qemu-aarch64 qemu-openrc'],
  ['arch', 'sudo pacman -S qemu-user-static-binfmt'],
])('the package manager of %s', async (id, command) => {
  writeFileSync(join(root, 'etc/os-release'), `ID=${id}\n`);
  const situation = { ...findSituation([], {}, 'linux/amd64'), root };
  expect(await chooseRemedy(REMEDIES, situation)).toEqual({
    text: 'install it for arm64',
    command,
  });
});

test('where the log was written, and where it is read', async () => {
  const written = findSituation(['kubernetes'], {}, 'linux/amd64');
  expect(await chooseRemedy(REMEDIES, written)).toEqual({ text: 'no command' });
  const read = findSituation([], { GITHUB_ACTIONS: 'true' }, 'linux/arm64');
  expect(await chooseRemedy(REMEDIES, read)).toEqual({
    text: 'step for amd64',
    command: '- uses: x',
  });
});
