import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGoss } from '../../../../src/suite/goss/parse-goss.ts';
import { createModuleSource } from '../../../../src/suite/suite-source.ts';
import type { FileLayers } from '../../../../src/suite/file-layers.ts';
import type { ForeignOptions } from '../../../../src/suite/foreign-options.ts';
import { catchError } from '../list-mistakes.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parity-layers-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function parse(text: string, options: Partial<ForeignOptions> = {}) {
  return parseGoss(text, {
    file: path.join(directory, 'goss.yaml'),
    subject: { kind: 'image', reference: 'oci:/image' },
    ...{ isStrict: false, isJson: false, cwd: '/', environment: { N: 'n' } },
    ...options,
  });
}

function layersOf(value: FileLayers['value']): FileLayers {
  const file = '/project.yaml';
  return { file, source: createModuleSource(file), path: ['overrides'], value };
}

const layer = (text: string, value: FileLayers['value']) =>
  parse(text, { layers: layersOf(value) }).cases.map(({ variants }) => variants);

const looksAt = (about: unknown, facts: unknown[]) => ({
  command: { kind: 'inspect', what: 'facts', about },
  expect: { facts },
});

describe('layers of platforms', () => {
  it('change the attributes that they have', () => {
    const text = 'user: {a: {exists: true, uid: 1}, b: {exists: true}}\ngroup: {a: {exists: true}}';
    expect(
      layer(text, { 'linux/arm64': { user: { a: { uid: 2 } }, group: { a: { skip: true } } } }),
    ).toStrictEqual([
      {
        'linux/arm64': looksAt({ resource: 'user', name: 'a' }, [
          { name: 'exists', matcher: true },
          { name: 'uid', matcher: 2 },
        ]),
      },
      {
        'linux/arm64': looksAt({ resource: 'user', name: 'b' }, [
          { name: 'exists', matcher: true },
        ]),
      },
      {
        'linux/arm64': {
          ...looksAt({ resource: 'group', name: 'a' }, [{ name: 'exists', matcher: true }]),
          skip: 'skip: true in the goss file',
        },
      },
    ]);
  });

  it('are of each platform on its own', () => {
    const layers = {
      'linux/arm64': { 'kernel-param': { a: { value: '2' } } },
      'linux/amd64': { 'kernel-param': {} },
      'linux/riscv64': {},
    };
    const printed = (matcher: string) => ({
      command: { kind: 'run', argv: ['cat', '/proc/sys/a'] },
      printedFacts: { format: 'value' },
      expect: { facts: [{ name: 'value', matcher }] },
    });
    expect(layer('kernel-param: {a: {value: "1"}}', layers)).toStrictEqual([
      { 'linux/arm64': printed('2'), 'linux/amd64': printed('1'), 'linux/riscv64': printed('1') },
    ]);
  });

  it('change what is asked of a container', () => {
    const text = 'port: {tcp:1: {listening: true}}\nmount: {/a: {exists: true}}';
    const [mount, running] = layer(text, {
      'linux/arm64': { port: { 'tcp:1': { listening: false } } },
    });
    expect(Object.keys(mount?.['linux/arm64'] ?? {})).toEqual([
      'command',
      'expect',
      'printedFacts',
    ]);
    expect(running).toMatchObject({
      'linux/arm64': {
        service: { requests: [{ label: 'port tcp:1', expect: [{ matcher: false }] }] },
      },
    });
    expect(Object.keys(running?.['linux/arm64'] ?? {})).toEqual(['service']);
  });

  it('are none where there are none', () => {
    expect(layer('user: {a: {exists: true}}', {})).toEqual([undefined]);
    expect(parse('user: {a: {exists: true}}').cases[0]).not.toHaveProperty('variants');
  });

  it.each<readonly [FileLayers['value'], string[]]>([
    [
      { 'linux/arm64': { user: { annn: {}, x: {} }, group: { anna: {} } } },
      [
        'the file has no test "annn" (did you mean "anna"?)',
        'the file has no test "x" (archparity test --list prints the names)',
        'the file has no test "anna" (archparity test --list prints the names)',
      ],
    ],
    [
      { 'linux/arm64': { usr: {} } },
      ['unknown key "usr" in what differs on a platform (did you mean "user"?)'],
    ],
    [
      { 'linux/arm64': { user: { anna: { uidd: 1 } } } },
      ['unknown key "uidd" in a user of goss (did you mean "uid"?)'],
    ],
    [{ 'linux/arm64': [] as never }, ['must be a mapping of resources, not an empty list']],
  ])('refuse %j', (value, mistakes) => {
    const error = catchError(() => layer('user: {anna: {exists: true}}', value));
    expect(error).toMatchObject({ code: 'PROJECT_INVALID', exitCode: 2 });
    expect(
      error.diagnostics.map(({ message, hint }) =>
        `${message}${hint === undefined ? '' : ` (${hint})`}`.replace(/^overrides\S*: /, ''),
      ),
    ).toEqual(mistakes);
  });
});

describe('cases', () => {
  it.each([
    ['command: {"a\\n  b\\t\\u0001c ": {exit-status: 0}}', 'command a b c', ['command']],
    ['file: {/a: {exists: true}}', 'file /a', ['file']],
    [
      'port: {tcp:1: {listening: true}}\nfile: {/a: {exists: true}, /b: {exists: true}}',
      'running',
      ['running', 'port', 'file'],
    ],
  ])('%j is %j', (text, name, tags) => {
    const suite = parse(text);
    expect(suite).toMatchObject({ format: 'goss', secrets: [], name: 'goss' });
    expect(suite.cases).toHaveLength(1);
    expect(suite.cases).toMatchObject([{ name, tags, position: { line: 1 } }]);
  });

  it('are refused where there are none', () => {
    const { diagnostics } = catchError(() => parse('a: 1'));
    expect(diagnostics).toEqual([
      {
        position: { file: path.join(directory, 'goss.yaml'), line: 1, column: 1 },
        message: 'the file has no tests',
      },
    ]);
  });

  it('know no variables where none are given', () => {
    expect(() => parse('user: {a: {exists: {{ .Vars.a }}}}')).toThrow('has a mistake');
  });
});

describe('files that say what to wait for', () => {
  it.each([
    ['goss_wait.yaml', 'goss.yaml', ['port tcp:1', 'process n']],
    ['goss_wait.yml', 'goss.yaml', ['port tcp:1', 'process n']],
    ['goss_wait.yml', 'goss_wait.yml', undefined],
    ['goss_wait.yaml', 'goss_wait.yaml', undefined],
    ['other.yaml', 'goss.yaml', undefined],
  ])('%s beside %s', (wait, name, labels) => {
    const below = path.join(directory, `${wait}-${name}`);
    mkdirSync(below);
    writeFileSync(
      path.join(below, wait),
      'port: {tcp:1: {listening: true}, tcp:2: {listening: true, skip: true}}\nprocess: {"{{ .Env.N }}": {running: true}}\n',
    );
    const { cases } = parse('user: {a: {exists: true}}', { file: path.join(below, name) });
    const check = cases[0]?.service?.ready.check;
    expect(
      check?.kind === 'requests' ? check.requests.map(({ label }) => label) : undefined,
    ).toEqual(labels);
  });
});
