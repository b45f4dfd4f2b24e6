import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSuite } from '../../../src/suite/index.ts';
import { listMistakes, suiteWithCase, SUITE_HEAD } from './list-mistakes.ts';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parity-suite-'));
  mkdirSync(path.join(directory, 'testdata'));
  for (const file of ['app-amd64', 'app-arm64', 'testdata/in.json']) {
    writeFileSync(path.join(directory, file), '{}');
  }
});

afterAll(() => rmSync(directory, { recursive: true }));

function parseHere(text: string) {
  return parseSuite(text, path.join(directory, 'app.yaml'));
}

const WHOLE = `version: 1
name: app
subject: {binary: {amd64: app-amd64, linux/arm64: app-arm64}}
lanes: [native, q10=emulated]
secrets: [API_TOKEN]
defaults: {timeout: {default: 10s, emulated: 60s}, env: {A: '1', B: '2'}, workdir: /srv, network: host, limits: {pids: 5}}
cases:
  - name: whole
    tags: [smoke]
    args: [--version]
    env: {B: '3', LANG: C.UTF-8}
    stdinFile: testdata/in.json
    fixtures: [testdata]
    setup: [[mkdir, /out]]
    teardown: [[rm, -r, /out]]
    retries: 1
    limits: {memory: 256M, output: 64M}
    when: {platform: [arm64], lane: emulated}
    expect:
      exit: 0
      stdout: [{matches: '^app'}, {not: {contains: x}}]
      files: [{path: /out/x, mode: '644', content: {equals: ''}}]
      platform: {aarch64: {signal: SIGSEGV, stdout: {contains: aarch64}}}
    compare: [exit, files]
    normalize: [time, {replace: a+, with: b}]
    files: ['/out/**']
    known: {cause: architecture, at: 'files:/out/x', until: 2027-06-30, reason: r}
    pid1: subject
  - name: bare
    network: none
`;

describe('buildSuite', () => {
  it('takes the user of a case before that of the defaults, a number as text', () => {
    const cases = 'defaults: {user: app}\ncases: [{name: a}, {name: b, user: 1000}]';
    const users = parseSuite(`${SUITE_HEAD}${cases}`, '<generated>').cases.map(({ user }) => user);
    expect(users).toEqual(['app', '1000']);
  });

  it('reads every key, merges defaults and makes paths absolute', () => {
    const suite = parseHere(WHOLE);
    expect({ ...suite, cases: suite.cases.length }).toEqual({
      version: 1,
      name: 'app',
      file: path.join(directory, 'app.yaml'),
      lanes: ['native', 'q10=emulated'],
      secrets: ['API_TOKEN'],
      cases: 2,
    });
    expect(suite.cases[0]).toEqual({
      id: 'app/whole',
      suite: 'app',
      name: 'whole',
      position: { file: path.join(directory, 'app.yaml'), line: 8, column: 5 },
      tags: ['smoke'],
      subject: {
        kind: 'binary',
        paths: {
          'linux/amd64': path.join(directory, 'app-amd64'),
          'linux/arm64': path.join(directory, 'app-arm64'),
        },
      },
      command: { kind: 'subject', args: ['--version'] },
      env: { A: '1', B: '3', LANG: 'C.UTF-8' },
      workdir: '/srv',
      network: 'host',
      stdin: { file: path.join(directory, 'testdata/in.json') },
      fixtures: [path.join(directory, 'testdata')],
      setup: [['mkdir', '/out']],
      teardown: [['rm', '-r', '/out']],
      timeout: { kind: 'literal', ms: 10_000, byLane: { emulated: 60_000 } },
      retries: 1,
      limits: { pids: 5, memoryBytes: 268_435_456, outputBytes: 67_108_864 },
      when: { platform: ['linux/arm64'], lane: ['emulated'] },
      expect: {
        exit: 0,
        stdout: [{ matches: '^app' }, { not: { contains: 'x' } }],
        files: [{ path: '/out/x', mode: '0644', content: { equals: '' } }],
        platform: { 'linux/arm64': { signal: 'SIGSEGV', stdout: { contains: 'aarch64' } } },
      },
      compare: ['exit', 'files'],
      normalize: ['time', { replace: 'a+', with: 'b' }],
      files: ['/out/**'],
      known: [{ cause: 'architecture', at: 'files:/out/x', until: '2027-06-30', reason: 'r' }],
      pid1: 'subject',
    });
    expect(suite.cases[1]).toMatchObject({
      network: 'none',
      env: { A: '1', B: '2' },
    });
  });

  it('has defaults for all that is not written', () => {
    const [definition] = parseSuite(`${SUITE_HEAD}cases: [{name: c}]`, '<generated>').cases;
    expect(definition).toEqual({
      id: 's/c',
      suite: 's',
      name: 'c',
      position: { file: '<generated>', line: 4, column: 9 },
      tags: [],
      subject: { kind: 'image', reference: `oci:${path.resolve('x')}` },
      command: { kind: 'subject' },
      env: {},
      network: 'none',
      fixtures: [],
      setup: [],
      teardown: [],
      timeout: { kind: 'scaled', nativeMs: 10_000 },
      retries: 0,
      limits: { outputBytes: 1_048_576 },
      expect: {},
      compare: ['exit', 'stdout'],
      normalize: ['arch', 'paths', 'time', 'pid', 'address'],
      known: [],
      pid1: 'init',
    });
  });

  it('tells a command, a shell text and arguments apart', () => {
    const commandOf = (keys: string) => parseHere(suiteWithCase(keys)).cases[0]?.command;
    expect(commandOf('run: [app, -v]')).toEqual({ kind: 'run', argv: ['app', '-v'] });
    expect(commandOf('run: app | sort')).toEqual({ kind: 'shell', script: 'app | sort' });
    expect(commandOf('inspect: files')).toEqual({ kind: 'inspect', what: 'files' });
    expect(commandOf('args: []')).toEqual({ kind: 'subject', args: [] });
    expect(commandOf('compare: []')).toEqual({ kind: 'subject' });
  });

  it.each([
    ['oci:build/app:1.2', (at: string) => `oci:${at}/build/app:1.2`],
    ['dir:x', (at: string) => `dir:${at}/x`],
    ['oci-archive:/a.tar:t', () => 'oci-archive:/a.tar:t'],
    ['docker-archive:../a.tar', (at: string) => `docker-archive:${path.dirname(at)}/a.tar`],
    ['docker://debian:13', () => 'docker://debian:13'],
    ['containers-storage:x', () => 'containers-storage:x'],
    ['debian:13', () => 'debian:13'],
  ])('resolves the image %s', (reference, expected) => {
    const text = `version: 1\nname: s\nsubject: {image: '${reference}'}\ncases: [{name: c}]`;
    expect(parseHere(text).cases[0]?.subject).toEqual({
      kind: 'image',
      reference: expected(directory),
    });
  });

  it('lets the caller replace the subject, whose files need not be there then', () => {
    const subject = { kind: 'image', reference: 'docker://x' } as const;
    const without = 'version: 1\nname: s\ncases: [{name: c}]';
    const missing = 'version: 1\nname: s\nsubject: {binary: {arm64: nope}}\ncases: [{name: c}]';
    for (const text of [without, missing]) {
      expect(listMistakes(text)).toHaveLength(1);
      expect(parseSuite(text, 'a.yaml', { subject }).cases[0]?.subject).toEqual(subject);
    }
  });

  it('takes a list of known divergences', () => {
    const known = parseHere(
      suiteWithCase('known: [{cause: emulator, reason: a}, {cause: undecided, reason: b}]'),
    ).cases[0]?.known;
    expect(known).toEqual([
      { cause: 'emulator', reason: 'a' },
      { cause: 'undecided', reason: 'b' },
    ]);
  });
});
