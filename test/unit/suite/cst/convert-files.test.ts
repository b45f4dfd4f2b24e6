import { describe, expect, it } from 'vitest';
import type { FileExpectation } from '../../../../src/core/index.ts';
import type { ForeignOptions } from '../../../../src/suite/foreign-options.ts';
import { parseOne, parseSuiteOf } from './parse.ts';

function fileOf(
  kind: 'fileExistenceTests' | 'fileContentTests',
  test: string,
  options: Partial<ForeignOptions> = {},
): FileExpectation | undefined {
  return parseOne(`${kind}: [{name: t, ${test}}]`, options).expect.files?.[0];
}

describe('file existence tests', () => {
  it.each([
    ['path: /a', { path: '/a', exists: true }],
    ['path: /a, shouldExist: no, uid: 5, permissions: x', { path: '/a', exists: false }],
    [
      'path: /a, permissions: "-rw-r--r--"',
      { path: '/a', exists: true, permissions: '-rw-r--r--' },
    ],
    ['path: /a, uid: 0, gid: 1000', { path: '/a', exists: true, uid: 0, gid: 1000 }],
    ['path: /a, uid: -1, gid: -1', { path: '/a', exists: true }],
    ['path: /a, isExecutableBy: any', { path: '/a', exists: true, executableBy: 'any' }],
  ])('%s', (test, expected) => {
    expect(fileOf('fileExistenceTests', test)).toEqual(expected);
  });

  it('start nothing, compare what the path is, and know variables', () => {
    const definition = parseOne(`globalEnvVars: [{key: A, value: /a}]
fileExistenceTests: [{name: t, path: $A/$HOME}]`);
    expect(definition).toMatchObject({
      command: { kind: 'inspect', what: 'paths' },
      compare: ['files'],
      expand: { words: true },
      expect: { files: [{ path: '/a/${HOME}' }] },
    });
  });

  it('of schema version 1.0.0 know no variables', () => {
    const [definition] = parseSuiteOf(
      'schemaVersion: 1.0.0\nfileExistenceTests: [{name: t, path: $A}]',
    ).cases;
    expect(definition).toMatchObject({
      expand: { words: false },
      expect: { files: [{ path: '$A' }] },
    });
  });

  it('in JSON have, strictly, what its reader gives them', () => {
    const strict = { isStrict: true, isJson: true };
    expect(fileOf('fileExistenceTests', 'path: /a', strict)).toEqual({ path: '/a', exists: false });
    expect(fileOf('fileExistenceTests', 'path: /a, shouldExist: true', strict)).toEqual({
      path: '/a',
      exists: true,
      uid: 0,
      gid: 0,
    });
    expect(fileOf('fileExistenceTests', 'path: /a', { isJson: true })).toEqual({
      path: '/a',
      exists: true,
    });
  });
});

describe('file content tests', () => {
  it('take the path as it is', () => {
    expect(
      fileOf('fileContentTests', 'path: $A, expectedContents: [a, b], excludedContents: [c]'),
    ).toEqual({
      path: '$A',
      content: [{ matches: 'a' }, { matches: 'b' }, { not: { matches: 'c' } }],
    });
    expect(fileOf('fileContentTests', 'path: /a')).toEqual({ path: '/a', content: [] });
  });

  it('look, strictly, as docker cp does', () => {
    const body = 'fileContentTests: [{name: t, path: /a}]';
    expect(parseOne(body, { isStrict: true }).command).toEqual({
      kind: 'inspect',
      what: 'paths',
      view: 'docker-cp',
    });
  });
});

describe('license tests', () => {
  it('look at Debian’s packages and at files', () => {
    const content = [{ not: { matches: '(?i)AGPL|WTFPL' } }];
    expect(parseOne('licenseTests: [{debian: true, files: [/a]}]')).toMatchObject({
      name: 'licenses',
      command: { kind: 'inspect', what: 'licenses' },
      expect: { stdout: { equals: '' }, files: [{ path: '/a', content }] },
    });
    expect(parseOne('licenseTests: [{debian: false, files: [/a]}]')).toMatchObject({
      command: { what: 'paths' },
      expect: { files: [{ path: '/a', content }] },
    });
  });
});
