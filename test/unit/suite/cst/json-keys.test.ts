import { expect, it } from 'vitest';
import { readKeysInAnyCase } from '../../../../src/suite/cst/json-keys.ts';

const KEYS =
  `schemaVersion globalEnvVars commandTests fileExistenceTests fileContentTests metadataTest licenseTests
containerRunOptions name command args setup teardown envVars exitCode expectedOutput excludedOutput expectedError
excludedError path shouldExist permissions uid gid isExecutableBy expectedContents excludedContents debian files key
value isRegex unboundEnvVars labels entrypoint cmd workdir user exposedPorts unexposedPorts volumes unmountedVolumes
privileged allocateTty envFile capabilities bindMounts network sysctls`.split(/\s+/);

it.each(KEYS)('knows %s in any case', (key) => {
  for (const written of [key, key.toLowerCase(), key.toUpperCase()])
    expect(readKeysInAnyCase({ [written]: 1 })).toEqual({ [key]: 1 });
});

it.each([
  [{ NAMES: 1 }, { NAMES: 1 }],
  [{ Other: { Name: 1 } }, { Other: { name: 1 } }],
  [{ SETUP: [{ Key: 'A', VALUE: 'B' }] }, { setup: [{ key: 'A', value: 'B' }] }],
  [[[{ UID: 1 }]], [[{ uid: 1 }]]],
  [{ name: 1, NAME: 2 }, { name: 2 }],
  [{ NAME: 2, name: 1 }, { name: 1 }],
  [{ SysCtls: { NAME: 'Key' } }, { sysctls: { NAME: 'Key' } }],
  [{ ContainerRunOptions: { sysctls: null } }, { containerRunOptions: { sysctls: null } }],
  [{ name: null }, { name: null }],
  [null, null],
  ['NAME', 'NAME'],
  [5, 5],
  [[], []],
])('reads %j as %j', (written, read) => {
  expect(readKeysInAnyCase(written)).toEqual(read);
});
