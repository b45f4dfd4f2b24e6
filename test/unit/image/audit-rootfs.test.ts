import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditRootfs, detectRootPlatform } from '../../../src/image/index.ts';

let programs: string;
let root: string;

beforeAll(() => {
  programs = mkdtempSync(join(tmpdir(), 'audit-programs-'));
  writeFileSync(join(programs, 'main.c'), 'int main(void) { return 0; }\n');
  const compile = (compiler: string, output: string, ...flags: string[]): void => {
    execFileSync(compiler, ['-o', output, 'main.c', ...flags], { cwd: programs });
  };
  compile('gcc', 'amd64-static', '-static');
  compile('aarch64-linux-gnu-gcc', 'dynamic');
  compile('aarch64-linux-gnu-gcc', 'static', '-static');
  compile('aarch64-linux-gnu-gcc', 'static-4k', '-static', '-Wl,-z,max-page-size=4096');
  compile('aarch64-linux-gnu-gcc', 'libown.so', '-shared', '-fPIC', '-nostdlib');
  compile('gcc', 'libown-amd64.so', '-shared', '-fPIC', '-nostdlib');
  compile(
    'aarch64-linux-gnu-gcc',
    'with-runpath',
    '-L.',
    '-Wl,--no-as-needed',
    '-lown',
    '-Wl,-rpath,$ORIGIN/../own',
  );
});
afterAll(() => rmSync(programs, { recursive: true }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'audit-root-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(program: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  copyFileSync(join(programs, program), join(root, path));
}

function write(path: string, content: string, mode = 0o755): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}

const audit = async () => (await auditRootfs(root, 'linux/arm64')).findings;

/** Stands for the libraries of Debian: the audit looks at names and platforms. */
function putLibc(): void {
  put('libown.so', 'usr/lib/aarch64-linux-gnu/libc.so.6');
  put('libown.so', 'usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1');
  symlinkSync('usr/lib', join(root, 'lib'));
  symlinkSync(
    'aarch64-linux-gnu/ld-linux-aarch64.so.1',
    join(root, 'usr/lib/ld-linux-aarch64.so.1'),
  );
}

describe('auditRootfs', { timeout: 30_000 }, () => {
  it('has nothing to say about a sound root', async () => {
    putLibc();
    put('dynamic', 'usr/bin/app');
    put('static', 'usr/bin/static');
    write('usr/bin/script', '#! /usr/bin/static -x\n');
    write('usr/bin/by-env', '#!/usr/bin/env -S app --flag\n');
    put('static', 'usr/bin/env');
    expect(await auditRootfs(root, 'linux/arm64')).toMatchObject({
      findings: [],
      omitted: {},
      files: 7,
      elfFiles: 5,
      unreadable: 0,
    });
  });

  it('finds an amd64 program in an arm64 image', async () => {
    put('amd64-static', 'opt/tool');
    expect(await audit()).toEqual([
      {
        kind: 'foreign-elf',
        severity: 'warning',
        path: '/opt/tool',
        platform: 'linux/amd64',
        machine: 0x3e,
      },
    ]);
  });

  it('only notes firmware for other machines', async () => {
    put('amd64-static', 'usr/lib/firmware/blob');
    expect(await audit()).toMatchObject([{ kind: 'foreign-elf', severity: 'note' }]);
  });

  it('finds a program without its loader and libraries', async () => {
    put('dynamic', 'usr/bin/app');
    expect(await audit()).toEqual([
      {
        kind: 'missing-loader',
        severity: 'warning',
        path: '/usr/bin/app',
        loader: '/lib/ld-linux-aarch64.so.1',
      },
      {
        kind: 'missing-libraries',
        severity: 'warning',
        path: '/usr/bin/app',
        libraries: ['libc.so.6'],
      },
    ]);
  });

  it('looks where RUNPATH and ld.so.conf point to', async () => {
    putLibc();
    put('with-runpath', 'opt/bin/app');
    expect(await audit()).toMatchObject([{ kind: 'missing-libraries', libraries: ['libown.so'] }]);
    put('libown.so', 'opt/own/libown.so');
    expect(await audit()).toEqual([]);
    rmSync(join(root, 'opt/own'), { recursive: true });
    put('libown.so', 'srv/libs/libown.so');
    write('etc/ld.so.conf', 'include /etc/ld.so.conf.d/*.conf\n', 0o644);
    write('etc/ld.so.conf.d/x.conf', '# own\n/srv/libs\n', 0o644);
    expect(await audit()).toEqual([]);
  });

  it('only notes a library that lies elsewhere, where LD_LIBRARY_PATH may point to', async () => {
    putLibc();
    put('with-runpath', 'opt/bin/app');
    put('libown.so', 'opt/hidden/libown.so');
    expect(await audit()).toMatchObject([{ kind: 'missing-libraries', severity: 'note' }]);
  });

  it('does not take a library of another platform', async () => {
    putLibc();
    put('with-runpath', 'opt/bin/app');
    put('libown-amd64.so', 'opt/own/libown.so');
    expect(await audit()).toMatchObject([
      { kind: 'foreign-elf', path: '/opt/own/libown.so' },
      { kind: 'missing-libraries', severity: 'warning', libraries: ['libown.so'] },
    ]);
  });

  it('puts all programs that need 4 KiB pages into one finding', async () => {
    put('static-4k', 'usr/bin/a');
    put('static-4k', 'usr/bin/b');
    expect(await audit()).toEqual([
      {
        kind: 'page-alignment',
        severity: 'warning',
        pageSize: 16384,
        count: 2,
        paths: ['/usr/bin/a', '/usr/bin/b'],
      },
    ]);
  });

  it('finds scripts whose interpreter is missing', async () => {
    put('static', 'usr/bin/env');
    write('usr/bin/a', '#!/usr/bin/perl -w\n');
    write('usr/bin/b', '#!/usr/bin/env -S A=1 python3 -u\n');
    write('usr/share/doc/example', '#!/usr/bin/perl\n');
    write('usr/share/doc/text', '#!/usr/bin/perl\n', 0o644);
    expect(await audit()).toEqual([
      {
        kind: 'missing-interpreter',
        severity: 'warning',
        path: '/usr/bin/a',
        interpreter: '/usr/bin/perl',
      },
      {
        kind: 'missing-interpreter',
        severity: 'warning',
        path: '/usr/bin/b',
        interpreter: 'python3',
      },
      {
        kind: 'missing-interpreter',
        severity: 'note',
        path: '/usr/share/doc/example',
        interpreter: '/usr/bin/perl',
      },
    ]);
  });

  it('never leaves the root, waits for nothing and follows no circle', async () => {
    symlinkSync('/bin', join(root, 'hostbin'));
    symlinkSync('..', join(root, 'up'));
    symlinkSync('.', join(root, 'here'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    write('bin/x', '#!/hostbin/sh\n');
    const report = await auditRootfs(root, 'linux/arm64');
    expect(report.files).toBe(1);
    expect(report.findings).toMatchObject([{ interpreter: '/hostbin/sh' }]);
  });

  it('says how many findings it left out', async () => {
    for (let index = 0; index < 205; index += 1) write(`bin/s${index}`, '#!/none\n');
    const report = await auditRootfs(root, 'linux/arm64');
    expect(report.findings).toHaveLength(200);
    expect(report.omitted).toEqual({ 'missing-interpreter': 5 });
  });

  it('survives damaged programs', async () => {
    write('bin/a', '\x7fELF');
    write('bin/b', `\x7fELF\x02\x01${'\xff'.repeat(100)}`);
    expect(await auditRootfs(root, 'linux/arm64')).toMatchObject({ findings: [], elfFiles: 0 });
  });
});

describe('detectRootPlatform', () => {
  it('asks the shell first, else the other programs', () => {
    expect(detectRootPlatform(root)).toBeUndefined();
    put('static', 'usr/bin/a');
    put('static', 'usr/bin/b');
    put('amd64-static', 'usr/bin/c');
    expect(detectRootPlatform(root)).toBe('linux/arm64');
    symlinkSync('/usr/bin/c', join(root, 'shell'));
    mkdirSync(join(root, 'bin'));
    symlinkSync('../shell', join(root, 'bin/sh'));
    expect(detectRootPlatform(root)).toBe('linux/amd64');
  });
});
