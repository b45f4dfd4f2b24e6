import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunOptions } from '../../../../src/suite/cst/cst-schema.ts';
import {
  readRunSettings,
  type RunSettings,
  type RunSettingsContext,
} from '../../../../src/suite/cst/run-settings.ts';

let root = '';

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'parity-run-settings-'));
  for (const name of ['cwd', 'suite']) mkdirSync(path.join(root, name));
  writeFileSync(path.join(root, 'cwd', 'both.env'), 'FROM=cwd\nEMPTY=\n# A=1\nQUOTED="a b"\n');
  writeFileSync(path.join(root, 'suite', 'both.env'), 'FROM=suite\n');
  writeFileSync(path.join(root, 'suite', 'one.env'), 'ONE=1\nCALLER=file\n');
});

afterAll(() => rmSync(root, { recursive: true }));

function read(options: RunOptions | undefined, context: Partial<RunSettingsContext> = {}) {
  return readRunSettings(options, {
    cwd: path.join(root, 'cwd'),
    directory: path.join(root, 'suite'),
    environment: { CALLER: 'caller', EMPTY: '' },
    isStrict: false,
    ...context,
  });
}

const NONE: RunSettings = { env: {}, secrets: [], replacesEnv: false };

describe('run options', () => {
  it.each<[RunOptions | undefined, RunSettings]>([
    [undefined, NONE],
    [{}, NONE],
    [{ user: '', network: '', envFile: '' }, NONE],
    [{ privileged: false, allocateTty: false }, NONE],
    [{ privileged: null, allocateTty: null, sysctls: null }, NONE],
    [{ envVars: [], capabilities: [], drop_capabilities: [], bindMounts: [] }, NONE],

    [{ user: 'app' }, { ...NONE, replacesEnv: true, user: 'app' }],
    [
      { user: 'app', network: '' },
      { ...NONE, replacesEnv: true, user: 'app' },
    ],
    [{ network: 'none' }, { ...NONE, replacesEnv: true, network: 'none' }],
    [{ network: 'host' }, { ...NONE, replacesEnv: true, network: 'host' }],
    [{ network: 'bridge' }, { ...NONE, replacesEnv: true, network: 'host' }],
    [{ network: 'default' }, { ...NONE, replacesEnv: true, network: 'host' }],
    [{ privileged: true }, { ...NONE, replacesEnv: true, container: { privileged: true } }],
    [{ allocateTty: true }, { ...NONE, replacesEnv: true, container: { terminal: true } }],
    [
      { capabilities: ['A'] },
      { ...NONE, replacesEnv: true, container: { addedCapabilities: ['A'] } },
    ],
    [
      { drop_capabilities: ['A', 'B'], capabilities: [] },
      { ...NONE, replacesEnv: true, container: { droppedCapabilities: ['A', 'B'] } },
    ],
    [
      { sysctls: { a: '1' }, privileged: false },
      { ...NONE, replacesEnv: true, container: { sysctls: { a: '1' } } },
    ],
    [
      { bindMounts: ['/:/data'] },
      {
        ...NONE,
        replacesEnv: true,
        container: { binds: [{ source: '/', target: '/data', readonly: false }] },
      },
    ],

    [
      { envVars: ['CALLER'] },
      { env: { CALLER: 'caller' }, secrets: ['CALLER'], replacesEnv: true },
    ],
    [{ envVars: ['EMPTY', 'UNSET'] }, { env: {}, secrets: [], replacesEnv: true }],
    [{ envFile: 'both.env' }, { ...NONE, env: { FROM: 'cwd', QUOTED: 'a b' }, replacesEnv: true }],
    [{ envFile: 'one.env' }, { ...NONE, env: { ONE: '1', CALLER: 'file' }, replacesEnv: true }],
    [
      { envFile: 'one.env', envVars: ['CALLER', 'EMPTY'] },
      { env: { ONE: '1', CALLER: 'caller' }, secrets: ['CALLER'], replacesEnv: true },
    ],
  ])('%j', (options, settings) => {
    expect(read(options)).toEqual({ settings, mistakes: [] });
  });
});

describe('bind mounts', () => {
  it.each([
    ['/:/data:ro', { source: '/', target: '/data', readonly: true }],
    ['/:/data:z,ro', { source: '/', target: '/data', readonly: true }],
    ['/:/data:rw', { source: '/', target: '/data', readonly: false }],
    ['/:/data:ro1', { source: '/', target: '/data', readonly: false }],
    ['/:/:', { source: '/', target: '/', readonly: false }],
  ])('%s', (written, bind) => {
    expect(read({ bindMounts: [written] }).settings.container?.binds).toEqual([bind]);
  });

  it('begin in the working directory', () => {
    const { settings } = read({ bindMounts: ['both.env:/e', '../suite:/s'] });
    expect(settings.container?.binds).toEqual([
      { source: path.join(root, 'cwd', 'both.env'), target: '/e', readonly: false },
      { source: path.join(root, 'suite'), target: '/s', readonly: false },
    ]);
  });
});

describe('mistakes', () => {
  it.each(['data', '', ':/data', '/:data', '/:', '/:./data', 'x:data/'])(
    'no bind mount: %j',
    (written) => {
      const { mistakes, settings } = read({ bindMounts: ['/:/ok', written] });
      expect(mistakes).toEqual([
        {
          key: 'bindMounts',
          index: 1,
          message: `is no bind mount: ${JSON.stringify(written)}`,
          hint: 'write HOST-PATH:/PATH-IN-THE-CONTAINER, with :ro behind it for a read-only one',
        },
      ]);
      expect(settings.container?.binds).toEqual([{ source: '/', target: '/ok', readonly: false }]);
    },
  );

  it('a bind mount of what is not there', () => {
    expect(read({ bindMounts: ['one.env:/x'] }).mistakes).toEqual([
      {
        key: 'bindMounts',
        index: 0,
        message: 'names a path that does not exist: "one.env"',
        hint: `it was looked for at ${root}/cwd/one.env`,
      },
    ]);
  });

  it('a file of variables that is not there, which is none strictly', () => {
    const mistake = {
      key: 'envFile',
      message: 'names a file that does not exist: "no.env"',
      hint: `it was looked for in ${root}/cwd and ${root}/suite`,
    };
    const settings = { ...NONE, replacesEnv: true };
    expect(read({ envFile: 'no.env' })).toEqual({ settings, mistakes: [mistake] });
    expect(read({ envFile: 'no.env' }, { isStrict: true })).toEqual({ settings, mistakes: [] });
  });

  it.each(['bridged', 'container:x', 'Host'])('a network that is not to be had: %s', (network) => {
    expect(read({ network }).mistakes).toEqual([
      {
        key: 'network',
        message: `names a network that is not to be had here: "${network}"`,
        hint: 'none, host, bridge and default are',
      },
    ]);
  });

  it('all at once, in their order', () => {
    const options = { network: 'x', bindMounts: ['a', 'b:/c'], envFile: 'no.env' };
    expect(read(options).mistakes.map(({ key, index }) => [key, index])).toEqual([
      ['envFile', undefined],
      ['bindMounts', 0],
      ['bindMounts', 1],
      ['network', undefined],
    ]);
    expect(read(options).settings.container).toBeUndefined();
  });
});
