import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLoader } from '../../../../src/lanes/local/find-loader.ts';

const NAME = 'ld-archparity-test.so.1';
let sysroot = '';
beforeEach(() => {
  sysroot = mkdtempSync(join(tmpdir(), 'sysroot-'));
  mkdirSync(join(sysroot, 'usr/lib'), { recursive: true });
  mkdirSync(join(sysroot, 'lib64'));
  writeFileSync(join(sysroot, 'usr/lib', NAME), '');
});
afterEach(() => {
  rmSync(sysroot, { recursive: true });
});

const find = (interpreter: string | undefined, isolated = true) =>
  findLoader(
    { path: '/app', ...(interpreter === undefined ? {} : { interpreter }) },
    { sysroot, isolated },
  );

describe('findLoader', () => {
  it('needs nothing for a static program, a loader of this machine, or one below the sysroot', () => {
    expect(find(undefined)).toBeUndefined();
    expect(find('/bin/sh')).toBeUndefined();
    expect(find(`/usr/lib/${NAME}`)).toBeUndefined();
    symlinkSync(`../usr/lib/${NAME}`, join(sysroot, 'lib64', NAME));
    expect(find(`/lib64/${NAME}`, false)).toBeUndefined();
  });

  it('follows an absolute link inside the sysroot', () => {
    symlinkSync(`/usr/lib/${NAME}`, join(sysroot, 'lib64', NAME));
    expect(find(`/lib64/${NAME}`)).toEqual({
      link: join(sysroot, 'lib64', NAME),
      file: join(sysroot, 'usr/lib', NAME),
    });
    symlinkSync('lib64', join(sysroot, 'lib'));
    expect(find(`/lib/${NAME}`)?.link).toBe(join(sysroot, 'lib64', NAME));
    expect(() => find(`/lib64/${NAME}`, false)).toThrow(
      expect.objectContaining({ code: 'SYSROOT_LINK_ABSOLUTE', exitCode: 2 }),
    );
  });

  it('refuses one behind an absolute link to a directory, on which nothing can be mounted', () => {
    symlinkSync('/usr/lib', join(sysroot, 'lib'));
    expect(() => find(`/lib/${NAME}`)).toThrow(
      expect.objectContaining({ code: 'SYSROOT_LINK_ABSOLUTE', exitCode: 2 }),
    );
  });

  it('refuses a loader that is nowhere', () => {
    symlinkSync('/usr/lib/gone', join(sysroot, 'lib64', NAME));
    for (const interpreter of ['/lib64/ld-nowhere.so', `/lib64/${NAME}`])
      expect(() => find(interpreter)).toThrow(
        expect.objectContaining({ code: 'ELF_INTERPRETER_MISSING', exitCode: 2 }),
      );
  });
});
