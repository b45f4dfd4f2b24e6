import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CaseDefinition } from '../../../src/core/index.ts';
import { applySettings, buildSuite, type BuildContext } from '../../../src/suite/build-suite.ts';
import { makeCase } from '../plan/make-case.ts';

type Document = Parameters<typeof buildSuite>[0];
type Case = NonNullable<Document['cases']>[number];

const CONTEXT: BuildContext = {
  file: '/suites/s.yaml',
  subject: undefined,
  positionOf: () => undefined,
};
const DOCUMENT: Document = { version: 1, name: 's', subject: { image: 'docker://x' } };

function build(document: Partial<Document>, context: Partial<BuildContext> = {}) {
  return buildSuite({ ...DOCUMENT, ...document }, { ...CONTEXT, ...context });
}

function buildOne(keys: Omit<Case, 'name'>, defaults?: Document['defaults']): CaseDefinition {
  const { cases } = build({ cases: [{ name: 'c', ...keys }], ...(defaults ? { defaults } : {}) });
  const [first] = cases;
  if (first === undefined) throw new Error('no case');
  return first;
}

/** What build-suite.test.ts pins of a case that says nothing. */
const PLAIN = makeCase({
  limits: { outputBytes: 1_048_576 },
  normalize: ['arch', 'paths', 'time', 'pid', 'address'],
});

const DEFAULTS = {
  timeout: '5s',
  env: { A: '1', B: '1' },
  user: 0,
  workdir: '/d',
  network: 'host',
  retries: 3,
  limits: { pids: 5, memory: '1G', output: '2M' },
  compare: ['stderr'],
  normalize: ['time'],
  pid1: 'subject',
} as const satisfies Readonly<Record<string, unknown>> as unknown as NonNullable<
  Document['defaults']
>;

const OF_DEFAULTS = {
  timeout: { kind: 'literal', ms: 5000, byLane: {} },
  env: { A: '1', B: '1' },
  user: '0',
  workdir: '/d',
  network: 'host',
  retries: 3,
  limits: { pids: 5, memoryBytes: 1_073_741_824, outputBytes: 2_097_152 },
  compare: ['stderr'],
  normalize: ['time'],
  pid1: 'subject',
} as const;

describe('a case that is built', () => {
  it.each([
    [{}, undefined, {}],
    [{}, DEFAULTS, OF_DEFAULTS],
    [
      { timeout: { default: '1s', vm: '2m' }, env: { B: '2' }, user: 'app', workdir: '/c' },
      DEFAULTS,
      {
        ...OF_DEFAULTS,
        timeout: { kind: 'literal', ms: 1000, byLane: { vm: 120_000 } },
        env: { A: '1', B: '2' },
        user: 'app',
        workdir: '/c',
      },
    ],
    [
      {
        network: 'none',
        retries: 0,
        limits: { pids: 9 },
        compare: [],
        normalize: [],
        pid1: 'init',
      },
      DEFAULTS,
      {
        ...OF_DEFAULTS,
        network: 'none',
        retries: 0,
        limits: { ...OF_DEFAULTS.limits, pids: 9 },
        compare: [],
        normalize: [],
        pid1: 'init',
      },
    ],
    [
      { inspect: 'paths' },
      DEFAULTS,
      {
        command: { kind: 'inspect', what: 'paths' },
        limits: { outputBytes: 134_217_728 },
        compare: ['files'],
        normalize: ['arch', 'time'],
      },
    ],
    [{ stdin: '' }, undefined, { stdin: { text: '' } }],
    [{ stdinFile: 'in' }, undefined, { stdin: { file: '/suites/in' } }],
    [{ fixtures: ['a', '/b'] }, undefined, { fixtures: ['/suites/a', '/b'] }],
    [{ mayKeepRunning: true, files: ['/x'] }, undefined, { mayKeepRunning: true, files: ['/x'] }],
    [{ when: { lane: ['a', 'b'] } }, undefined, { when: { lane: ['a', 'b'] } }],
    [{ when: { platform: 'arm64' } }, undefined, { when: { platform: ['linux/arm64'] } }],
    [
      { known: { cause: 'emulator', reason: 'r', at: undefined } },
      undefined,
      { known: [{ cause: 'emulator', reason: 'r' }] },
    ],
  ] as [Omit<Case, 'name'>, Document['defaults'], Partial<CaseDefinition>][])(
    'has what %j and the defaults say: %#',
    (keys, defaults, expected) => {
      expect(buildOne(keys, defaults)).toStrictEqual({ ...PLAIN, ...expected });
    },
  );

  it('refuses a quantity that the schema should have refused', () => {
    const message = 'the schema let a bad quantity through';
    for (const bad of [
      { timeout: 'x' },
      { timeout: {} },
      { timeout: { default: '1s', vm: 'x' } },
      { limits: { memory: 'x' } },
      { limits: { output: 'x' } },
    ])
      expect(() => buildOne(bad)).toThrow(new TypeError(message));
  });
});

describe('a suite that is built', () => {
  it('has what its document says', () => {
    expect(build({})).toStrictEqual({
      version: 1,
      name: 's',
      file: '/suites/s.yaml',
      lanes: [],
      secrets: [],
      cases: [],
    });
    const file = path.relative('.', '/suites/s.yaml');
    expect(build({}, { file }).file).toBe('/suites/s.yaml');
    expect(build({}, { file: '<made>' }).file).toBe('<made>');
    expect(build({}, { file: 'a<b>' }).file).toBe(path.resolve('a<b>'));
  });

  it.each([
    [
      { binary: { arm64: 'a', 'linux/amd64': '/b' } },
      { kind: 'binary', paths: { 'linux/arm64': '/suites/a', 'linux/amd64': '/b' } },
    ],
    [
      { image: 'oci:x', binary: { arm64: 'a' } },
      { kind: 'image', reference: 'oci:/suites/x' },
    ],
    [undefined, { kind: 'binary', paths: {} }],
  ] as [Document['subject'], CaseDefinition['subject']][])(
    'has the subject %j',
    (subject, expected) => {
      expect(build({ subject, cases: [{ name: 'c' }] }).cases[0]?.subject).toEqual(expected);
      const own = { kind: 'image', reference: 'own' } as const;
      expect(build({ subject, cases: [{ name: 'c' }] }, { subject: own }).cases[0]?.subject).toBe(
        own,
      );
    },
  );

  it('knows where each case begins', () => {
    const positionOf = (index: number) =>
      index === 0 ? undefined : { file: 'f', line: index, column: 1 };
    const { cases } = build({ cases: [{ name: 'a' }, { name: 'b' }] }, { positionOf });
    expect(cases.map(({ id, position }) => [id, position])).toEqual([
      ['s/a', undefined],
      ['s/b', { file: 'f', line: 1, column: 1 }],
    ]);
    expect(cases[0]).not.toHaveProperty('position');
  });

  it('has benchmarks, with the defaults of cases', () => {
    const bench: NonNullable<Document['bench']> = [
      { name: 'c', run: 'app | sort', metrics: ['wall', 'memory', 'sys'] },
      { name: 'd', args: ['x'] },
    ];
    const shared = { ...PLAIN, ...OF_DEFAULTS };
    expect(build({ bench, defaults: DEFAULTS }).bench).toStrictEqual([
      {
        name: 's/c',
        definition: { ...shared, command: { kind: 'shell', script: 'app | sort' } },
        metrics: ['wallMs', 'maxRssKb', 'sysMs'],
        prepare: [],
        conclude: [],
        usesShell: true,
      },
      {
        name: 's/d',
        definition: { ...shared, id: 's/d', name: 'd', command: { kind: 'subject', args: ['x'] } },
        metrics: ['wallMs'],
        prepare: [],
        conclude: [],
        usesShell: false,
      },
    ]);
  });
});

describe('applySettings', () => {
  const before: CaseDefinition = { ...PLAIN, limits: { outputBytes: 7, pids: 3 } };

  it.each([
    [{}, {}],
    [
      { compare: [], network: 'host', normalize: [], retries: 2 },
      { compare: [], network: 'host', normalize: [], retries: 2 },
    ],
    [{ known: [] }, { known: [] }],
    [
      { known: { cause: 'emulator', reason: 'r' } },
      { known: [{ cause: 'emulator', reason: 'r' }] },
    ],
    [{ limits: {} }, { limits: { outputBytes: 7 } }],
    [
      { limits: { output: '1K', memory: '2K' } },
      { limits: { outputBytes: 1024, memoryBytes: 2048 } },
    ],
    [{ timeout: '1s' }, { timeout: { kind: 'literal', ms: 1000, byLane: {} } }],
  ] as [Parameters<typeof applySettings>[1], Partial<CaseDefinition>][])(
    'lays %j over a case',
    (settings, expected) => {
      expect(applySettings(before, settings)).toStrictEqual({ ...before, ...expected });
    },
  );
});
