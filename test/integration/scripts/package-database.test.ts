// What images know of the packages in them, as dpkg and apt of this machine read it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addPackageDatabase } from '../../../scripts/images/dpkg-database.ts';
import type { Layer } from '../../../scripts/images/layer.ts';
import { readPackage } from '../../../scripts/images/package-entries.ts';
import { addRepository } from '../../../scripts/images/package-repository.ts';

let directory = '';
let root = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parity-packages-'));
  root = join(directory, 'root');
  const base = makePackage('base', {
    control: ['Multi-Arch: same', 'Architecture: amd64'],
    files: { 'etc/base.conf': 'fast\n', 'bin/base': '#!/bin/sh\n' },
    conffiles: ['/etc/base.conf'],
    triggers: 'interest-noawait /usr/lib/base\ninterest rebuild\n',
  });
  const more = makePackage('more', {
    control: ['Architecture: all', 'Depends: base (>= 1.0)'],
    files: { 'usr/share/more': 'more\n' },
  });
  const layer: Layer = new Map();
  const { entries, names } = await readPackage(base);
  for (const [path, entry] of entries) layer.set(path, entry);
  await addPackageDatabase(layer, new Map([[base, names]]));
  await addRepository(layer, [{ name: 'more', version: '1:1.0-1', path: more }]);
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('usr/bin', join(root, 'bin'));
  for (const [path, entry] of layer) {
    const file = join(root, path);
    mkdirSync(entry.type === 'directory' ? file : dirname(file), { recursive: true });
    if (entry.type === 'file') writeFileSync(file, entry.content, { mode: entry.mode });
  }
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** A package of version 1:1.0-1, in a file as apt names it. */
function makePackage(
  name: string,
  {
    conffiles,
    control,
    files,
    triggers,
  }: {
    readonly control: readonly string[];
    readonly files: Readonly<Record<string, string>>;
    readonly conffiles?: readonly string[];
    readonly triggers?: string;
  },
): string {
  const source = join(directory, name);
  const digests = Object.entries(files).map(
    ([path, text]) => `${createHash('md5').update(text).digest('hex')}  ${path}\n`,
  );
  const whole = {
    ...files,
    'DEBIAN/control': `Package: ${name}\nVersion: 1:1.0-1\nMaintainer: Nobody <nobody@example.org>\nDescription: a test\n${control.join('\n')}\n`,
    'DEBIAN/md5sums': digests.join(''),
    ...(conffiles === undefined ? {} : { 'DEBIAN/conffiles': `${conffiles.join('\n')}\n` }),
    ...(triggers === undefined ? {} : { 'DEBIAN/triggers': triggers }),
  };
  for (const [path, text] of Object.entries(whole)) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    writeFileSync(join(source, path), text);
  }
  const file = join(directory, `${name}_1%3a1.0-1_any.deb`);
  run('dpkg-deb', '--root-owner-group', '--build', source, file);
  return file;
}

function run(tool: string, ...words: string[]): string {
  return execFileSync(tool, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('the database of packages in an image', () => {
  const query = (...words: string[]): string =>
    run('dpkg-query', `--admindir=${join(root, 'var/lib/dpkg')}`, ...words);

  it('has them installed, with nothing to complain of', () => {
    const format = '${binary:Package} ${Version} ${db:Status-Status}\n';
    expect(query('--show', '--showformat', format)).toBe('base:amd64 1:1.0-1 installed\n');
    expect(run('dpkg', `--root=${root}`, '--audit')).toBe('');
    expect(run('dpkg', `--root=${root}`, '--verify')).toBe('');
  });

  it('lists paths as the package names them, and digests of its conffiles', () => {
    expect(query('--listfiles', 'base:amd64').trim().split('\n')).toEqual(
      expect.arrayContaining(['/.', '/bin/base', '/etc/base.conf']) as string[],
    );
    const digest = createHash('md5').update('fast\n').digest('hex');
    expect(query('--show', '--showformat', '${Conffiles}', 'base').trim()).toBe(
      `/etc/base.conf ${digest}`,
    );
  });

  it('knows what packages want to be told of', () => {
    const triggers = join(root, 'var/lib/dpkg/triggers');
    expect(run('cat', join(triggers, 'File'))).toBe('/usr/lib/base base:amd64/noawait\n');
    expect(run('cat', join(triggers, 'rebuild'))).toBe('base:amd64\n');
  });
});

describe('packages that lie in an image', () => {
  it('are found by apt, with what they depend on', () => {
    const lists = join(directory, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const sources = join(directory, 'sources.list');
    writeFileSync(sources, `deb [trusted=yes] file:${join(root, 'srv/packages')} ./\n`);
    const config = join(directory, 'apt.conf');
    const settings = {
      'APT::Architecture': 'amd64',
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
      'Dir::Cache': directory,
      'Dir::Etc::SourceList': sources,
      'Dir::Etc::SourceParts': '/dev/null',
      'Dir::Etc::PreferencesParts': '/dev/null',
      'Dir::State::Lists': lists,
      'Dir::State::status': join(root, 'var/lib/dpkg/status'),
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
    writeFileSync(config, `${lines.join('')}APT::Architectures { "amd64"; };\n`);
    const apt = (...words: string[]): string => run('apt-get', '-q', '-c', config, ...words);
    apt('update');
    expect(apt('install', '--simulate', 'more')).toContain('Inst more (1:1.0-1');
  });
});
