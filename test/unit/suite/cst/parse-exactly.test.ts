import { describe, expect, it } from 'vitest';
import type { CaseDefinition } from '../../../../src/core/index.ts';
import { catchError } from '../list-mistakes.ts';
import { ALL, parseOne, parseSuiteOf } from './parse.ts';

describe('cases', () => {
  it.each([false, true])('are all tests, exactly (strictly: %s)', (isStrict) => {
    const { cases, ...suite } = parseSuiteOf(ALL, { isStrict });
    expect(suite).toEqual({
      version: 1,
      name: 'cst',
      file: '/tests/cst.yaml',
      format: 'container-structure-test',
      lanes: [],
      secrets: [],
    });
    const view = isStrict ? { view: 'docker-cp' } : {};
    const place = ({ position, ...one }: CaseDefinition) => ({
      ...one,
      at: `${position?.line}:${position?.column}`,
    });
    const command = {
      tags: ['command'],
      network: isStrict ? 'host' : 'none',
      independentSetup: true,
    };
    expect(cases.map(place)).toMatchObject([
      { name: 'machine', at: '4:3', ...command, command: { argv: ['uname', '-m'] } },
      { name: 'user', at: '5:3', ...command, command: { argv: ['id'] } },
      {
        name: 'release',
        at: '6:20',
        tags: ['file-content'],
        network: 'none',
        command: { kind: 'inspect', what: 'paths', ...view },
      },
      { name: 'shell', at: '7:22', tags: ['file-existence'], expand: { words: true, env: [] } },
      { name: 'licenses', at: '8:16', tags: ['license'] },
      { name: 'metadata', at: '9:15', tags: ['metadata'] },
    ]);
    for (const one of cases) {
      expect(one).not.toHaveProperty('user');
      expect(one).not.toHaveProperty('container');
      expect(one).not.toHaveProperty('variants');
      expect('independentSetup' in one).toBe(one.tags[0] === 'command');
    }
  });

  it('are numbered where there are several of licenses', () => {
    const { cases } = parseSuiteOf(
      'schemaVersion: 2.0.0\nlicenseTests: [{debian: true}, {files: [/a]}]',
    );
    expect(cases.map(({ name, position }) => [name, position?.column])).toEqual([
      ['licenses 1', 16],
      ['licenses 2', 32],
    ]);
    expect(cases[1]?.expect.files).toHaveLength(1);
  });

  it('of version 1.0.0 take paths as they are', () => {
    const [one] = parseSuiteOf(
      'schemaVersion: 1.0.0\nglobalEnvVars: [{key: A, value: a}]\nfileExistenceTests: [{name: t, path: /$A}]',
      { isStrict: true },
    ).cases;
    expect(one).toMatchObject({
      command: { view: 'docker-cp' },
      expand: { words: false, env: [] },
      expect: { files: [{ path: '/$A' }] },
    });
  });

  it.each<[string, boolean, object]>([
    ['{}', false, { network: 'none' }],
    ['{}', true, { network: 'host' }],
    ['{network: none}', true, { network: 'none' }],
    ['{network: bridge}', false, { network: 'host' }],
    ['{user: app}', false, { user: 'app', network: 'none' }],
    ['{privileged: yes}', false, { container: { privileged: true }, network: 'none' }],
  ])('in containers of %s (strictly: %s) have %j', (options, isStrict, expected) => {
    const { container, network, user } = parseOne(
      `containerRunOptions: ${options}\ncommandTests: [{name: t, command: id}]`,
      { isStrict },
    );
    const given = Object.entries({ container, network, user }).filter(
      ([, value]) => value !== undefined,
    );
    expect(Object.fromEntries(given)).toEqual(expected);
  });

  it('strictly have no variables of their own where there are run options', () => {
    const test = 'commandTests: [{name: t, command: id, envVars: [{key: A, value: a}]}]';
    const options = 'containerRunOptions: {user: app}';
    expect(parseOne(`${test}\n${options}`, { isStrict: true }).env).toEqual({});
    expect(parseOne(`${test}\n${options}`).env).toEqual({ A: 'a' });
    expect(parseOne(test, { isStrict: true }).env).toEqual({ A: 'a' });
  });

  it('strictly go on without a file of variables', () => {
    const body = 'commandTests: [{name: t, command: id}]\ncontainerRunOptions: {envFile: no.env}';
    expect(parseOne(body, { isStrict: true }).env).toEqual({});
  });
});

describe('JSON', () => {
  const parse = (text: string, isStrict = false) => parseSuiteOf(text, { isJson: true, isStrict });

  it('may have keys that nobody knows, at every depth', () => {
    const { cases } = parse(`{"schemaVersion": "2.0.0", "x": {"y": 1}, "commandTests": [
      {"name": "a", "command": "id", "why": [1]},
      {"name": "b", "command": "id", "envVars": [{"key": "A", "value": "a", "z": 1, "q": 2}]}],
      "metadataTest": {"user": "app", "shell": ["sh"]}}`);
    expect(cases.map(({ name }) => name)).toEqual(['a', 'b', 'metadata']);
    expect(cases[1]?.env).toEqual({ A: 'a' });
    expect(cases[2]?.expect).toEqual({ config: { user: 'app' } });
  });

  it('has mistakes beside them', () => {
    const text = '{"schemaVersion": "2.0.0", "x": 1, "commandTests": [{"name": "t", "y": 1}]}';
    const { diagnostics } = catchError(() => parse(text));
    expect(diagnostics.map(({ message }) => message)).toEqual(['"commandTests[0]" has no command']);
  });

  it('in version 1.0.0 too', () => {
    const { cases } = parse(
      '{"SCHEMAVERSION": "1.0.0", "x": 1, "commandTests": [{"Name": "t", "Command": ["id", "-u"], "args": 1}]}',
    );
    expect(cases.map(({ command }) => command)).toEqual([{ kind: 'run', argv: ['id', '-u'] }]);
  });

  it('strictly expects that nothing is there if it is not said', () => {
    const file = { name: 't', path: '/a' };
    const text = JSON.stringify({ schemaVersion: '2.0.0', fileExistenceTests: [file] });
    expect(parse(text, true).cases[0]?.expect.files).toEqual([{ path: '/a', exists: false }]);
    expect(parse(text).cases[0]?.expect.files).toEqual([{ path: '/a', exists: true }]);
  });
});
