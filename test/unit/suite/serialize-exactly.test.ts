import { describe, expect, it } from 'vitest';
import type { CaseDefinition } from '../../../src/core/index.ts';
import { parseSuite, serializeSuite } from '../../../src/suite/index.ts';
import { writeScalar } from '../../../src/suite/write-scalar.ts';

const HEAD = 'version: 1\nname: s\nsubject:\n  image: docker://x\n';
const withCase = (lines: readonly string[]): string =>
  `${HEAD}cases:\n  - name: c\n${lines.map((line) => `    ${line}\n`).join('')}`;

describe('serializeSuite', () => {
  it.each([
    [[]],
    [['tags: [a, b]']],
    [['run: [app, "1"]']],
    [['run: app | sort']],
    [['args: []']],
    [['args: [-v]']],
    [['inspect: files']],
    [['inspect: config', 'compare: [exit]', 'normalize: []']],
    [['inspect: paths', 'expect:', '  files:', '    - path: /x']],
    [['inspect: programs', 'limits:', '  output: 1M']],
    [['env:', '  A: "1"']],
    [['user: app', 'workdir: /w', 'network: host']],
    [['stdin: x', 'setup:', '  - [a, b]', '  - [c]', 'teardown:', '  - [d]']],
    [['timeout: 90s', 'mayKeepRunning: true', 'retries: 2']],
    [['timeout:', '  default: 10s', '  emulated: 1m']],
    [['limits:', '  pids: 5']],
    [['limits:', '  memory: 256M', '  output: 64K']],
    [['when:', '  platform: [linux/arm64]', '  lane: [vm]']],
    [
      [
        'expect:',
        '  exit: 0',
        '  stdout:',
        '    - contains: x',
        '    - not:',
        '        equals: ""',
      ],
    ],
    [['compare: []']],
    [['compare: [stdout]', 'normalize: [arch]']],
    [['compare: [files]', 'files: [/out/**]']],
    [['known:', '  cause: emulator', '  reason: r']],
    [['known:', '  - cause: emulator', '    reason: r', '  - cause: undecided', '    reason: q']],
    [['pid1: subject']],
  ])('writes a case with %j as it is written', (lines) => {
    expect(serializeSuite(parseSuite(withCase(lines), '<s>'))).toBe(withCase(lines));
  });

  it.each([
    [
      'what is the default',
      [
        'network: none',
        'retries: 0',
        'pid1: init',
        'compare: [exit, stdout]',
        'limits: {output: 1M}',
        'tags: []',
        'env: {}',
        'setup: []',
        'expect: {}',
        'when: {lane: vm}',
      ],
      ['when:', '  lane: [vm]'],
    ],
    [
      'one known divergence',
      ['known: [{cause: emulator, reason: r}]'],
      ['known:', '  cause: emulator', '  reason: r'],
    ],
    [
      'texts that repeat',
      ['run: [a, a]', 'env: {A: a, B: a}'],
      ['run: [a, a]', 'env:', '  A: a', '  B: a'],
    ],
    ['a long command', [`run: [${'word, '.repeat(40)}end]`], [`run: [${'word, '.repeat(40)}end]`]],
  ])('writes %s shortly', (_what, lines, expected) => {
    expect(serializeSuite(parseSuite(withCase(lines), '<s>'))).toBe(withCase(expected));
  });

  it('writes lanes, secrets and binaries', () => {
    const file = process.execPath;
    const text = `version: 1\nname: s\nsubject:\n  binary:\n    linux/arm64: ${file}\nlanes: [native, vm]\nsecrets: [A]\ncases:\n  - name: c\n    stdinFile: ${file}\n    fixtures: [${file}]\n`;
    expect(serializeSuite(parseSuite(text, '<s>'))).toBe(text);
  });

  it('says what it cannot write', () => {
    const suite = parseSuite(`${HEAD}cases: [{name: a}, {name: b}]`, '<s>');
    const [first, second] = suite.cases;
    if (first === undefined || second === undefined) throw new Error('no cases');
    const writing =
      (...cases: CaseDefinition[]) =>
      () =>
        serializeSuite({ ...suite, cases });
    const companions = 'a case with containers of its own cannot be written';
    const service = parseSuite(
      `${HEAD}cases: [{name: c, service: {ready: {port: 1}, requests: [{http: {path: /}}]}}]`,
      '<s>',
    ).cases[0];
    if (service === undefined) throw new Error('no service');
    expect(writing()).toThrow('a suite without cases cannot be written');
    expect(writing(first, { ...second, subject: { kind: 'image', reference: 'y' } })).toThrow(
      'a suite whose cases have several subjects cannot be written',
    );
    expect(writing({ ...first, with: [] })).toThrow(companions);
    expect(writing(service)).toThrow(companions);
    expect(writing({ ...first, timeout: { kind: 'scaled', nativeMs: 9999 } })).toThrow(
      'only the built-in default of a scaled timeout can be written',
    );
    const shared = [['x']];
    expect(writing({ ...first, setup: shared, teardown: shared })()).toBe(
      `${HEAD}cases:\n  - name: a\n    setup:\n      - [x]\n    teardown:\n      - [x]\n`,
    );
    expect(writing({ ...first, when: {}, expect: {} })()).toBe(`${HEAD}cases:\n  - name: a\n`);
    expect(writing(first, structuredClone(second))()).toBe(
      `${HEAD}cases:\n  - name: a\n  - name: b\n`,
    );
  });
});

describe('writeScalar', () => {
  it.each([
    ['plain', 'plain', 'plain', 'plain'],
    ['', '""', '""', '""'],
    ['a, b', '"a, b"', 'a, b', 'a, b'],
    ['[a', '"[a"', '"[a"', '"[a"'],
    ['no', 'no', 'no', '"no"'],
    ['1:30', '1:30', '1:30', '"1:30"'],
    ['true', '"true"', '"true"', '"true"'],
    ['5', '"5"', '"5"', '"5"'],
    ['a\nb', '"a\\nb"', '"a\\nb"', '"a\\nb"'],
    ['\u0007', '"\\u0007"', '"\\u0007"', '"\\u0007"'],
    ['x'.repeat(200), 'x'.repeat(200), 'x'.repeat(200), 'x'.repeat(200)],
    [
      'x y '.repeat(60).trim(),
      'x y '.repeat(60).trim(),
      'x y '.repeat(60).trim(),
      'x y '.repeat(60).trim(),
    ],
  ])('writes %j', (text, flow, block, anyVersion) => {
    expect(writeScalar(text)).toBe(flow);
    expect(writeScalar(text, { where: 'flow', anyVersion: false })).toBe(flow);
    expect(writeScalar(text, { where: 'block' })).toBe(block);
    expect(writeScalar(text, { where: 'block', anyVersion: true })).toBe(anyVersion);
  });
});
