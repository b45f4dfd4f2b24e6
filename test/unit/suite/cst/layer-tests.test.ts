import { describe, expect, it } from 'vitest';
import type { MetadataTest, PlatformLayer } from '../../../../src/suite/cst/cst-schema.ts';
import type { CstTests } from '../../../../src/suite/cst/cst-tests.ts';
import { layerTests, skipKey } from '../../../../src/suite/cst/layer-tests.ts';

const TESTS: CstTests = {
  globalEnvVars: [{ key: 'A', value: 'a' }],
  commandTests: [
    { name: 'machine', command: 'uname', args: ['-m'], exitCode: 0 },
    { name: 'user', command: 'id' },
  ],
  fileExistenceTests: [{ name: 'shell', path: '/bin/sh', shouldExist: true }],
  fileContentTests: [{ name: 'release', path: '/etc/os-release' }],
  metadataTest: undefined,
  licenseTests: [{ debian: true }],
  runOptions: { user: 'app' },
};

const lay = (layer: PlatformLayer, tests: Partial<CstTests> = {}) =>
  layerTests({ ...TESTS, ...tests }, layer, ['overrides', 0]);

describe('what a platform has otherwise', () => {
  it.each<[PlatformLayer, Partial<CstTests>]>([
    [{}, {}],
    [{ commandTests: [], fileExistenceTests: [], fileContentTests: [], metadataTest: null }, {}],
    [
      { commandTests: [{ name: 'machine', args: ['-r'], expectedOutput: ['x'] }] },
      {
        commandTests: [
          {
            name: 'machine',
            command: 'uname',
            args: ['-r'],
            exitCode: 0,
            expectedOutput: ['x'],
          },
          { name: 'user', command: 'id' },
        ],
      },
    ],
    [
      { commandTests: [{ name: 'machine', args: undefined, exitCode: 3 }] },
      {
        commandTests: [
          { name: 'machine', command: 'uname', args: ['-m'], exitCode: 3 },
          { name: 'user', command: 'id' },
        ],
      },
    ],
    [
      {
        commandTests: [
          { name: 'user', exitCode: 1, args: ['x'] },
          { name: 'user', exitCode: 2 },
        ],
      },
      { commandTests: [TESTS.commandTests[0] ?? {}, { name: 'user', command: 'id', exitCode: 2 }] },
    ],
    [
      { commandTests: [{ name: 'user', command: ['whoami', '-a', '-b'] }] },
      {
        commandTests: [
          TESTS.commandTests[0] ?? {},
          { name: 'user', command: 'whoami', args: ['-a', '-b'] },
        ],
      },
    ],
    [
      { commandTests: [{ name: 'machine', command: [] }] },
      {
        commandTests: [
          { name: 'machine', command: '', args: [], exitCode: 0 },
          { name: 'user', command: 'id' },
        ],
      },
    ],
    [
      { fileExistenceTests: [{ name: 'shell', path: '/bin/bash' }] },
      { fileExistenceTests: [{ name: 'shell', path: '/bin/bash', shouldExist: true }] },
    ],
    [
      { fileContentTests: [{ name: 'release', expectedContents: ['x'] }] },
      {
        fileContentTests: [{ name: 'release', path: '/etc/os-release', expectedContents: ['x'] }],
      },
    ],
  ])('%j', (layer, changed) => {
    expect(lay(layer)).toEqual({
      tests: { ...TESTS, ...changed },
      skipped: new Map(),
      mistakes: [],
    });
  });

  it('may be that a test is not run, for which the test itself stays', () => {
    const { tests, skipped, mistakes } = lay({
      commandTests: [{ name: 'machine', skip: 'no uname' }],
      fileExistenceTests: [{ name: 'shell', skip: 'no shell', path: '/x' }],
      fileContentTests: [{ name: 'release', skip: '' }],
    });
    expect([...skipped]).toEqual([
      ['commandTests machine', 'no uname'],
      ['fileExistenceTests shell', 'no shell'],
      ['fileContentTests release', ''],
    ]);
    expect(mistakes).toEqual([]);
    expect(tests).toEqual({
      ...TESTS,
      fileExistenceTests: [{ name: 'shell', path: '/x', shouldExist: true }],
    });
    expect(skipKey('fileContentTests', 'a b')).toBe('fileContentTests a b');
  });

  it('is a mistake of a name that the file lacks', () => {
    const { mistakes, skipped, tests } = lay({
      commandTests: [{ name: 'user' }, { name: 'usr', skip: 'x' }],
      fileExistenceTests: [{ name: 'machine' }],
      fileContentTests: [{}],
    });
    expect(mistakes).toEqual([
      {
        path: ['overrides', 0, 'commandTests', 1, 'name'],
        at: 'key',
        message: 'the file has no test "usr"',
        hint: 'did you mean "user"?',
      },
      {
        path: ['overrides', 0, 'fileExistenceTests', 0, 'name'],
        at: 'key',
        message: 'the file has no test "machine"',
        hint: 'archparity test --list prints the names',
      },
      {
        path: ['overrides', 0, 'fileContentTests', 0, 'name'],
        at: 'key',
        message: 'the file has no test ""',
        hint: 'archparity test --list prints the names',
      },
    ]);
    expect(skipped.size).toBe(0);
    expect(tests).toEqual(TESTS);
  });
});

describe('metadata of a platform', () => {
  const BASE: MetadataTest = {
    envVars: [
      { key: 'A', value: 'a' },
      { key: 'B', value: 'b' },
    ],
    labels: [{ key: 'l', value: '1' }],
    user: 'app',
    cmd: ['sh'],
    volumes: ['/a'],
  };

  it.each<[MetadataTest | undefined, MetadataTest | null | undefined, MetadataTest | undefined]>([
    [undefined, undefined, undefined],
    [undefined, null, undefined],
    [BASE, undefined, BASE],
    [BASE, null, BASE],
    [undefined, { user: 'x' }, { user: 'x' }],
    [BASE, {}, BASE],
    [BASE, { user: 'x', workdir: undefined }, { ...BASE, user: 'x' }],
    [BASE, { cmd: null, volumes: ['/b'] }, { ...BASE, cmd: null, volumes: ['/b'] }],
    [
      BASE,
      {
        envVars: [
          { key: 'A', value: 'c', isRegex: true },
          { key: 'C', value: 'd' },
        ],
      },
      {
        ...BASE,
        envVars: [
          { key: 'B', value: 'b' },
          { key: 'A', value: 'c', isRegex: true },
          { key: 'C', value: 'd' },
        ],
      },
    ],
    [BASE, { labels: [{ key: 'l', value: '2' }] }, { ...BASE, labels: [{ key: 'l', value: '2' }] }],
    [{ user: 'app' }, { user: 'x' }, { user: 'x', envVars: [], labels: [] }],
  ])('%j under %j', (metadataTest, layer, merged) => {
    expect(lay({ metadataTest: layer }, { metadataTest }).tests.metadataTest).toEqual(merged);
  });
});
