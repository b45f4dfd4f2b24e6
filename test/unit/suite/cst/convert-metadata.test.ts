import { describe, expect, it } from 'vitest';
import { parseOne } from './parse.ts';

const configOf = (test: string) => parseOne(`metadataTest: ${test}`).expect.config;

describe('the metadata test', () => {
  it.each([
    ['{envVars: [{key: A, value: b}]}', { env: { A: { equals: 'b' } } }],
    ['{envVars: [{key: A, value: ^b, isRegex: true}]}', { env: { A: { matches: '^b' } } }],
    ['{envVars: [{key: A}]}', { env: { A: { equals: '' } } }],
    [
      '{envVars: [{key: A, value: b}, {key: A, value: c, isRegex: true}]}',
      { env: { A: [{ equals: 'b' }, { matches: 'c' }] } },
    ],
    ['{unboundEnvVars: [{key: A}]}', { env: { A: false } }],
    [
      '{envVars: [{key: A, value: b}], unboundEnvVars: [{key: A}]}',
      { env: { A: { not: { contains: '' } } } },
    ],
    ['{labels: [{key: l, value: 1.0}]}', { labels: { l: { equals: '1.0' } } }],
    ['{entrypoint: [], cmd: [sh, -c]}', { entrypoint: [], cmd: ['sh', '-c'] }],
    ['{entrypoint: null, workdir: /a}', { workdir: '/a' }],
    ['{user: app, workdir: ""}', { user: 'app' }],
    [
      '{exposedPorts: [80, 53/udp], unexposedPorts: ["22"]}',
      { ports: { 80: true, '53/udp': true, 22: false } },
    ],
    ['{volumes: [/a], unmountedVolumes: [/b]}', { volumes: { '/a': true, '/b': false } }],
  ])('%s', (test, config) => {
    expect(configOf(test)).toEqual(config);
  });

  it('looks at the image’s own config', () => {
    expect(parseOne('metadataTest: {workdir: /}')).toMatchObject({
      name: 'metadata',
      command: { kind: 'inspect', what: 'config' },
      compare: ['exit', 'stdout'],
    });
  });
});
