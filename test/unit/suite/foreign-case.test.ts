import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/core/index.ts';
import { buildForeignCase, nameApart, type ForeignCase } from '../../../src/suite/foreign-case.ts';

const SUBJECT: Subject = { kind: 'image', reference: 'oci:x' };
const TEST: ForeignCase = {
  name: 'c',
  tags: ['command'],
  command: { kind: 'run', argv: ['id'] },
  expect: { exit: 0 },
  position: { file: 'x.yaml', line: 2, column: 3 },
};

const build = (test: Partial<ForeignCase> = {}) =>
  buildForeignCase({ ...TEST, ...test }, { suite: 's', subject: SUBJECT });

describe('a case of another tool', () => {
  it('has no deadline of a case of ours and keeps all output', () => {
    expect(build()).toEqual({
      ...TEST,
      id: 's/c',
      suite: 's',
      subject: SUBJECT,
      env: {},
      network: 'none',
      fixtures: [],
      setup: [],
      teardown: [],
      timeout: { kind: 'scaled', nativeMs: 120_000 },
      retries: 0,
      limits: { outputBytes: 8_388_608 },
      compare: ['exit', 'stdout'],
      normalize: ['arch', 'paths', 'time', 'pid', 'address'],
      known: [],
      pid1: 'init',
    });
  });

  it.each([
    ['paths', ['files'], ['arch', 'time']],
    ['config', ['exit', 'stdout'], ['arch', 'time']],
    ['files', ['exit', 'stdout'], []],
  ] as const)('that looks at %s has what such a case has', (what, compare, normalize) => {
    expect(build({ command: { kind: 'inspect', what } })).toMatchObject({
      limits: { outputBytes: 134_217_728 },
      compare,
      normalize,
    });
  });

  it('says for itself what is otherwise', () => {
    const own = {
      env: { A: '1' },
      network: 'host',
      setup: [['a']],
      teardown: [['b']],
      timeout: { kind: 'literal', ms: 5, byLane: {} },
      compare: [],
      user: 'app',
    } as const;
    expect(build(own)).toEqual({ ...build(), ...own });
  });
});

describe('nameApart', () => {
  const one = (name: string, ...tags: string[]): ForeignCase => ({ ...TEST, name, tags });

  it.each([
    [[], []],
    [
      [one('a', 'file'), one('b', 'file')],
      ['a', 'b'],
    ],
    [
      [one('a', 'file'), one('a', 'user'), one('a', 'port')],
      ['a', 'a (user)', 'a (port)'],
    ],
    [
      [one('a', 'x'), one('a', 'x'), one('a', 'x'), one('a', 'x')],
      ['a', 'a (x)', 'a (2)', 'a (3)'],
    ],
    [
      [one('a (2)', 'y'), one('a', 'x'), one('a', 'x'), one('a', 'x')],
      ['a (2)', 'a', 'a (x)', 'a (3)'],
    ],
    [
      [one('a (x)', 'y'), one('a', 'x'), one('a', 'x')],
      ['a (x)', 'a', 'a (2)'],
    ],
    [
      [one('a', 'x', 'y'), one('a', 'x', 'y')],
      ['a', 'a (x)'],
    ],
    [
      [one('a'), one('a')],
      ['a', 'a ()'],
    ],
  ])('gives each of %j a name of its own', (cases, names) => {
    expect(nameApart(cases)).toEqual(cases.map((test, at) => ({ ...test, name: names[at] })));
  });
});
