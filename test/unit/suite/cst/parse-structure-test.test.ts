import { describe, expect, it } from 'vitest';
import type { ForeignOptions } from '../../../../src/suite/foreign-options.ts';
import { catchError } from '../list-mistakes.ts';
import { parseSuiteOf } from './parse.ts';

function mistakesOf(text: string, options: Partial<ForeignOptions> = {}): string[] {
  const error = catchError(() => parseSuiteOf(text, options));
  expect(error).toMatchObject({ code: 'STRUCTURE_TEST_INVALID', exitCode: 2 });
  return error.diagnostics.map(
    ({ position, message }) => `${position.line}:${position.column} ${message}`,
  );
}

const V2 = 'schemaVersion: 2.0.0\n';
const ONE = 'commandTests: [{name: t, command: id}]\n';

describe('parseStructureTest', () => {
  it.each([
    // What public files have of older versions of the tool, and what it refuses.
    [
      `${V2}metadataTest:\n  env: [{key: A, value: b}]`,
      '3:3 unknown key "env" in the metadata test',
    ],
    [
      `${V2}fileExistenceTests:\n- name: d\n  path: /d\n  isDirectory: true`,
      '5:3 unknown key "isDirectory" in a file existence test',
    ],
    [
      `${V2}envVariableTests:\n- {name: e}`,
      '2:1 unknown key "envVariableTests" in a container-structure-test file',
    ],
    [`${V2}${ONE}timeout: 3`, '3:1 unknown key "timeout" in a container-structure-test file'],
    [V2, '1:1 the file has no tests'],
    [`${V2}commandTests: []`, '1:1 the file has no tests'],
    [`${V2}metadataTest: {}`, '1:1 the file has no tests'],
    [ONE, '1:1 "schemaVersion" is missing'],
    [`schemaVersion: 3.0.0\n${ONE}`, '1:16 "schemaVersion" must be "1.0.0" or "2.0.0"'],
    [
      `schemaVersion: 1.0.0\ncommandTests: [{name: t, command: [id], args: [x]}]`,
      '2:41 unknown key "args" in a command test of schema version 1.0.0',
    ],
    [
      `schemaVersion: 1.0.0\nmetadataTest: {workdir: /}`,
      '2:1 unknown key "metadataTest" in a container-structure-test file of schema version 1.0.0',
    ],
    [
      `schemaVersion: 1.0.0\ncommandTests: [{name: t, command: id}]`,
      '2:35 "command" must be a list, not "id"',
    ],
    [`${V2}commandTests: [{name: t, command: [id]}]`, '2:35 "command" must be text, not a list'],
    [`${V2}commandTests: [{command: id}]`, '2:16 "commandTests[0]" has no name'],
    [`${V2}commandTests: [{name: t}]`, '2:16 "commandTests[0]" has no command'],
    [`${V2}fileContentTests: [{name: t}]`, '2:20 "fileContentTests[0]" has no path'],
    [
      `${V2}commandTests: [{name: t, command: id, expectedOutput: ['(?<=x)']}]`,
      '2:56 "expectedOutput[0]" is no RE2 regular expression: "(?<=x)" has an invalid named capture: `(?<=x)`',
    ],
    [
      `${V2}commandTests: [{name: t, command: id, setup: [[]]}]`,
      '2:47 "setup[0]" needs at least one word: the program',
    ],
    [
      `${V2}commandTests: [{name: t, command: id, envVars: [{key: A}]}]`,
      '2:49 "envVars[0]" needs a value that is not empty',
    ],
    [`${V2}metadataTest: {workdir: [""]}`, '2:25 "workdir" must be text, not a list'],
    [
      `${V2}fileExistenceTests: [{name: t, path: /, isExecutableBy: all}]`,
      '2:57 "isExecutableBy" must be one of owner, group, other, any, not "all"',
    ],
    [
      `${V2}fileExistenceTests: [{name: t, path: /, shouldExist: maybe}]`,
      '2:54 "shouldExist" must be true or false, not "maybe"',
    ],
    [
      `${V2}${ONE}containerRunOptions: {bindMounts: [data]}`,
      '3:36 "bindMounts[0]" is no bind mount: "data"',
    ],
    [
      `${V2}${ONE}containerRunOptions: {envFile: no.env}`,
      '3:32 "envFile" names a file that does not exist: "no.env"',
    ],
  ])('refuses %j', (text, mistake) => {
    expect(mistakesOf(text)).toEqual([mistake]);
  });

  it('reads JSON as the tool does: what it does not know is passed over', () => {
    const text =
      '{"schemaVersion":"2.0.0","$schema":"x","commandTests":[{"name":"t","command":"id","why":1}]}';
    expect(parseSuiteOf(text, { isJson: true }).cases).toHaveLength(1);
    expect(
      mistakesOf('{"schemaVersion":"2.0.0","x":1,"commandTests":[{"name":"t"}]}', { isJson: true }),
    ).toEqual(['1:48 "commandTests[0]" has no command']);
  });

  it('knows the keys of JSON in any case, as Go does, and those of YAML in theirs', () => {
    const text =
      '{"SchemaVersion":"2.0.0","FILEEXISTENCETESTS":[{"Name":"a","PATH":"/x","ShouldExist":false}]}';
    const [test] = parseSuiteOf(text, { isJson: true }).cases;
    expect(test?.expect.files).toMatchObject([{ path: '/x', exists: false }]);
    expect(
      mistakesOf('schemaVersion: 2.0.0\nfileExistenceTests: [{name: a, Path: /x}]'),
    ).not.toEqual([]);
    const sysctls = `{"schemaVersion":"2.0.0","commandTests":[{"name":"t","command":"a"}],
      "containerRunOptions":{"Sysctls":{"net.ipv4.NAME":"1"}}}`;
    expect(parseSuiteOf(sysctls, { isJson: true }).cases[0]?.container?.sysctls).toEqual({
      'net.ipv4.NAME': '1',
    });
  });

  it('runs commands, contents, existence, licenses, metadata, and names each apart', () => {
    const suite = parseSuiteOf(`${V2}metadataTest: {workdir: /}
licenseTests: [{debian: true}]
fileExistenceTests: [{name: a/b, path: /a}, {name: a/b, path: /b}]
fileContentTests: [{name: a/b, path: /a}]
commandTests: [{name: a/b, command: id}]`);
    expect(suite).toMatchObject({ name: 'cst', format: 'container-structure-test' });
    expect(suite.cases.map(({ id }) => id)).toEqual([
      'cst/a/b',
      'cst/a/b (file-content)',
      'cst/a/b (file-existence)',
      'cst/a/b (2)',
      'cst/licenses',
      'cst/metadata',
    ]);
  });
});
