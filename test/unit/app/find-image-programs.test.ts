import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findImagePrograms } from '../../../src/app/find-image-programs.ts';
import type { ImageConfig } from '../../../src/image/index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-programs-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, content = '\x7fELF', mode = 0o755): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content, { encoding: 'latin1', mode });
}

const CONFIG: ImageConfig = {
  env: ['PATH=/usr/local/bin:/usr/bin'],
  user: '',
  workdir: '',
  labels: {},
  exposedPorts: [],
  volumes: [],
};

async function find(config: Partial<ImageConfig> = {}) {
  const { main, known, own } = await findImagePrograms(root, { ...CONFIG, ...config });
  const commands = (programs: typeof main) => programs.map(({ command }) => command);
  return { main: commands(main), known: commands(known), own: commands(own) };
}

describe('what an image is for', () => {
  beforeEach(() => {
    put('/usr/bin/nginx');
    put('/usr/bin/tini');
    put('/usr/bin/sh');
    put('/usr/bin/serve');
    put('/app/server');
    put('/usr/local/bin/docker-entrypoint.sh', '#!/bin/sh\n');
  });

  it.each<[string, Partial<ImageConfig>, string[]]>([
    ['Cmd', { cmd: ['nginx', '-g', 'daemon off;'] }, ['nginx']],
    ['Entrypoint by its path', { entrypoint: ['/app/server'] }, ['/app/server']],
    ['Entrypoint in WorkingDir', { entrypoint: ['./server'], workdir: '/app' }, ['./server']],
    [
      'Cmd behind an entrypoint script',
      { entrypoint: ['docker-entrypoint.sh'], cmd: ['nginx'] },
      ['nginx'],
    ],
    ['what a wrapper starts', { entrypoint: ['tini', '--', 'nginx'] }, ['nginx']],
    [
      'Entrypoint and Cmd',
      { entrypoint: ['/app/server'], cmd: ['serve'] },
      ['/app/server', 'serve'],
    ],
    ['a script of the shell', { cmd: ['/bin/sh', '-c', 'exec nginx -g x'] }, ['nginx']],
    ['nothing that is there', { cmd: ['missing'] }, []],
    ['nothing at all', {}, []],
  ])('is %s', async (_title, config, expected) => {
    expect((await find(config)).main).toEqual(expected);
  });
});

describe('programs that an image carries', () => {
  it('are the interpreters that it has, with the word that each knows', async () => {
    put('/usr/bin/python3.11');
    symlinkSync('python3.11', join(root, 'usr/bin/python3'));
    put('/usr/bin/openssl');
    put('/usr/bin/perl', '\x7fELF', 0o644);
    const { known } = await findImagePrograms(root, CONFIG);
    expect(known).toEqual([
      { name: 'python3', command: 'python3', versionWord: '--version' },
      { name: 'openssl', command: 'openssl', versionWord: 'version' },
    ]);
  });

  it('are its own where no package brought them', async () => {
    put('/usr/bin/bash');
    put('/usr/bin/mine');
    put('/usr/local/bin/tool', '#!/usr/bin/bash\n');
    put('/usr/local/bin/notes.txt', 'text');
    put('/opt/thing/bin/thing');
    put('/app/entrypoint.sh', '#!/bin/sh\n');
    put('/var/lib/dpkg/info/bash.list', '/.\n/bin\n/bin/bash\n', 0o644);
    expect((await find({ workdir: '/app' })).own).toEqual(['/opt/thing/bin/thing', 'tool', 'mine']);
  });

  it('are known to apk and to distroless too', async () => {
    put('/usr/bin/a');
    put('/usr/bin/b');
    put('/usr/bin/c');
    put('/lib/apk/db/installed', 'P:a\nF:usr/bin\nR:a\nZ:Q1\n', 0o644);
    put('/var/lib/dpkg/status.d/b.md5sums', '0123  usr/bin/b\n', 0o644);
    expect((await find()).own).toEqual(['c']);
  });

  it('are bounded, and a distribution without a database counts as one', async () => {
    for (let number = 100; number < 130; number += 1) put(`/usr/local/bin/l${number}`);
    expect((await find()).own).toHaveLength(20);
    for (let number = 100; number < 130; number += 1) put(`/usr/bin/p${number}`);
    rmSync(join(root, 'usr/local'), { recursive: true });
    put('/usr/local/bin/mine');
    expect((await find()).own).toHaveLength(20);
    for (let number = 130; number < 150; number += 1) put(`/usr/bin/p${number}`);
    expect((await find()).own).toEqual(['mine']);
  });
});
