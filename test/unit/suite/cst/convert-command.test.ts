import { describe, expect, it } from 'vitest';
import { parseOne, parseSuiteOf } from './parse.ts';

const ECHO = "{name: t, command: echo, args: ['$A', '${B}', '$(x)']";

describe('command tests', () => {
  it('become argv, checks and an exit code of 0', () => {
    const definition = parseOne(`commandTests:
- {name: t, command: sh, args: [-c, exit 3], exitCode: 3, expectedOutput: ['^a$', b], excludedOutput: [c], expectedError: [d], excludedError: [e]}`);
    expect(definition).toMatchObject({
      id: 'cst/t',
      tags: ['command'],
      position: { file: '/tests/cst.yaml', line: 3, column: 3 },
      command: { kind: 'run', argv: ['sh', '-c', 'exit 3'] },
      independentSetup: true,
      network: 'none',
      expect: {
        exit: 3,
        stdout: [{ matches: '^a$' }, { matches: 'b' }, { not: { matches: 'c' } }],
        stderr: [{ matches: 'd' }, { not: { matches: 'e' } }],
      },
      compare: ['exit', 'stdout'],
    });
    expect(parseOne('commandTests: [{name: t, command: id}]').expect).toEqual({ exit: 0 });
  });

  it('leave variables of the image to the image, and insert those of the file', () => {
    const definition = parseOne(`globalEnvVars: [{key: A, value: '/x:$PATH'}]
commandTests: [${ECHO}}]`);
    expect(definition.command).toEqual({ kind: 'run', argv: ['echo', '/x:$PATH', '${B}', '$(x)'] });
    expect(definition.env).toEqual({ A: '/x:$PATH' });
    expect(definition.expand).toEqual({ words: true, env: ['A'] });
  });

  it('do not see the variables of their own test in their words, as the tool does not', () => {
    const definition = parseOne(`globalEnvVars: [{key: A, value: a}]
commandTests: [${ECHO}, envVars: [{key: B, value: 'b$A$C'}]}]`);
    expect(definition.command).toMatchObject({ argv: ['echo', 'a', '${B}', '$(x)'] });
    expect(definition.env).toEqual({ A: 'a', B: 'ba${C}' });
    expect(definition.expand).toEqual({ words: true, env: ['A', 'B'] });
  });

  it('are, strictly, given their own variables as they are written', () => {
    const definition = parseOne(
      `globalEnvVars: [{key: A, value: a$P}]
commandTests: [${ECHO}, envVars: [{key: B, value: b$A}]}]`,
      { isStrict: true },
    );
    expect(definition.env).toEqual({ A: 'a$P', B: 'b$A' });
    expect(definition.expand).toEqual({ words: true, env: ['A'] });
    expect(definition.network).toBe('host');
  });

  it('see their own variables, strictly, once a setup step has committed them', () => {
    const body = `commandTests: [${ECHO}, envVars: [{key: B, value: b}], setup: [[mkdir, /x]], teardown: [[rm, /x]]}]`;
    expect(parseOne(body, { isStrict: true })).toMatchObject({
      command: { argv: ['echo', '${A}', 'b', '$(x)'] },
      setup: [['mkdir', '/x']],
      teardown: [],
    });
    expect(parseOne(body)).toMatchObject({
      command: { argv: ['echo', '$A', '${B}', '$(x)'] },
      teardown: [['rm', '/x']],
    });
  });

  it('of schema version 1.0.0 have one list', () => {
    const suite = parseSuiteOf(`schemaVersion: '1.0.0'
commandTests:
- {name: t, command: [apt-get, help], setup: [[a], [b, c]]}`);
    expect(suite.cases[0]).toMatchObject({
      command: { kind: 'run', argv: ['apt-get', 'help'] },
      setup: [['a'], ['b', 'c']],
    });
  });

  it('take any scalar as text, as it is written', () => {
    const definition = parseOne(`commandTests:
- {name: 12, command: echo, args: [0644, 1.10, true, 3, ~], envVars: [{key: N, value: 010}]}`);
    expect(definition.name).toBe('12');
    expect(definition.command).toMatchObject({ argv: ['echo', '0644', '1.10', 'true', '3', ''] });
    expect(definition.env).toEqual({ N: '010' });
  });

  it('understand merge keys', () => {
    const suite = parseSuiteOf(`schemaVersion: 2.0.0
commandTests:
- &base {name: t, command: id}
- {<<: *base, name: u, args: [-u]}`);
    expect(suite.cases.map(({ name, command }) => [name, command])).toEqual([
      ['t', { kind: 'run', argv: ['id'] }],
      ['u', { kind: 'run', argv: ['id', '-u'] }],
    ]);
  });
});

describe('containerRunOptions', () => {
  const withOptions = (options: string, environment = {}) =>
    parseSuiteOf(
      `schemaVersion: 2.0.0
commandTests: [{name: t, command: id, envVars: [{key: OWN, value: o}]}]
containerRunOptions: ${options}`,
      { environment },
    );

  it('say how containers are', () => {
    const [definition] = withOptions(
      '{user: app, privileged: true, allocateTty: yes, capabilities: [NET_BIND_SERVICE], drop_capabilities: [CHOWN], bindMounts: ["/tmp:/data:ro"], network: host, sysctls: {net.core.somaxconn: 1024}}',
    ).cases;
    expect(definition).toMatchObject({
      user: 'app',
      network: 'host',
      container: {
        privileged: true,
        terminal: true,
        addedCapabilities: ['NET_BIND_SERVICE'],
        droppedCapabilities: ['CHOWN'],
        binds: [{ source: '/tmp', target: '/data', readonly: true }],
        sysctls: { 'net.core.somaxconn': '1024' },
      },
    });
  });

  it('take variables of the caller, whose values are secret', () => {
    const suite = withOptions('{envVars: [TOKEN, UNSET]}', { TOKEN: 's3cret' });
    expect(suite.secrets).toEqual(['TOKEN']);
    expect(suite.cases[0]?.env).toEqual({ OWN: 'o', TOKEN: 's3cret' });
  });
});
