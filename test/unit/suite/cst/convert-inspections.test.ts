import { describe, expect, it } from 'vitest';
import {
  convertContent,
  convertExistence,
  convertLicense,
} from '../../../../src/suite/cst/convert-files.ts';
import { convertMetadata } from '../../../../src/suite/cst/convert-metadata.ts';
import type {
  ContentTest,
  ExistenceTest,
  LicenseTest,
  MetadataTest,
} from '../../../../src/suite/cst/cst-schema.ts';

describe('a file that is there or not', () => {
  const ROOT = { exists: true, uid: 0, gid: 0 };
  it.each<[ExistenceTest, { isStrict?: boolean; isJson?: boolean }, object]>([
    [{}, {}, { exists: true }],
    [{}, { isStrict: true }, { exists: true }],
    [{}, { isJson: true }, { exists: true }],
    [{}, { isStrict: true, isJson: true }, { exists: false }],
    [{ shouldExist: null }, {}, { exists: true }],
    [{ shouldExist: false, uid: 1 }, {}, { exists: false }],
    [{ shouldExist: true }, { isStrict: true, isJson: true }, ROOT],
    [
      { shouldExist: true, uid: -1, gid: 3 },
      { isStrict: true, isJson: true },
      { exists: true, gid: 3 },
    ],
    [
      { shouldExist: true, uid: 3, gid: -1 },
      { isStrict: true, isJson: true },
      { exists: true, uid: 3 },
    ],
    [{ uid: null, gid: null }, {}, { exists: true }],
    [{ uid: 0, gid: 0 }, {}, ROOT],
    [{ uid: 1 }, {}, { exists: true, uid: 1 }],
    [{ gid: 1 }, {}, { exists: true, gid: 1 }],
    [{ permissions: '' }, {}, { exists: true }],
    [{ permissions: '-rw-------' }, {}, { exists: true, permissions: '-rw-------' }],
    [{ isExecutableBy: 'group' }, {}, { exists: true, executableBy: 'group' }],
  ])('%j, %j: %j', (test, { isStrict = false, isJson = false }, file) => {
    const options = { isStrict, isJson, expandsPaths: true };
    expect(convertExistence({ path: '/a', ...test }, { globalEnvVars: [] }, options)).toEqual({
      command: { kind: 'inspect', what: 'paths', ...(isStrict ? { view: 'docker-cp' } : {}) },
      expand: { words: true, env: [] },
      expect: { files: [{ path: '/a', ...file }] },
    });
  });

  it.each<[string | undefined, boolean, string]>([
    ['$A/${B}/$C', true, '/a//${C}'],
    ['$A/${B}/$C', false, '$A/${B}/$C'],
    [undefined, true, ''],
    [undefined, false, ''],
  ])('at %j, with variables: %s, is at %j', (path, expandsPaths, expected) => {
    const globalEnvVars = [{ key: 'A', value: '/a' }, { key: 'B' }];
    const options = { isStrict: false, isJson: false, expandsPaths };
    const { expand, expect: wanted } = convertExistence(
      path === undefined ? {} : { path },
      { globalEnvVars },
      options,
    );
    expect(wanted).toEqual({ files: [{ path: expected, exists: true }] });
    expect(expand).toEqual({ words: expandsPaths, env: [] });
  });
});

describe('what a file has', () => {
  it.each<[ContentTest, object]>([
    [{}, { path: '', content: [] }],
    [{ path: '$A' }, { path: '$A', content: [] }],
    [
      { path: '/a', expectedContents: ['x'] },
      { path: '/a', content: [{ matches: 'x' }] },
    ],
    [
      { path: '/a', excludedContents: ['x'] },
      { path: '/a', content: [{ not: { matches: 'x' } }] },
    ],
  ])('%j', (test, file) => {
    expect(convertContent(test, { isStrict: false })).toEqual({
      command: { kind: 'inspect', what: 'paths' },
      expect: { files: [file] },
    });
  });
});

describe('licenses', () => {
  const content = [{ not: { matches: '(?i)AGPL|WTFPL' } }];
  const files = [{ path: '/a', content }];
  it.each<[LicenseTest, 'paths' | 'licenses', object]>([
    [{}, 'licenses', {}],
    [{ debian: null, files: [] }, 'licenses', {}],
    [{ debian: false }, 'licenses', {}],
    [{ debian: true }, 'licenses', { stdout: { equals: '' } }],
    [{ debian: true, files: ['/a'] }, 'licenses', { stdout: { equals: '' }, files }],
    [{ files: ['/a'] }, 'paths', { files }],
    [
      { debian: false, files: ['/a', '/b'] },
      'paths',
      { files: [...files, { path: '/b', content }] },
    ],
  ])('%j', (test, what, expected) => {
    expect(convertLicense(test, { isStrict: false })).toEqual({
      command: { kind: 'inspect', what },
      expect: expected,
    });
    expect(convertLicense(test, { isStrict: true }).command).toEqual({
      kind: 'inspect',
      what,
      view: 'docker-cp',
    });
  });
});

describe('metadata', () => {
  const impossible = { not: { contains: '' } };
  it.each<[MetadataTest, object]>([
    [{}, {}],
    [{ entrypoint: null, cmd: null, user: '', workdir: '', envVars: [], volumes: [] }, {}],
    [
      { entrypoint: ['a'], cmd: [] },
      { entrypoint: ['a'], cmd: [] },
    ],
    [
      { workdir: '/w', user: 'u' },
      { workdir: '/w', user: 'u' },
    ],
    [{ envVars: [{ key: 'A', isRegex: true }] }, { env: { A: { matches: '' } } }],
    [{ envVars: [{ key: 'A', value: 'a', isRegex: false }] }, { env: { A: { equals: 'a' } } }],
    [
      {
        envVars: [{ key: 'A', value: 'a' }, { key: 'B' }, { key: 'A', value: 'b', isRegex: true }],
      },
      { env: { A: [{ equals: 'a' }, { matches: 'b' }], B: { equals: '' } } },
    ],
    [
      { envVars: [{ key: 'A' }, { key: 'C' }], unboundEnvVars: [{ key: 'A' }, { key: 'B' }] },
      { env: { A: impossible, B: false, C: { equals: '' } } },
    ],
    [{ labels: [{ key: 'l', value: '1' }] }, { labels: { l: { equals: '1' } } }],
    [{ exposedPorts: ['80'], unexposedPorts: ['80', '22'] }, { ports: { 80: false, 22: false } }],
    [{ unexposedPorts: ['22'] }, { ports: { 22: false } }],
    [{ volumes: ['/a'] }, { volumes: { '/a': true } }],
    [{ unmountedVolumes: ['/b'] }, { volumes: { '/b': false } }],
  ])('%j', (test, config) => {
    expect(convertMetadata(test)).toStrictEqual({
      command: { kind: 'inspect', what: 'config' },
      expect: { config },
    });
  });
});
