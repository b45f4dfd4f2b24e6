import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import { findTool, installHint, requireTool } from '../../../src/process/index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'find-tool-'));
  mkdirSync(join(root, 'bin'));
  mkdirSync(join(root, 'etc'));
});
afterEach(() => rmSync(root, { recursive: true }));

function writeOsRelease(text: string): void {
  writeFileSync(join(root, 'etc/os-release'), text);
}

describe('findTool', () => {
  it('takes the first executable file in PATH', async () => {
    const path = join(root, 'bin/frobnicate');
    writeFileSync(path, '#!/bin/sh\n');
    const env = { PATH: `/nowhere:${join(root, 'bin')}` };
    expect(findTool('frobnicate', { env })).toBeUndefined();
    chmodSync(path, 0o755);
    expect(findTool('frobnicate', { env })).toBe(path);
  });

  it('ignores directories and relative PATH entries', async () => {
    mkdirSync(join(root, 'bin/frobnicate'));
    expect(findTool('frobnicate', { env: { PATH: join(root, 'bin') } })).toBeUndefined();
    expect(findTool('package.json', { env: { PATH: '.:' } })).toBeUndefined();
  });

  it('takes a name with a slash as a path', async () => {
    expect(findTool('/bin/sh')).toBe('/bin/sh');
    expect(findTool('/bin/no-such-shell')).toBeUndefined();
  });

  it('looks into the system directories though PATH lacks them', async () => {
    expect(findTool('ldconfig', { env: { PATH: '/nowhere' } })).toMatch(/sbin\/ldconfig$/);
  });
});

describe('requireTool', () => {
  it('says which package of the distribution has the tool', async () => {
    writeOsRelease('NAME="X"\nID=linuxmint\nID_LIKE="ubuntu debian"\n');
    const error = await requireTool('skopeo', { env: { PATH: '/nowhere' }, root }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ArchParityError);
    expect(error).toMatchObject({
      code: 'TOOL_MISSING',
      exitCode: 3,
      message: 'skopeo was not found in PATH.',
      advice: 'Install it: sudo apt install skopeo',
    });
  });
});

describe('installHint', () => {
  it.each([
    ['ID=fedora', 'newuidmap', 'Install it: sudo dnf install shadow-utils'],
    ['ID=alpine', 'unshare', 'Install it: sudo apk add util-linux-misc'],
    ['ID="arch"', 'ssh', 'Install it: sudo pacman -S openssh'],
    ['ID=debian', 'qemu-aarch64', 'Install it: sudo apt install qemu-user'],
    ['ID=fedora', 'umoci', 'Install umoci by hand: this distribution has no package of it.'],
    ['ID=plan9', 'skopeo', 'Install skopeo (package skopeo).'],
    ['ID=debian', 'frobnicate', 'Install frobnicate and see that it is in PATH.'],
  ])('%s, %s', async (osRelease, tool, hint) => {
    writeOsRelease(`${osRelease}\n`);
    expect(await installHint(tool, root)).toBe(hint);
  });

  it('works without an os-release file', async () => {
    expect(await installHint('ssh', join(root, 'none'))).toMatch(/^Install ssh \(package /);
  });
});
