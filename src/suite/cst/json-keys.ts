import { isMapping } from '../mistake.ts';

/** All keys of these files, whatever they are in. */
const KEYS = [
  ...['schemaVersion', 'globalEnvVars', 'commandTests', 'fileExistenceTests', 'fileContentTests'],
  ...['metadataTest', 'licenseTests', 'containerRunOptions'],
  ...['name', 'command', 'args', 'setup', 'teardown', 'envVars', 'exitCode'],
  ...['expectedOutput', 'excludedOutput', 'expectedError', 'excludedError'],
  ...['path', 'shouldExist', 'permissions', 'uid', 'gid', 'isExecutableBy'],
  ...['expectedContents', 'excludedContents', 'debian', 'files', 'key', 'value', 'isRegex'],
  ...['unboundEnvVars', 'labels', 'entrypoint', 'cmd', 'workdir', 'user'],
  ...['exposedPorts', 'unexposedPorts', 'volumes', 'unmountedVolumes'],
  ...['privileged', 'allocateTty', 'envFile', 'capabilities', 'bindMounts', 'network'],
];

const BY_LOWER_CASE: ReadonlyMap<string, string> = new Map(
  KEYS.map((key) => [key.toLowerCase(), key]),
);

/** Its keys are the caller's own. */
const SYSCTLS = 'sysctls';

/**
 * A document of JSON with its keys as they are documented: Go's reader of JSON knows them in any case, and of two
 * that are the same to it the later counts (encoding/json, Unmarshal).
 */
export function readKeysInAnyCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readKeysInAnyCase);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const lower = key.toLowerCase();
      return lower === SYSCTLS
        ? [SYSCTLS, item]
        : [BY_LOWER_CASE.get(lower) ?? key, readKeysInAnyCase(item)];
    }),
  );
}
