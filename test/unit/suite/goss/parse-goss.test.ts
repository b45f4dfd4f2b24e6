import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGoss } from '../../../../src/suite/goss/parse-goss.ts';
import { isGossfile } from '../../../../src/suite/recognise-foreign.ts';
import type { ForeignOptions } from '../../../../src/suite/foreign-options.ts';
import { catchError } from '../list-mistakes.ts';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parity-goss-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

function parse(text: string, options: Partial<ForeignOptions> = {}) {
  return parseGoss(text, {
    file: join(directory, 'goss.yaml'),
    subject: { kind: 'image', reference: 'oci:/image' },
    isStrict: false,
    isJson: false,
    cwd: '/',
    environment: { OS: 'centos' },
    vars: { users: ['ann', 'bob'] },
    ...options,
  });
}

function mistakesOf(text: string): string[] {
  const error = catchError(() => parse(text));
  expect(error).toMatchObject({ code: 'GOSSFILE_INVALID', exitCode: 2 });
  return error.diagnostics.map(
    ({ position, message }) => `${position.line}:${position.column} ${message}`,
  );
}

describe('parseGoss', () => {
  it('makes commands of commands', () => {
    const [first, second] = parse(`command:
  go version:
    exit-status: 0
    stdout: [go1.6]
    stderr: []
  named:
    exec: "echo\\n  hi"
    exit-status: {lt: 2}
    timeout: 500`).cases;
    expect(first).toMatchObject({
      id: 'goss/command go version',
      tags: ['command'],
      command: { kind: 'shell', script: 'go version' },
      timeout: { kind: 'scaled', nativeMs: 10_000 },
      position: { line: 2, column: 3 },
      expect: {
        facts: [
          { name: 'exit-status', matcher: 0 },
          { name: 'stdout', matcher: ['go1.6'], isText: true },
          { name: 'stderr', matcher: [], isText: true },
        ],
      },
    });
    expect(second).toMatchObject({
      command: { script: 'echo\n  hi' },
      timeout: { kind: 'literal', ms: 500 },
    });
  });

  it('looks the other resources up in the image', () => {
    const suite = parse(`file:
  passwd: {path: /etc/passwd, exists: true, mode: "0644", contains: [root], size: {gt: 1}}
package: {bash: {installed: true, versions: [5.2]}}
user: {root: {exists: true, uid: 0, groups: [root]}}
group: {root: {exists: true, gid: 0}}
matching: {m: {content: [1], matches: {contain-element: 1}}}`);
    expect(suite.cases.map(({ name, command }) => [name, command])).toEqual([
      [
        'file passwd',
        { kind: 'inspect', what: 'facts', about: { resource: 'file', path: '/etc/passwd' } },
      ],
      [
        'package bash',
        { kind: 'inspect', what: 'facts', about: { resource: 'package', name: 'bash' } },
      ],
      ['user root', { kind: 'inspect', what: 'facts', about: { resource: 'user', name: 'root' } }],
      [
        'group root',
        { kind: 'inspect', what: 'facts', about: { resource: 'group', name: 'root' } },
      ],
      [
        'matching m',
        { kind: 'inspect', what: 'facts', about: { resource: 'matching', content: [1] } },
      ],
    ]);
    expect(suite.cases[0]?.expect.facts?.map(({ name }) => name)).toEqual([
      'exists',
      'mode',
      'size',
      'contents',
    ]);
  });

  it('says what needs an init, and what is skipped', () => {
    const [service, user, port] = parse(
      'service: {ssh: {running: true}}\nuser: {a: {exists: true, skip: true}}\nport: {tcp:1: {listening: true, skip: true}}',
    ).cases;
    expect(service?.unsupported).toContain('init');
    expect([user?.skip, port?.skip]).toEqual(Array(2).fill('skip: true in the goss file'));
  });

  it('asks one container what runs, and for all else that it may have made', () => {
    const { cases } = parse(`kernel-param: {a.b: {value: c}}
file: {/a: {exists: true}}
command: {redis-cli ping: {exit-status: 0, timeout: 500}}
process: {redis: {comm: redis-server, running: true}}
port:
  tcp:6379: {listening: true, ip: [127.0.0.1]}
  '53': {port: 'udp6:53', listening: false}
addr: {'tcp://[::1]:80': {reachable: false}}
dns: {'MX:a.example': {resolveable: true, server: '127.0.0.1:5353'}}
interface: {lo: {exists: true}}
http:
  https://localhost/: {status: 200, body: [hello], allow-insecure: true, username: a, password: b, request-headers: ['X-A: b: c']}
`);
    expect(cases.map(({ name }) => name)).toEqual(['kernel-param a.b', 'running']);
    const [, running] = cases;
    expect(running?.command).toEqual({ kind: 'subject' });
    expect(running?.service?.ready.check).toEqual({ kind: 'started' });
    expect(
      running?.service?.requests.map((request) =>
        request.kind === 'facts' ? request.about : request,
      ),
    ).toMatchObject([
      { resource: 'file', path: '/a' },
      { kind: 'run', command: { script: 'redis-cli ping' }, timeoutMs: 500 },
      { resource: 'process', name: 'redis-server' },
      { resource: 'port', network: 'udp6', port: 53 },
      { resource: 'port', network: 'tcp', port: 6379 },
      { resource: 'addr', network: 'tcp', host: '::1', port: 80, timeoutMs: 500 },
      { resource: 'dns', type: 'MX', name: 'a.example', server: '127.0.0.1:5353' },
      { resource: 'interface', name: 'lo' },
      {
        ...{ resource: 'http', url: 'https://localhost/', method: 'GET', verifies: false },
        headers: [
          ['X-A', 'b: c'],
          ['Authorization', 'Basic YTpi'],
        ],
      },
    ]);
  });

  it('waits for what the file beside it says, and then has commands run in the container', () => {
    const below = join(directory, 'waits');
    mkdirSync(below);
    writeFileSync(join(below, 'goss_wait.yaml'), 'port: {tcp:80: {listening: true}}\n');
    const text = 'command: {curl: {exit-status: 0}}\n';
    const [running] = parse(text, { file: join(below, 'goss.yaml') }).cases;
    expect(running?.name).toBe('running');
    expect(running?.service?.ready.check).toMatchObject({
      kind: 'requests',
      requests: [{ label: 'port tcp:80', about: { resource: 'port' } }],
    });
    const [alone] = parse(text, { file: join(below, 'goss_wait.yaml') }).cases;
    expect(alone?.service).toBeUndefined();
  });

  it.each([
    ['http: {http://a/: {status: 200, proxy: b}}', 'http http://a/ has proxy'],
    ['addr: {tcp://a:1: {reachable: true, local-address: 10.0.0.1}}', 'has local-address'],
  ])('says what of a container cannot be asked: %s', (text, reason) => {
    expect(parse(text).cases[0]?.unsupported).toContain(reason);
  });

  it('renders templates with .Env and .Vars', () => {
    const suite = parse(`user:
{{- range .Vars.users }}
  {{ . }}: {exists: true, home: /home/{{ . }}}
{{- end }}
{{ if eq .Env.OS "centos" }}
package: {libselinux: {installed: true}}
{{ end }}`);
    expect(suite.cases.map(({ name }) => name)).toEqual([
      'user ann',
      'user bob',
      'package libselinux',
    ]);
  });

  it('includes other files, whose resources count', () => {
    mkdirSync(join(directory, 'goss.d'));
    writeFileSync(
      join(directory, 'goss.d', 'a.yaml'),
      'user: {a: {exists: false}, b: {exists: true}}\n',
    );
    writeFileSync(join(directory, 'goss.d', 'skipped.yaml'), 'user: {c: {exists: true}}\n');
    const suite = parse(`gossfile:
  goss.d/*.yaml: {}
  no: {file: goss.d/skipped.yaml, skip: true}
user: {a: {exists: true}}`);
    expect(suite.cases.map(({ name, expect: { facts } }) => [name, facts?.[0]?.matcher])).toEqual([
      ['user a', false],
      ['user b', true],
    ]);
    expect(suite.cases[1]?.position?.file).toBe(join(directory, 'goss.d', 'a.yaml'));
  });

  it.each([
    ['file: {/a: {exists: true, moed: x}}', '1:27 unknown key "moed" in a file of goss'],
    ['file: {/a: {mode: x}}', '1:12 "exists" is missing'],
    ['command: {id: {stdout: []}}', '1:15 "exit-status" is missing'],
    ['fil: {/a: {exists: true}}\nuser: {}', '1:1 unknown resource "fil"'],
    ['user: {a: {exists: true, uid: {gtt: 1}}}', '1:37 "gtt" is no matcher of goss'],
    [
      'user: {a: {exists: true, uid: {gt: 1, lt: 3}}}',
      '1:31 "uid" needs one matcher, but has gt and lt',
    ],
    [
      'user: {a: {exists: true, home: {match-regexp: "("}}}',
      '1:47 "match-regexp" is no RE2 regular expression: "(" has a missing closing ): `(`',
    ],
    ['gossfile: {none.yaml: {}}', '1:12 "none.yaml" names no file that exists'],
    ['user: {}', '1:1 the file has no tests'],
    ['user: {a: {exists: {{ .Vars.no }}}}', '1:22 there is no "no" here'],
  ])('refuses %j', (text, mistake) => {
    expect(mistakesOf(text)).toEqual([mistake]);
  });

  it.each([
    ['file:\n  /a: {exists: true}', true],
    ['# comment\n{{ range .Vars.users }}\nuser:\n{{ end }}', true],
    ['{"port": {}}', true],
    ['version: 1\ncases: []', false],
    ['name: x\nsubject: {}', false],
  ])('recognises %j: %s', (text, expected) => {
    expect(isGossfile(text)).toBe(expected);
  });
});
