import { describe, expect, it } from 'vitest';
import {
  captureBytes,
  type ChangedFile,
  type ConfigExpectation,
  type FileExpectation,
  type ObservedConfig,
} from '../../../src/core/index.ts';
import { checkConfig } from '../../../src/judge/check-config.ts';
import { checkFile } from '../../../src/judge/check-file.ts';

const FILE: ChangedFile = {
  path: '/a',
  type: 'file',
  mode: 0o750,
  uid: 0,
  gid: 50,
  size: 4,
  content: captureBytes(Buffer.from('a\nb\n')),
};

describe('checkFile of an image', () => {
  it.each<readonly [Omit<FileExpectation, 'path'>, readonly string[]]>([
    [{ permissions: '-rwxr-x---', uid: 0, gid: 50, executableBy: 'group' }, []],
    [{ executableBy: 'any', content: [] }, []],
    [{ permissions: '-rwxr-xr-x' }, ['file /a permissions -rwxr-xr-x']],
    [{ uid: 1, gid: 1 }, ['file /a uid 1', 'file /a gid 1']],
    [{ executableBy: 'other' }, ['file /a is executable by other']],
    [{ content: [{ matches: 'a$' }] }, ['file /a content matches a$']],
    [{ content: [{ matches: '(?m)a$' }] }, []],
    [{ exists: false }, ['file /a does not exist']],
  ])('%j', (expectation, failed) => {
    const failures = checkFile([FILE], { path: '/a', ...expectation });
    expect(failures.map(({ check }) => check)).toEqual(failed);
  });

  it('says what is not there', () => {
    const missing: ChangedFile = { path: '/a', type: 'missing', mode: 0, uid: 0, gid: 0, size: 0 };
    expect(checkFile([missing], { path: '/a' })).toMatchObject([{ actual: 'not there' }]);
    expect(checkFile([missing], { path: '/a', exists: false })).toEqual([]);
    const directory: ChangedFile = { ...missing, type: 'directory' };
    expect(checkFile([directory], { path: '/a', content: [] })).toMatchObject([
      { check: 'file /a content', actual: 'directory' },
    ]);
  });
});

const CONFIG: ObservedConfig = {
  env: { A: 'b', EMPTY: '' },
  labels: { l: '1' },
  entrypoint: ['/app'],
  cmd: [],
  workdir: '/srv',
  user: 'app',
  ports: ['53/udp', '8080/tcp'],
  volumes: ['/data'],
};

const EXPECTATIONS: readonly (readonly [ConfigExpectation, readonly string[]])[] = [
  [{ env: { A: { equals: 'b' }, EMPTY: { equals: '' }, NONE: false } }, []],
  [{ env: { A: false, NONE: [] } }, ['env A is not set', 'env NONE is set']],
  [{ env: { A: [{ matches: '^b' }, { matches: 'c' }] } }, ['env A matches c']],
  // Names that objects have by themselves.
  [{ env: Object.fromEntries([['constructor', false as const]]) }, []],
  [{ env: { toString: { contains: '' } } }, ['env toString is set']],
  [{ labels: { l: { equals: '2' } } }, ['label l equals 2']],
  [{ entrypoint: ['/app'], cmd: [], workdir: '/srv', user: 'app' }, []],
  [
    { entrypoint: [], cmd: ['x'], workdir: '/', user: 'root' },
    ['entrypoint', 'cmd', 'workdir', 'user'],
  ],
  [{ ports: { 8080: true, '8080/tcp': true, 53: true, '53/tcp': false, 22: false } }, []],
  [
    { ports: { '8080/udp': true, 53: false } },
    ['port 53 is not declared', 'port 8080/udp is declared'],
  ],
  [{ volumes: { '/data': true, '/dat': true } }, ['volume /dat is declared']],
];

describe('checkConfig', () => {
  it.each(EXPECTATIONS)('%j', (expectation, failed) => {
    expect(checkConfig(CONFIG, expectation).map(({ check }) => check)).toEqual(failed);
  });
});
