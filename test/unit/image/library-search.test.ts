import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLibrarySearch } from '../../../src/image/library-search.ts';
import { hostRootView } from '../../../src/image/root-view.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'library-search-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const find = (library: string, runpath: readonly string[] = []): string | undefined =>
  createLibrarySearch(hostRootView(root), 'linux/arm64').find(library, '/opt/app/bin/app', runpath);

describe('createLibrarySearch', () => {
  it('finds libraries in the standard directories, through links', () => {
    write('usr/lib/aarch64-linux-gnu/liba.so.1.2');
    symlinkSync('liba.so.1.2', join(root, 'usr/lib/aarch64-linux-gnu/liba.so.1'));
    expect(find('liba.so.1')).toBe('/usr/lib/aarch64-linux-gnu/liba.so.1.2');
    write('usr/lib64/libb.so');
    expect(find('libb.so')).toBe('/usr/lib64/libb.so');
    expect(find('libc.so')).toBeUndefined();
  });

  it('prefers RUNPATH and replaces $ORIGIN and $LIB in it', () => {
    write('usr/lib/liba.so');
    write('opt/app/lib/liba.so');
    expect(find('liba.so', ['$ORIGIN/../lib'])).toBe('/opt/app/lib/liba.so');
    expect(find('liba.so', ['${ORIGIN}/../lib'])).toBe('/opt/app/lib/liba.so');
    write('opt/app/lib64/libb.so');
    expect(find('libb.so', ['/opt/app/$LIB'])).toBe('/opt/app/lib64/libb.so');
    expect(find('liba.so', ['/none'])).toBe('/usr/lib/liba.so');
  });

  it('reads ld.so.conf, its includes once each, and the path file of musl', () => {
    write('etc/ld.so.conf', 'include ld.so.conf.d/*.conf\n/a # comment\n');
    write('etc/ld.so.conf.d/b.conf', '/b\ninclude /etc/ld.so.conf\n');
    write('etc/ld.so.conf.d/b.disabled', '/d\n');
    write('etc/ld-musl-aarch64.path', '/m1:/m2\n/m3\n');
    for (const directory of ['a', 'b', 'd', 'm1', 'm2', 'm3'])
      write(`${directory}/in-${directory}.so`);
    expect(find('in-a.so')).toBe('/a/in-a.so');
    expect(find('in-b.so')).toBe('/b/in-b.so');
    expect(find('in-m2.so')).toBe('/m2/in-m2.so');
    expect(find('in-m3.so')).toBe('/m3/in-m3.so');
    expect(find('in-d.so')).toBeUndefined();
  });

  it('takes a name with a slash as a path in the root, and never looks outside', () => {
    write('x/liba.so');
    expect(find('/x/liba.so')).toBe('/x/liba.so');
    symlinkSync('/usr/lib', join(root, 'host'));
    expect(find('libc.so.6', ['/host', '/../../../usr/lib/x86_64-linux-gnu'])).toBeUndefined();
  });
});
