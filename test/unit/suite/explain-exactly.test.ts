import { describe, expect, it } from 'vitest';
import { parseSuiteObject } from '../../../src/suite/index.ts';
import { catchError, listMistakes, suiteWithCase, SUITE_HEAD } from './list-mistakes.ts';

const noValue = '(write a value or remove the key)';
const boolean = (value: string) => `6:41 "exists" must be true or false, not "${value}"`;
const exit = (value: string) => `6:20 "exit" must be an exit code from 0 to 255, not "${value}"`;
const tags = (value: string, hint: string) =>
  `6:11 "tags" must be a list, not ${value} (write it as a list: [${hint}])`;

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ...['true', 'false'].map(
    (value) =>
      [
        `expect: {files: [{path: /x, exists: "${value}"}]}`,
        [`${boolean(value)} (write it without quotes: ${value})`],
      ] as const,
  ),
  ...['yes', 'xtrue', 'falsex', '', '1'].map(
    (value) =>
      [
        `expect: {files: [{path: /x, exists: "${value}"}]}`,
        [value === '' ? '6:41 "exists" must be true or false, not an empty text' : boolean(value)],
      ] as const,
  ),
  ...['0', '12', '300'].map(
    (value) =>
      [
        `expect: {exit: "${value}"}`,
        [`${exit(value)} (write it without quotes: ${value})`],
      ] as const,
  ),
  ...['x1', '1x', '1.5', '-1', ' 1', 'true'].map(
    (value) => [`expect: {exit: "${value}"}`, [exit(value)]] as const,
  ),
  ['expect: {exit: 1.0e2.5}', [exit('1.0e2.5')]],
  ['expect: {exit: true}', ['6:20 "exit" must be an exit code from 0 to 255, not true']],
  [
    'expect: {exit:}',
    [`6:14 "exit" has no value; it must be an exit code from 0 to 255 ${noValue}`],
  ],
  ['tags: a', [tags('"a"', 'a')]],
  ['tags: a_b/c.d-1', [tags('"a_b/c.d-1"', 'a_b/c.d-1')]],
  ['tags: a b', [tags('"a b"', '"a b"')]],
  ['tags: a,b', [tags('"a,b"', '"a,b"')]],
  ["tags: '!a'", [tags('"!a"', '"!a"')]],
  ['tags: a!', [tags('"a!"', '"a!"')]],
  ['tags: true', ['6:11 "tags" must be a list, not true']],
  ['tags: {}', ['6:11 "tags" must be a list, not a mapping']],
  ['tags:', [`6:5 "tags" has no value; it must be a list ${noValue}`]],
  ['stdin: 0x1F', ['6:12 "stdin" must be text, not 0x1F (write it in quotes: "0x1F")']],
  ['stdin: false', ['6:12 "stdin" must be text, not false (write it in quotes: "false")']],
  ['stdin: [a]', ['6:12 "stdin" must be text, not a list']],
  ['stdin: null', [`6:12 "stdin" has no value; it must be text ${noValue}`]],
  [
    'timeout:',
    [
      `6:5 "timeout" has no value; it must be a duration such as 10s, or {default: 10s, emulated: 60s}`,
    ],
  ],
  ['network:', ['6:5 "network" has no value; it must be one of none, host']],
  ['network: 5', ['6:14 "network" must be one of none, host, not 5']],
  [
    'network: hots',
    ['6:14 "network" must be one of none, host, not "hots" (did you mean "host"?)'],
  ],
  [
    'normalize: [5]',
    [
      '6:17 "normalize[0]" must be one of arch, paths, time, pid, address or {replace: …, with: …}, not 5',
    ],
  ],
  [
    'normalize: [frobnicate]',
    [
      '6:17 "normalize[0]" must be one of arch, paths, time, pid, address or {replace: …, with: …}, not "frobnicate"',
    ],
  ],
  [
    'normalize: [{replac: a, with: b}]',
    [
      '6:17 "replace" is missing (it must be a regular expression)',
      '6:18 unknown key "replac" in a normaliser (did you mean "replace"?)',
    ],
  ],
  [
    'normalize: [[]]',
    [
      '6:17 "normalize[0]" must be one of arch, paths, time, pid, address or {replace: …, with: …}, not an empty list',
    ],
  ],
  [
    'expect: {stdout: {contain: a}}',
    ['6:23 unknown key "contain" in an expectation on text (did you mean "contains"?)'],
  ],
  [
    'expect: {stdout: [[{contain: a}]]}',
    ['6:25 unknown key "contain" in an expectation on text (did you mean "contains"?)'],
  ],
  [
    'expect: {stdout: 5}',
    ['6:22 "stdout" must be an expectation on text (a mapping) or a list of them, not 5'],
  ],
  [
    'expect: {stdout: [5]}',
    ['6:23 "stdout[0]" must be an expectation on text (a mapping) or a list of them, not 5'],
  ],
  [
    'expect: {stdout:}',
    ['6:14 "stdout" has no value; it must be an expectation on text (a mapping) or a list of them'],
  ],
  [
    'when: {platfrom: arm64}',
    ['6:12 unknown key "platfrom" in a condition (did you mean "platform"?)'],
  ],
  ['when:', [`6:5 "when" has no value; it must be a condition (a mapping) ${noValue}`]],
  ['env: {"": a}', ['6:11 "" is no name of an environment variable: ""']],
  ['timeout: {"": 1s, default: 1s}', ['6:15 "" cannot be empty']],
  [
    'known: {}',
    [
      '6:12 "cause" is missing (write cause: architecture, emulator, environment or undecided)',
      '6:12 "reason" is missing (say in a sentence why this is accepted)',
    ],
  ],
  [
    'known: [{cause: emulator, reason: r}, 5]',
    ['6:43 "known[1]" must be a known divergence (a mapping), not 5'],
  ],
  ['setup: [[a], [5]]', ['6:19 "setup[1][0]" must be text, not 5 (write it in quotes: "5")']],
  ['with: {db: {}}', ['6:16 "image" is missing (it must be an image reference)']],
  [
    'service: {requests: [{http: {port: 1}}]}',
    ['6:33 "path" is missing (it must be a path such as /health)'],
  ],
  ['user: {a: 1}', ['6:11 "user" must be a user: name, uid or uid:gid, not a mapping']],
];

describe('explainIssues', () => {
  it.each(CASES)('explains %j exactly', (keys, expected) => {
    expect(listMistakes(suiteWithCase(keys))).toEqual(expected);
  });

  it.each([
    [
      'lanes: native\n',
      ['4:8 "lanes" must be a list, not "native" (write it as a list: [native])'],
    ],
    [
      '"x y": 1\na: 2\n',
      [
        '4:1 unknown key "x y" in the suite (the keys here are version, name, subject, lanes, secrets, defaults, cases, bench)',
        '5:1 unknown key "a" in the suite (the keys here are version, name, subject, lanes, secrets, defaults, cases, bench)',
      ],
    ],
    ['defaults:\n', [`4:1 "defaults" has no value; it must be defaults (a mapping) ${noValue}`]],
    [
      'secrets: [1]\n',
      [
        '4:11 "secrets[0]" must be the name of an environment variable, not 1 (write it in quotes: "1")',
      ],
    ],
  ])('explains a suite with %j', (keys, expected) => {
    expect(listMistakes(`${SUITE_HEAD}${keys}cases: [{name: c}]\n`)).toEqual(expected);
  });

  it('explains what only a module can have', () => {
    const suite = {
      version: 1,
      name: undefined,
      subject: { image: 'x' },
      cases: [undefined, { name: 'c', stdin: 1n, env: { A: Symbol('s') }, tags: [undefined] }],
    };
    const { diagnostics } = catchError(() => parseSuiteObject(suite, 's.mjs'));
    expect(diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
      ['"name" is missing', 'write name: and a few words'],
      ['cases[0]: must be a case (a mapping), not nothing', undefined],
      ['cases[1].tags[0]: must be a tag, not nothing', undefined],
      ['cases[1].stdin: must be text, not 1', undefined],
      ['cases[1].env.A: must be text, not a symbol', undefined],
    ]);
  });
});
