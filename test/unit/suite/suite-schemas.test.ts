import { describe, expect, it } from 'vitest';
import * as expectations from '../../../src/suite/expectation-schemas.ts';
import { caseDocument, caseSettings } from '../../../src/suite/suite-schema.ts';
import { messagesOf } from './schema-messages.ts';

const ofCase = (keys: object) => messagesOf(caseDocument, { name: 'c', ...keys });

const octal = (mode: string) =>
  `files.0.mode: must be an octal mode in quotes such as "0644", not ${JSON.stringify(mode)}\nthree or four digits from 0 to 7`;
const place = (at: string) =>
  `known.at: must be a place such as stdout or files:/out/x, not ${JSON.stringify(at)}\nbegin with one of exit, stdout, stderr, files, responses`;
const known = (more: object) => ({ known: { cause: 'emulator', reason: 'r', ...more } });
const aText = 'must be an expectation on text (a mapping) or a list of them';
const aValue = 'must be a text, an expectation on text, or false for one that must not be set';
const trueOrFalse = 'must be true or false';
const exit = 'must be an exit code from 0 to 255';
const id = (kind: string) => `must be a ${kind} id from 0 to 4294967294`;
const argv = 'write each command as a list of its own: [[mkdir, -p, /out]]';

describe('an expectation', () => {
  it.each([
    { exit: 0, signal: 'SIGSEGV', stdout: [] },
    { exit: 255, stderr: [{ contains: 'a' }, [{ not: { not: { equals: '' } } }]] },
    ...['644', '0644', '4755', '04755', '00755', '000', '7777'].map((mode) => ({
      files: [{ path: '/x', mode }],
    })),
    { files: [{ path: '/x', uid: 0, gid: 4_294_967_294, exists: false, type: 'symlink' }] },
    { files: [{ path: '/x', permissions: 'd', executableBy: 'any', content: [] }] },
    { config: { env: { A: false, B: '', C: { contains: 'x' }, D: [] }, labels: { a: false } } },
    {
      config: {
        entrypoint: [],
        cmd: [''],
        workdir: '',
        user: '',
        ports: { 80: true },
        volumes: {},
      },
    },
    { platform: { arm64: { exit: 1 }, 'linux/amd64': {} } },
    {},
  ])('can be %j', (value) => {
    expect(messagesOf(expectations.expectation, value)).toEqual([]);
  });

  it.each([
    [{ exit: -1 }, [`exit: ${exit}`]],
    [{ exit: 256 }, [`exit: ${exit}`]],
    [
      { stdout: 'a' },
      ['stdout: must be an expectation on text\nwrite {equals: "a"} or {contains: "a"}'],
    ],
    [{ stdout: 5 }, [`stdout: ${aText}`]],
    [{ stdout: {} }, ['stdout: says nothing\nwrite one of contains, equals, matches and not']],
    [{ stdout: { contains: '' } }, ['stdout.contains: cannot be empty']],
    [
      { stdout: { contains: 'a', not: [], equals: '' } },
      [
        'stdout: can have one of contains, equals, matches and not, but has contains and equals and not\nwrite a list: [{contains: …}, {equals: …}, {not: …}]',
      ],
    ],
    ...['64', '6', '', '77777', '0648', 'x644', '644x', '+644', ' 644', '1 644', '007777 7'].map(
      (mode) => [{ files: [{ path: '/x', mode }] }, [octal(mode)]],
    ),
    [{ files: [{ path: '/x', exists: 'x' }] }, [`files.0.exists: ${trueOrFalse}`]],
    [{ files: [{ path: ' ' }] }, ['files.0.path: cannot be empty']],
    [
      { files: [{ path: '/x', uid: 4_294_967_295, gid: -1 }] },
      [`files.0.uid: ${id('user')}`, `files.0.gid: ${id('group')}`],
    ],
    [
      { files: [{ path: '/x', type: 'x', executableBy: 'all' }] },
      [
        'files.0.type: must be one of file, directory, symlink',
        'files.0.executableBy: must be one of owner, group, other, any',
      ],
    ],
    [{ files: {} }, ['files: must be a list\nwrite [{path: /out/x, exists: true}]']],
    [{ files: [] }, ['files: needs at least one file']],
    [{ config: { env: { A: true } } }, [`config.env.A: ${aValue}`]],
    [
      { config: { env: [], labels: 5 } },
      ['config.env: must be a mapping from names', 'config.labels: must be a mapping from names'],
    ],
    [
      { config: { ports: [], volumes: '' } },
      [
        'config.ports: must be a mapping from ports',
        'config.volumes: must be a mapping from paths',
      ],
    ],
    [
      { config: { ports: { 80: 'x' }, volumes: { '/a': 1 } } },
      [`config.ports.80: ${trueOrFalse}`, `config.volumes./a: ${trueOrFalse}`],
    ],
    [
      { config: { entrypoint: 'x', cmd: {} } },
      ['config.entrypoint: must be a list', 'config.cmd: must be a list'],
    ],
    [{ platform: [] }, ['platform: must be a mapping from platforms to expectations']],
    [
      { platform: { arm64: { platform: {} } } },
      ['platform.arm64: an expectation\nexit,signal,stdout,stderr,files,config'],
    ],
  ] as [object, string[]][])('cannot be %j', (value, expected) => {
    expect(messagesOf(expectations.expectation, value)).toEqual(expected);
  });
});

describe('a case', () => {
  it.each([
    ...['exit', 'stdout:x', 'stderr', 'files:/a\nb', 'files::', 'responses:a b', 'exit:\n'].map(
      (at) => known({ at }),
    ),
    { known: [known({}).known, known({ until: '2027-06-30' }).known] },
    { compare: [], normalize: [{ replace: 'a', with: '' }, 'pid'] },
    { user: 0, limits: { pids: 1 }, retries: 0 },
    { user: 4_294_967_294, limits: { pids: 4_194_304 }, retries: 100 },
    { setup: [], teardown: [['']], tags: [], env: { A: '' }, mayKeepRunning: true },
    { timeout: { default: '1s', vm: '2s' }, when: { platform: 'arm64', lane: ['vm'] } },
    { run: [''], args: [], inspect: 'licenses', stdin: '', stdinFile: 'x', fixtures: [] },
  ])('can have %j', (keys) => {
    expect(ofCase(keys)).toEqual([]);
  });

  it.each([
    ...[
      '',
      'exit:',
      'files:',
      'xexit',
      'exitx',
      'exit x',
      'stdin',
      ':x',
      'Exit',
      'x\nexit',
      'exit\n',
    ].map((at) => [known({ at }), [place(at)]]),
    [{ known: 5 }, ['known: must be a known divergence (a mapping) or a list of them']],
    [{ known: [] }, ['known: needs at least one entry']],
    [
      known({ cause: 'x' }),
      ['known.cause: must be one of architecture, emulator, environment, undecided'],
    ],
    [{ compare: ['x'] }, ['compare.0: must be one of exit, stdout, stderr, files, responses']],
    [
      { normalize: ['x'] },
      [
        'normalize.0: must be one of arch, paths, time, pid, address or {replace: …, with: …}\narch,paths,time,pid,address',
      ],
    ],
    [{ normalize: [{ replace: 'a', with: 5 }] }, ['normalize.0.with: must be text']],
    [{ env: [] }, ['env: must be a mapping from variables to texts\nwrite {NAME: "value"}']],
    [
      { timeout: 10 },
      ['timeout: must be a duration such as 10s\na duration needs a unit: write 10s'],
    ],
    [
      { timeout: true },
      ['timeout: must be a duration such as 10s, or {default: 10s, emulated: 60s}'],
    ],
    [
      { timeout: { vm: 5 } },
      ['timeout.vm: must be a duration such as 10s\na duration needs a unit: write 5s'],
    ],
    [{ limits: { pids: 0 } }, ['limits.pids: must be a number of processes from 1 to 4194304']],
    [
      { limits: { pids: 4_194_305 } },
      ['limits.pids: must be a number of processes from 1 to 4194304'],
    ],
    [{ user: [] }, ['user: must be a user: name, uid or uid:gid']],
    [{ user: '' }, ['user: cannot be empty']],
    [{ user: 4_294_967_295 }, [`user: ${id('user')}`]],
    [{ retries: 101 }, ['retries: must be a number of retries from 0 to 100']],
    [{ retries: -1 }, ['retries: must be a number of retries from 0 to 100']],
    [
      { network: 'x', pid1: 'x' },
      ['network: must be one of none, host', 'pid1: must be one of init, subject'],
    ],
    [{ when: {} }, ['when: says nothing\nwrite platform or lane']],
    [
      { when: { platform: 5, lane: {} } },
      [
        'when.platform: must be a platform or a list of them',
        'when.lane: must be a lane or a list of them',
      ],
    ],
    [{ when: { platform: [] } }, ['when.platform: needs at least one platform']],
    [{ setup: 'x' }, [`setup: must be a list of commands\n${argv}`]],
    [{ setup: ['x'] }, [`setup.0: must be a command (a list of words)\n${argv}`]],
    [{ teardown: [[]] }, [`teardown.0: needs at least one word: the program\n${argv}`]],
    [{ mayKeepRunning: false }, ['mayKeepRunning: must be true, or be left out']],
    [{ inspect: 'x' }, ['inspect: must be one of programs, files, paths, config, licenses']],
    [{ run: 5 }, ['run: must be a command: a list of words, or text for "sh -c"']],
    [{ run: [] }, ['run: needs at least one word: the program']],
    [{ files: [] }, ['files: needs at least one glob']],
  ] as [object, string[]][])('cannot have %j', (keys, expected) => {
    expect(ofCase(keys)).toEqual(expected);
  });

  it('has settings in a project', () => {
    const settings = {
      compare: [],
      limits: { pids: 5 },
      network: 'host',
      normalize: [],
      retries: 1,
      timeout: '1s',
    };
    expect(messagesOf(caseSettings, { ...settings, ...known({}) })).toEqual([]);
    expect(messagesOf(caseSettings, { name: 'x' })).toEqual([
      ': the settings of a case\nknown,compare,normalize,timeout,retries,limits,network',
    ]);
  });
});
