import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../../../src/core/index.ts';
import { convertRunning } from '../../../../src/suite/goss/convert-running.ts';
import { divideResources } from '../../../../src/suite/goss/divide-resources.ts';
import { resourceOf } from './resource.ts';

type Attributes = Readonly<Record<string, FactValue>>;

const addr = (network: string, host: string, port: number, timeoutMs = 500) => ({
  ...{ resource: 'addr', network, host, port, timeoutMs },
});
const dns = (name: string, others = {}) => ({ resource: 'dns', name, timeoutMs: 500, ...others });
const http = (others = {}) => ({
  ...{ resource: 'http', url: 'id', method: 'GET', headers: [] },
  ...{ followsRedirects: true, verifies: true, timeoutMs: 5000, ...others },
});
const login = (text: string) => ['Authorization', `Basic ${Buffer.from(text).toString('base64')}`];

describe('convertRunning', () => {
  it('starts a container, waits a while and kills it', () => {
    expect(convertRunning([resourceOf('process', { running: true })], [])).toStrictEqual({
      command: { kind: 'subject' },
      expect: {},
      compare: ['responses'],
      service: {
        ready: { check: { kind: 'started' }, within: { kind: 'scaled', nativeMs: 30_000 } },
        requests: [
          {
            kind: 'facts',
            label: 'process id',
            about: { resource: 'process', name: 'id' },
            expect: [{ name: 'running', matcher: true }],
          },
        ],
        settle: { kind: 'scaled', nativeMs: 5000 },
        stop: { signal: 'SIGKILL', within: { kind: 'scaled', nativeMs: 10_000 } },
      },
    });
  });

  it('waits for what is awaited, and then no longer', () => {
    const { service } = convertRunning([], [resourceOf('command', { 'exit-status': 0 })]);
    expect(service).toStrictEqual({
      ready: {
        check: {
          kind: 'requests',
          requests: [
            {
              kind: 'run',
              label: 'command id',
              command: { kind: 'shell', script: 'id' },
              expect: { facts: [{ name: 'exit-status', matcher: 0 }] },
              timeoutMs: 10_000,
            },
          ],
        },
        within: { kind: 'scaled', nativeMs: 30_000 },
      },
      requests: [],
      stop: { signal: 'SIGKILL', within: { kind: 'scaled', nativeMs: 10_000 } },
    });
  });

  it.each<readonly [string, Attributes, unknown]>([
    ['process', { comm: 'a' }, { resource: 'process', name: 'a' }],
    ['interface', {}, { resource: 'interface', name: 'id' }],
    ['interface', { name: 'lo' }, { resource: 'interface', name: 'lo' }],
    ['port', { port: '80' }, { resource: 'port', network: 'tcp', port: 80 }],
    ['port', { port: 'udp6:53' }, { resource: 'port', network: 'udp6', port: 53 }],
    ['port', { port: 'a tcp:80' }, { resource: 'port', network: 'tcp', port: Number.NaN }],
    ['port', { port: 'tcp:80 a' }, { resource: 'port', network: 'tcp', port: Number.NaN }],
    ['port', { port: 'tcp:' }, { resource: 'port', network: 'tcp', port: Number.NaN }],
    ['addr', { address: 'a.b:80' }, addr('tcp', 'a.b', 80)],
    ['addr', { address: 'tcp://a:8080', timeout: 9 }, addr('tcp', 'a', 8080, 9)],
    ['addr', { address: 'udp://a:53', timeout: 0 }, addr('udp', 'a', 53)],
    ['addr', { address: 'udp6://[::1]:53', timeout: null }, addr('udp', '::1', 53)],
    ['addr', { address: '[fe80::1]:53' }, addr('tcp', 'fe80::1', 53)],
    ['addr', { address: 'a:1', timeout: '5' }, addr('tcp', 'a', 1)],
    ['addr', { address: 'a' }, addr('tcp', '', Number.NaN)],
    ['addr', { address: 'a:80/' }, addr('tcp', '', Number.NaN)],
    ['dns', { resolve: 'a.example' }, dns('a.example')],
    ['dns', { resolve: 'MX:a.example' }, dns('a.example', { type: 'MX' })],
    ['dns', { resolve: 'mx:a' }, dns('mx:a')],
    ['dns', { resolve: 'a MX:b' }, dns('a MX:b')],
    ['dns', { resolve: 'a\nb' }, dns('a\nb')],
    ['dns', { server: '1.1.1.1', timeout: 7 }, dns('id', { server: '1.1.1.1', timeoutMs: 7 })],
    ['dns', { server: '', timeout: -1 }, dns('id')],
    ['http', {}, http()],
    [
      'http',
      { url: 'http://a', method: 'PUT', timeout: 1 },
      http({ url: 'http://a', method: 'PUT', timeoutMs: 1 }),
    ],
    ['http', { 'no-follow-redirects': true }, http({ followsRedirects: false })],
    ['http', { 'allow-insecure': true }, http({ verifies: false })],
    ['http', { 'no-follow-redirects': false, 'allow-insecure': false }, http()],
    ['http', { 'request-body': 'b' }, http({ body: 'b' })],
    [
      'http',
      { 'request-headers': [' A : b:c ', 'D'] },
      http({
        headers: [
          ['A', 'b:c'],
          ['D', ''],
        ],
      }),
    ],
    ['http', { 'request-headers': 'A: b' }, http()],
    ['http', { username: 'a' }, http({ headers: [login('a:')] })],
    ['http', { password: 'b' }, http({ headers: [login(':b')] })],
    [
      'http',
      { username: 'a', password: 'b', 'request-headers': ['A: b'] },
      http({ headers: [['A', 'b'], login('a:b')] }),
    ],
    ['file', { path: '/a' }, { resource: 'file', path: '/a' }],
    ['group', {}, { resource: 'group', name: 'id' }],
    ['matching', { content: 1 }, { resource: 'matching', content: 1 }],
    ['package', {}, { resource: 'package', name: 'id' }],
    ['user', {}, { resource: 'user', name: 'id' }],
  ])('asks for %s %j', (kind, attributes, about) => {
    const converted = convertRunning([resourceOf(kind, attributes)], []);
    expect(converted.service.requests).toStrictEqual([
      { kind: 'facts', label: `${kind} id`, about, expect: [] },
    ]);
    expect(converted).not.toHaveProperty('unsupported');
  });

  it.each<readonly [Attributes, number]>([
    [{}, 10_000],
    [{ timeout: 1 }, 1],
    [{ timeout: 0 }, 10_000],
    [{ timeout: 'a' }, 10_000],
  ])('gives a command %j %d ms', (attributes, timeoutMs) => {
    const { requests } = convertRunning([resourceOf('command', attributes)], []).service;
    expect(requests).toMatchObject([{ kind: 'run', timeoutMs }]);
  });

  it('expects nothing of what is skipped', () => {
    const resources = [
      resourceOf('command', { 'exit-status': 0, skip: true }),
      resourceOf('port', { listening: true, skip: true }),
      resourceOf('port', { listening: true, skip: false }),
    ];
    expect(convertRunning(resources, []).service.requests.map((one) => one.expect)).toEqual([
      {},
      [],
      [{ name: 'listening', matcher: true }],
    ]);
  });

  it.each<readonly [string, Attributes, string]>([
    ['mount', {}, 'a running container is not asked for mount id'],
    ['kernel-param', {}, 'a running container is not asked for kernel-param id'],
    ...(['proxy', 'ca-file', 'cert-file', 'key-file'] as const).map(
      (name) => ['http', { [name]: 'a' }, `http id has ${name}, which is not to be had`] as const,
    ),
    ['addr', { 'local-address': 'a' }, 'addr id has local-address, which is not to be had'],
  ])('cannot ask for %s %j', (kind, attributes, unsupported) => {
    const resource = resourceOf(kind, attributes);
    expect(convertRunning([resourceOf('process'), resource], []).unsupported).toBe(unsupported);
    expect(convertRunning([], [resourceOf('process'), resource]).unsupported).toBe(unsupported);
  });

  it('asks for nothing where it cannot ask', () => {
    expect(convertRunning([resourceOf('mount')], []).service.requests).toEqual([]);
  });

  it.each<readonly [string, Attributes]>([
    ['http', { proxy: '', 'ca-file': null }],
    ['command', {}],
  ])('can ask for %s %j', (kind, attributes) => {
    expect(convertRunning([resourceOf(kind, attributes)], [])).not.toHaveProperty('unsupported');
  });
});

/** Kinds, whether a file says what to wait for, what all of them say, and the tests that they make. */
type Division = readonly [readonly string[], boolean, Attributes, readonly unknown[]];

describe('divideResources', () => {
  const STILL = ['command', 'file', 'group', 'package', 'user'];
  const NEVER = ['matching', 'mount', 'kernel-param', 'service'];
  const RUNNING = ['process', 'port', 'http', 'addr', 'dns', 'interface'];
  const divide = (kinds: readonly string[], waits: boolean, attributes: Attributes = {}) =>
    divideResources(
      kinds.map((kind) => resourceOf(kind, attributes)),
      waits,
    ).map(({ runs, members }) => [runs, members.map(({ kind }) => kind)]);
  const alone = (kinds: readonly string[]) => kinds.map((kind) => [false, [kind]]);

  it.each<Division>([
    [[], true, {}, []],
    [[...STILL, ...NEVER], false, {}, alone([...STILL, ...NEVER])],
    [[...STILL, ...NEVER], true, {}, [...alone(NEVER), [true, STILL]]],
    [[...STILL, ...NEVER], true, { skip: true }, alone([...STILL, ...NEVER])],
    [[...STILL, ...RUNNING], false, { skip: true }, alone([...STILL, ...RUNNING])],
    [RUNNING, false, {}, [[true, RUNNING]]],
    ...RUNNING.map((kind): Division => {
      const tests = [...alone(['mount']), [true, ['file', kind]]];
      return [['file', 'mount', kind], false, { skip: false }, tests];
    }),
  ])('%j, waiting: %s, with %j', (kinds, waits, attributes, tests) => {
    expect(divide(kinds, waits, attributes)).toEqual(tests);
  });
});
