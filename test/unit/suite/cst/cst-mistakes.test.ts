import { expect, it } from 'vitest';
import type { ForeignOptions } from '../../../../src/suite/foreign-options.ts';
import { catchError } from '../list-mistakes.ts';
import { parseSuiteOf } from './parse.ts';

function mistakesOf(text: string, options: Partial<ForeignOptions> = {}): string[] {
  return catchError(() => parseSuiteOf(text, options)).diagnostics.map(
    ({ position: { line, column }, message, hint }) =>
      `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

const V1 = 'schemaVersion: 1.0.0\n';
const V2 = 'schemaVersion: 2.0.0\n';
const ONE = 'commandTests: [{name: t, command: id}]\n';

const STEP = 'write each command as a list of its own: [[mkdir, -p, /out]]';
const NEEDED = 'every test needs one';
const BIND = 'write HOST-PATH:/PATH-IN-THE-CONTAINER, with :ro behind it for a read-only one';

const LISTS = [
  'globalEnvVars',
  'commandTests',
  'fileExistenceTests',
  'fileContentTests',
  'licenseTests',
];

it.each(LISTS)('refuses a mapping for the list %s', (key) => {
  const mistakes = [`2:${key.length + 3} "${key}" must be a list, not a mapping`];
  expect(mistakesOf(`${V1}${key}: {}`)).toEqual(mistakes);
  expect(mistakesOf(`${V2}${key}: {}`)).toEqual(mistakes);
});

it.each<[string, string[]]>([
  ['5', ['1:1 the file must be a mapping, and not nested too deeply']],
  ['[a]', ['1:1 the file must be a mapping, and not nested too deeply']],
  [
    `${V2}x: ${'['.repeat(101)}${']'.repeat(101)}`,
    ['1:1 the file must be a mapping, and not nested too deeply'],
  ],
  ['commandTests: []', ['1:1 "schemaVersion" is missing (write schemaVersion: "2.0.0")']],
  ['schemaVersion:', ['1:1 "schemaVersion" is missing (write schemaVersion: "2.0.0")']],
  ['schemaVersion: ""', ['1:1 "schemaVersion" is missing (write schemaVersion: "2.0.0")']],
  [
    'schemaVersion: 2.0.1',
    ['1:16 "schemaVersion" must be "1.0.0" or "2.0.0" (the newest is "2.0.0")'],
  ],
  ['schemaVersion: 2', ['1:16 "schemaVersion" must be "1.0.0" or "2.0.0" (the newest is "2.0.0")']],
  [V1, ['1:1 the file has no tests']],

  [
    `${V2}commandTests: [x]`,
    ['2:16 "commandTests[0]" must be a command test (a mapping), not "x"'],
  ],
  [
    `${V2}commandTests: [{}]`,
    [
      `2:16 "commandTests[0]" has no name (${NEEDED})`,
      `2:16 "commandTests[0]" has no command (${NEEDED})`,
    ],
  ],
  [
    `${V2}commandTests: [{name: "", command: ~}]`,
    [
      `2:16 "commandTests[0]" has no name (${NEEDED})`,
      `2:16 "commandTests[0]" has no command (${NEEDED})`,
    ],
  ],
  [
    `${V1}commandTests: [{name: t, command: []}, {command: [x]}]`,
    [
      `2:16 "commandTests[0]" has no command (${NEEDED})`,
      `2:40 "commandTests[1]" has no name (${NEEDED})`,
    ],
  ],
  [
    `${V2}fileExistenceTests: [{path: /a}, {name: a}]`,
    [
      `2:22 "fileExistenceTests[0]" has no name (${NEEDED})`,
      `2:34 "fileExistenceTests[1]" has no path (${NEEDED})`,
    ],
  ],
  [
    `${V1}fileExistenceTests: [{path: /a}, {name: a}, {name: a, path: /, uid: 1}]`,
    [
      `2:22 "fileExistenceTests[0]" has no name (${NEEDED})`,
      `2:34 "fileExistenceTests[1]" has no path (${NEEDED})`,
      '2:64 unknown key "uid" in a file existence test of schema version 1.0.0 (the keys here are name, path, shouldExist, permissions)',
    ],
  ],
  [
    `${V2}fileContentTests: [{path: /a}, {name: a}]`,
    [
      `2:20 "fileContentTests[0]" has no name (${NEEDED})`,
      `2:32 "fileContentTests[1]" has no path (${NEEDED})`,
    ],
  ],
  [
    `${V1}fileContentTests: [{path: /a}, {name: a}]`,
    [
      `2:20 "fileContentTests[0]" has no name (${NEEDED})`,
      `2:32 "fileContentTests[1]" has no path (${NEEDED})`,
    ],
  ],

  [
    `${V2}commandTests: [{name: t, command: id, exitCode: 1.5}]`,
    ['2:49 "exitCode" must be a whole number, not 1.5'],
  ],
  [
    `${V2}commandTests: [{name: t, command: id, args: x}]`,
    ['2:45 "args" must be a list, not "x" (write it as a list: [x])'],
  ],
  [
    `${V2}commandTests: [{name: t, command: id, setup: [mkdir]}]`,
    [`2:47 "setup[0]" must be a command (a list of words), not "mkdir" (${STEP})`],
  ],
  [
    `${V2}commandTests: [{name: t, command: id, teardown: [[]]}]`,
    [`2:50 "teardown[0]" needs at least one word: the program (${STEP})`],
  ],
  [
    `${V2}commandTests: [{name: t, command: id, envVars: [{key: "", value: a}, {key: A, value: ""}, {key: "", value: ~}]}]`,
    [
      '2:55 "key" cannot be empty',
      '2:70 "envVars[1]" needs a value that is not empty',
      '2:91 "envVars[2]" needs a value that is not empty',
      '2:97 "key" cannot be empty',
    ],
  ],
  [
    `${V2}commandTests: [{name: t, command: id, envVars: [{value: a}]}]`,
    ['2:49 "key" is missing (it must be text)'],
  ],
  [
    `${V2}commandTests: [{name: t, command: id, expectedOutput: ['(a'], excludedOutput: ['a)'], expectedError: ['\\1'], excludedError: [a, '*']}]`,
    [
      '2:56 "expectedOutput[0]" is no RE2 regular expression: "(a" has a missing closing ): `(a` (write \\( and \\) for the characters themselves)',
      '2:80 "excludedOutput[0]" is no RE2 regular expression: "a)" has an unexpected ): `a)` (write \\( and \\) for the characters themselves)',
      '2:103 "expectedError[0]" is no RE2 regular expression: "\\\\1" has an invalid escape sequence: `\\1` (RE2 has no back-references)',
      '2:129 "excludedError[1]" is no RE2 regular expression: "*" has a missing argument to repetition operator: `*`',
    ],
  ],
  [
    `${V2}fileContentTests: [{name: t, path: /, expectedContents: ['['], excludedContents: ['[']}]`,
    [
      '2:58 "expectedContents[0]" is no RE2 regular expression: "[" has a missing closing ]: `[`',
      '2:83 "excludedContents[0]" is no RE2 regular expression: "[" has a missing closing ]: `[`',
    ],
  ],

  [
    `${V2}metadataTest: {entrypoint: sh, cmd: {a: b}}`,
    [
      '2:28 "entrypoint" must be a list, not "sh" (write it as a list: [sh])',
      '2:37 "cmd" must be a list, not a mapping',
    ],
  ],
  [
    `${V2}metadataTest: {exposedPorts: [80, ""], volumes: [~, /a], unmountedVolumes: [""]}`,
    ['2:35 "exposedPorts[1]" cannot be empty', '2:50 "volumes[0]" cannot be empty'],
  ],
  [
    `${V2}metadataTest: {envVars: [{key: A, value: '[', isRegex: true}, {key: B, value: '['}, {key: C, isRegex: true}]}`,
    ['2:42 "value" is no RE2 regular expression: "[" has a missing closing ]: `[`'],
  ],
  [
    `${V2}metadataTest: {labels: [{key: A, value: '(?!x)', isRegex: yes}]}`,
    [
      '2:41 "value" is no RE2 regular expression: "(?!x)" has an invalid or unsupported Perl syntax: `(?!` (RE2 has no look-ahead and no look-behind)',
    ],
  ],
  [
    `${V2}licenseTests: [{debian: si, files: /a}]`,
    [
      '2:25 "debian" must be true or false, not "si"',
      '2:36 "files" must be a list, not "/a" (write it as a list: [/a])',
    ],
  ],
  [
    `${V2}${ONE}containerRunOptions: {bindMounts: [x], network: y, envFile: z}`,
    [
      `3:36 "bindMounts[0]" is no bind mount: "x" (${BIND})`,
      '3:49 "network" names a network that is not to be had here: "y" (none, host, bridge and default are)',
      '3:61 "envFile" names a file that does not exist: "z" (it was looked for in / and /tests)',
    ],
  ],
  [
    `${V2}${ONE}containerRunOptions: {sysctls: [a], privileged: 1}`,
    [
      '3:32 "sysctls" must be a mapping, not a list',
      '3:49 "privileged" must be true or false, not 1',
    ],
  ],
])('refuses %j', (text, mistakes) => {
  expect(mistakesOf(text)).toEqual(mistakes);
});

it.each([
  [V2, 'a mistake'],
  [`${V2}commandTests: [{}]`, '2 mistakes'],
])('counts the mistakes of %j', (text, count) => {
  const { advice, code, exitCode, message } = catchError(() => parseSuiteOf(text));
  expect({ advice, code, exitCode, message }).toEqual({
    advice: 'Correct the places named: container-structure-test does not run it either.',
    code: 'STRUCTURE_TEST_INVALID',
    exitCode: 2,
    message: `The container-structure-test file /tests/cst.yaml has ${count}.`,
  });
});

it('knows no run options in version 1.0.0', () => {
  expect(mistakesOf(`${V1}containerRunOptions: {}`)[0]).toMatch(
    /^2:1 unknown key "containerRunOptions"/,
  );
});
