import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCache, checkTemporary } from '../../../src/app/doctor/check-directories.ts';
import { checkCpu, defaultCpuCost } from '../../../src/app/doctor/check-emulator.ts';
import { checkKernel, checkNode, isAtLeast } from '../../../src/app/doctor/check-host.ts';
import { adviceOf, installFix, passed, failed, reasonOf } from '../../../src/app/doctor/check.ts';
import { ArchParityError } from '../../../src/core/index.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parity-checks-'));
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

describe('checks as data', () => {
  const subject = { id: 'crun', title: 'crun' };

  it('hold no fix that is not known', () => {
    expect(passed(subject, 'there')).toEqual({
      ...subject,
      state: 'ok',
      found: 'there',
      effect: '',
    });
    expect(failed(subject, { found: 'no', effect: 'lost', fix: undefined })).toEqual({
      ...subject,
      state: 'failed',
      found: 'no',
      effect: 'lost',
    });
  });

  it('take the command out of an error’s advice, and never send back to the doctor', () => {
    const error = (advice: string): ArchParityError =>
      new ArchParityError({ code: 'X', message: 'It broke.', advice });
    expect(adviceOf(error('Install it: sudo apt install crun'))).toEqual({
      text: 'Install it.',
      command: 'sudo apt install crun',
    });
    expect(adviceOf(error('Check the path.'))).toEqual({ text: 'Check the path.' });
    expect(adviceOf(error('Run archparity doctor.'))).toBeUndefined();
    expect(adviceOf(new Error('no'))).toBeUndefined();
    expect(reasonOf(error(''))).toBe('It broke');
  });

  it('name a way to get every tool', async () => {
    for (const tool of ['crun', 'skopeo', 'umoci', 'newuidmap', 'qemu-aarch64-static']) {
      const fix = await installFix(tool);
      expect(`${fix.text} ${fix.command ?? ''}`).toMatch(/Install .*\w/);
    }
  });
});

describe('checkKernel and checkNode', () => {
  const facts = { os: 'linux', kernel: '6.8.0-31-generic', arch: 'x64', node: '22.18.0' };

  it('compare versions by number', () => {
    expect(isAtLeast('6.18.4', [6, 7])).toBe(true);
    expect(isAtLeast('6.7.0-rc1', [6, 7])).toBe(true);
    expect(isAtLeast('6.6.99', [6, 7])).toBe(false);
    expect(isAtLeast('10.0', [9, 9])).toBe(true);
  });

  it('accept what works and warn of what has a fallback', () => {
    expect(checkKernel(facts)).toMatchObject({
      state: 'ok',
      found: 'Linux 6.8.0-31-generic, linux/amd64',
    });
    expect(checkKernel({ ...facts, kernel: '6.1.0-20-amd64' })).toMatchObject({ state: 'warning' });
    const old = checkKernel({ ...facts, kernel: '6.1.0-20-arm64', arch: 'arm64' });
    expect(old.fix?.commands?.apt).toMatch(/ linux-image-arm64 /);
    expect(checkKernel({ ...facts, os: 'darwin' })).toMatchObject({
      state: 'failed',
      found: 'this is darwin',
    });
    expect(checkKernel({ ...facts, arch: 'pdp11' })).toMatchObject({ state: 'failed' });
    expect(checkNode(facts).state).toBe('ok');
    expect(checkNode({ ...facts, node: '22.17.9' })).toMatchObject({
      state: 'failed',
      fix: { text: 'Install Node.js 22.18 or newer.' },
    });
  });
});

describe('checkCpu', () => {
  it('says what QEMU’s default would cost', () => {
    expect(defaultCpuCost('7.2.22 (Debian 1:7.2)')).toBe('10 to 15 times');
    expect(defaultCpuCost('10.0.3')).toBe('1.6 to 2 times');
    expect(checkCpu('linux/arm64', { cpu: 'neoverse-n1', qemu: '7.2.22' })).toMatchObject({
      state: 'ok',
    });
    expect(checkCpu('linux/arm64', { cpu: 'QEMU default', qemu: '5.2.0' })).toMatchObject({
      state: 'warning',
      effect: expect.stringContaining('10 to 15 times') as string,
    });
    expect(checkCpu('linux/riscv64', { cpu: 'QEMU default', qemu: '7.2.22' })).toMatchObject({
      state: 'ok',
    });
  });
});

describe('checkCache and checkTemporary', () => {
  it('try a directory and leave nothing in it', async () => {
    const cache = join(directory, 'cache');
    const { check, cacheDir } = await checkCache(process.execPath, { ARCHPARITY_CACHE: cache });
    expect(cacheDir).toBe(cache);
    expect(check.state).not.toBe('failed');
    expect(check.found).toMatch(/GiB free$/);
    expect(await readdir(cache)).toEqual([]);
    expect(await checkTemporary(directory)).toMatchObject({
      id: 'temporary',
      found: expect.stringContaining(directory) as string,
    });
    expect(await readdir(directory)).toEqual(['cache']);
  });

  it('say what is wrong with it', async () => {
    await writeFile(join(directory, 'file'), '');
    const { check, cacheDir } = await checkCache(undefined, {
      ARCHPARITY_CACHE: join(directory, 'file'),
    });
    expect(cacheDir).toBeUndefined();
    expect(check).toMatchObject({
      state: 'failed',
      fix: { text: expect.stringContaining('ARCHPARITY_CACHE') as string },
    });
    expect((await checkCache(undefined, {})).check.found).toMatch(/HOME is not set/);
    expect((await checkTemporary(join(directory, 'nowhere'))).state).toBe('failed');
  });

  it('notice that programs cannot be run there', async () => {
    await writeFile(join(directory, 'no-program'), 'text');
    const { check } = await checkCache(join(directory, 'no-program'), {
      ARCHPARITY_CACHE: join(directory, 'cache'),
    });
    expect(check).toMatchObject({
      state: 'failed',
      found: expect.stringContaining('cannot be run') as string,
    });
  });
});
