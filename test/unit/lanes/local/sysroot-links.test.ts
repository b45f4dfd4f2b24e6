import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSysrootLinks } from '../../../../src/lanes/local/sysroot-links.ts';

let sysroot = '';
beforeEach(() => {
  sysroot = mkdtempSync(join(tmpdir(), 'sysroot-'));
  for (const directory of ['usr/lib/aarch64-linux-gnu/blas', 'etc/alternatives', 'opt/lib'])
    mkdirSync(join(sysroot, directory), { recursive: true });
  symlinkSync('usr/lib', join(sysroot, 'lib'));
});
afterEach(() => {
  rmSync(sysroot, { recursive: true });
});

const libraries = 'usr/lib/aarch64-linux-gnu';
const find = () => findSysrootLinks(sysroot, 'linux/arm64');
const write = (path: string): string => {
  writeFileSync(join(sysroot, path), '');
  return join(sysroot, path);
};
const link = (target: string, path: string): string => {
  symlinkSync(target, join(sysroot, path));
  return join(sysroot, path);
};

describe('findSysrootLinks', () => {
  it('follows alternatives to the file inside, each once', () => {
    const file = write(`${libraries}/blas/libblas.so.3`);
    link(`/${libraries}/blas/libblas.so.3`, 'etc/alternatives/libblas.so.3');
    const absolute = link('/etc/alternatives/libblas.so.3', `${libraries}/libblas.so.3`);
    link('libblas.so.3', `${libraries}/libblas.so`);
    expect(find()).toEqual([{ link: absolute, file }]);
  });

  it('looks where the configuration of the loader says', () => {
    write('etc/ld.so.conf');
    writeFileSync(join(sysroot, 'etc/ld.so.conf'), '/opt/lib\n');
    const file = write('opt/real.so');
    expect(find()).toEqual([]);
    expect([link('/opt/real.so', 'opt/lib/a.so')].map((at) => ({ link: at, file }))).toEqual(
      find(),
    );
  });

  it('leaves out what leads nowhere, to a directory, or to the right file already', () => {
    link('/gone', `${libraries}/gone.so`);
    link('/etc', `${libraries}/directory`);
    link(write(`${libraries}/own.so`), `${libraries}/own.so.1`);
    link('own.so', `${libraries}/own.so.2`);
    expect(find()).toEqual([]);
    expect(findSysrootLinks(join(sysroot, 'nowhere'), 'linux/arm64')).toEqual([]);
  });
});
