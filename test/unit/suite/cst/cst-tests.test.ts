import { describe, expect, it } from 'vitest';
import type {
  DocumentOfV1,
  DocumentOfV2,
  MetadataTest,
} from '../../../../src/suite/cst/cst-schema.ts';
import { testsOfV1, testsOfV2 } from '../../../../src/suite/cst/cst-tests.ts';

const NONE = {
  globalEnvVars: [],
  commandTests: [],
  fileExistenceTests: [],
  fileContentTests: [],
  metadataTest: undefined,
  licenseTests: [],
  runOptions: undefined,
};

describe('version 2.0.0', () => {
  const all: DocumentOfV2 = {
    schemaVersion: '2.0.0',
    globalEnvVars: [{ key: 'A', value: 'a' }],
    commandTests: [{ name: 't', command: 'id' }],
    fileExistenceTests: [{ name: 'e', path: '/e' }],
    fileContentTests: [{ name: 'c', path: '/c' }],
    metadataTest: { user: 'app' },
    licenseTests: [{ debian: true }],
    containerRunOptions: { user: 'app' },
  };

  it('has all its tests', () => {
    const { schemaVersion: _version, containerRunOptions, ...others } = all;
    expect(testsOfV2(all)).toEqual({ ...others, runOptions: containerRunOptions });
  });

  it('has none of what is not there', () => {
    expect(testsOfV2({ schemaVersion: '2.0.0' })).toEqual(NONE);
    expect(
      testsOfV2({ schemaVersion: '2.0.0', metadataTest: null, containerRunOptions: null }),
    ).toEqual(NONE);
  });

  it.each<[MetadataTest, boolean]>([
    [{}, false],
    [{ entrypoint: null }, false],
    [{ cmd: null, entrypoint: null }, false],
    [{ user: '', workdir: '', envVars: [], labels: [] }, false],
    [{ user: undefined, volumes: [] }, false],
    [{ cmd: [] }, true],
    [{ entrypoint: [] }, true],
    [{ cmd: null, entrypoint: [] }, true],
    [{ cmd: ['a'], user: '' }, true],
    [{ user: 'app' }, true],
    [{ workdir: '/', user: '' }, true],
    [{ envVars: [], labels: [{ key: 'l' }] }, true],
    [{ unmountedVolumes: ['/a'], cmd: null }, true],
  ])('of metadata %j asks for something: %s', (metadataTest, asks) => {
    expect(testsOfV2({ schemaVersion: '2.0.0', metadataTest }).metadataTest).toEqual(
      asks ? metadataTest : undefined,
    );
  });
});

describe('version 1.0.0', () => {
  it('has commands as one list', () => {
    const document: DocumentOfV1 = {
      schemaVersion: '1.0.0',
      globalEnvVars: [{ key: 'A', value: 'a' }],
      commandTests: [
        { name: 'a', command: ['id', '-u', 'root'], exitCode: 2 },
        { name: 'b', command: ['id'] },
        { name: 'c', command: [] },
        { name: 'd' },
      ],
      fileExistenceTests: [{ name: 'e', path: '/e' }],
      fileContentTests: [{ name: 'c', path: '/c' }],
      licenseTests: [{ debian: true }],
    };
    expect(testsOfV1(document)).toEqual({
      ...NONE,
      globalEnvVars: [{ key: 'A', value: 'a' }],
      commandTests: [
        { name: 'a', command: 'id', args: ['-u', 'root'], exitCode: 2 },
        { name: 'b', command: 'id', args: [] },
        { name: 'c', command: '', args: [] },
        { name: 'd', command: '', args: [] },
      ],
      fileExistenceTests: [{ name: 'e', path: '/e' }],
      fileContentTests: [{ name: 'c', path: '/c' }],
      licenseTests: [{ debian: true }],
    });
  });

  it('has none of what is not there', () => {
    expect(testsOfV1({ schemaVersion: '1.0.0' })).toEqual(NONE);
  });
});
