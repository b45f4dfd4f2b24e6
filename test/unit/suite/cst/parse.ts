import { readYaml } from '../../../../src/suite/read-yaml.ts';
import { parseStructureTest } from '../../../../src/suite/cst/parse-structure-test.ts';
import type { ForeignOptions } from '../../../../src/suite/foreign-options.ts';
import type { CaseDefinition, Suite } from '../../../../src/core/index.ts';

const FILE = '/tests/cst.yaml';

/** A file with a test of every kind. */
export const ALL = `schemaVersion: 2.0.0
globalEnvVars: [{key: G, value: g}]
commandTests:
- {name: machine, command: uname, args: [-m], envVars: [{key: O, value: $G}], expectedOutput: [x86_64]}
- {name: user, command: id}
fileContentTests: [{name: release, path: /etc/os-release, expectedContents: [amd64]}]
fileExistenceTests: [{name: shell, path: /bin/$G}]
licenseTests: [{debian: true}]
metadataTest: {envVars: [{key: A, value: a}, {key: B, value: b}], user: app}
`;

/** The suite of a container-structure-test file. */
export function parseSuiteOf(text: string, options: Partial<ForeignOptions> = {}): Suite {
  const reading = readYaml(text, options.file ?? FILE, { merge: true });
  if ('diagnostics' in reading) throw new TypeError('the YAML of the test is wrong');
  return parseStructureTest(reading.value, reading.source, {
    file: FILE,
    subject: { kind: 'image', reference: 'oci:/image' },
    isStrict: false,
    isJson: false,
    cwd: '/',
    environment: {},
    ...options,
  });
}

/** The only case of a file of schema version 2.0.0. */
export function parseOne(body: string, options: Partial<ForeignOptions> = {}): CaseDefinition {
  const [definition, ...others] = parseSuiteOf(`schemaVersion: 2.0.0\n${body}`, options).cases;
  if (definition === undefined || others.length > 0) throw new TypeError('not one case');
  return definition;
}
