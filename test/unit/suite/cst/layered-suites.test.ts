import { describe, expect, it } from 'vitest';
import type { CaseDefinition, Suite } from '../../../../src/core/index.ts';
import { isMapping } from '../../../../src/suite/mistake.ts';
import type { ForeignOptions } from '../../../../src/suite/foreign-options.ts';
import { readYaml } from '../../../../src/suite/read-yaml.ts';
import { catchError } from '../list-mistakes.ts';
import { ALL, parseSuiteOf } from './parse.ts';

const PROJECT = '/tests/archparity.yaml';

/** The suite of a file, with what a project lays over it. */
function layered(text: string, layer: string, options: Partial<ForeignOptions> = {}): Suite {
  const reading = readYaml(`over:\n${layer}`, PROJECT);
  if ('diagnostics' in reading || !isMapping(reading.value))
    throw new TypeError('the YAML of the test is wrong');
  const layers = {
    file: PROJECT,
    source: reading.source,
    path: ['over'],
    value: reading.value['over'] as Record<string, Record<string, unknown>>,
  };
  return parseSuiteOf(text, { ...options, layers });
}

const byName = ({ cases }: Suite, name: string): CaseDefinition | undefined =>
  cases.find((one) => one.name === name);

describe('layers', () => {
  it('give each test its variant', () => {
    const suite = layered(
      ALL,
      `    linux/arm64:
      commandTests: [{name: machine, expectedOutput: [aarch64], skip: no}, {name: user, exitCode: 1}]
      fileContentTests: [{name: release, expectedContents: [arm64], skip: c}]
      fileExistenceTests: [{name: shell, path: /sbin/$G, skip: e}]
      metadataTest: {envVars: [{key: B, value: c}]}
    linux/riscv64: {}
`,
    );
    const on = (name: string) => byName(suite, name)?.variants?.['linux/arm64'];
    expect(on('machine')).toEqual({
      command: { kind: 'run', argv: ['uname', '-m'] },
      env: { G: 'g', O: 'g' },
      expand: { words: true, env: ['G', 'O'] },
      setup: [],
      teardown: [],
      expect: { exit: 0, stdout: [{ matches: 'aarch64' }] },
      skip: 'no',
    });
    expect(on('user')).toMatchObject({ expect: { exit: 1 } });
    expect(on('user')).not.toHaveProperty('skip');
    expect(on('release')).toEqual({
      command: { kind: 'inspect', what: 'paths' },
      expect: { files: [{ path: '/etc/os-release', content: [{ matches: 'arm64' }] }] },
      skip: 'c',
    });
    expect(on('shell')).toEqual({
      command: { kind: 'inspect', what: 'paths' },
      expand: { words: true, env: [] },
      expect: { files: [{ path: '/sbin/g', exists: true }] },
      skip: 'e',
    });
    expect(on('licenses')).toEqual({});
    expect(on('metadata')).toEqual({
      command: { kind: 'inspect', what: 'config' },
      expect: { config: { user: 'app', env: { A: { equals: 'a' }, B: { equals: 'c' } } } },
    });
    for (const { name, variants } of suite.cases) {
      expect([name, Object.keys(variants ?? {})]).toEqual([name, ['linux/arm64', 'linux/riscv64']]);
    }
    expect(byName(suite, 'machine')?.expect).toEqual({
      exit: 0,
      stdout: [{ matches: 'x86_64' }],
    });
  });

  it('are as strict as the file', () => {
    const suite = layered(ALL, '    linux/arm64: {commandTests: [{name: user, exitCode: 1}]}\n', {
      isStrict: true,
    });
    const variant = (name: string) => byName(suite, name)?.variants?.['linux/arm64'];
    expect(variant('release')?.command).toMatchObject({ view: 'docker-cp' });
    expect(variant('shell')?.command).toMatchObject({ view: 'docker-cp' });
    expect(variant('machine')).toMatchObject({ env: { O: '$G' }, expand: { env: ['G'] } });
  });

  it('bring no metadata to a file that has none', () => {
    const suite = layered(
      'schemaVersion: 2.0.0\ncommandTests: [{name: t, command: id}]',
      '    linux/arm64: {metadataTest: {user: app}}\n',
    );
    expect(suite.cases.map(({ name }) => name)).toEqual(['t']);
  });

  it('of version 1.0.0 write a command as a list', () => {
    const suite = layered(
      'schemaVersion: 1.0.0\ncommandTests: [{name: t, command: [id]}]',
      '    linux/arm64: {commandTests: [{name: t, command: [uname, -m]}]}\n',
    );
    expect(suite.cases[0]?.variants?.['linux/arm64']?.command).toEqual({
      kind: 'run',
      argv: ['uname', '-m'],
    });
  });

  it.each<[string, string[]]>([
    [
      'commandTests: [{name: usr}, {exitCode: 1}, {name: user, skip: true}]',
      ['2:47 "commandTests[1]" has no name', '2:81 "skip" must be the reason in words, not true'],
    ],
    [
      'commandTests: [{name: machin}], fileContentTests: [{name: x}]',
      ['2:35 the file has no test "machin"', '2:71 the file has no test "x"'],
    ],
    [
      'fileExistenceTests: [{path: /a}], fileContentTests: [{path: /a}]',
      ['2:40 "fileExistenceTests[0]" has no name', '2:72 "fileContentTests[0]" has no name'],
    ],
    ['licenseTests: []', ['2:19 unknown key "licenseTests" in what differs on a platform']],
    [
      'fileExistenceTests: {}, fileContentTests: 1, commandTests: x',
      [
        '2:39 "fileExistenceTests" must be a list, not a mapping',
        '2:61 "fileContentTests" must be a list, not 1',
        '2:78 "commandTests" must be a list, not "x"',
      ],
    ],
  ])('have mistakes: %s', (layer, mistakes) => {
    const error = catchError(() => layered(ALL, `    linux/arm64: {${layer}}\n`));
    expect(error.code).toBe('PROJECT_INVALID');
    expect(
      error.diagnostics.map(
        ({ position: { line, column }, message }) => `${line}:${column} ${message}`,
      ),
    ).toEqual(mistakes);
  });
});
