import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseLaneSpec } from '../../../../src/lanes/lane-spec.ts';
import { formatSshConfig } from '../../../../src/lanes/ssh/ssh-config.ts';
import { readSshSettings } from '../../../../src/lanes/ssh/ssh-settings.ts';

const read = (text: string) => readSshSettings(parseLaneSpec(text));

describe('readSshSettings', () => {
  it('has defaults', () => {
    expect(read('ssh:pi')).toEqual({
      target: { host: 'pi' },
      connectTimeoutMs: 15_000,
      keepAliveMs: 10_000,
      engine: 'auto',
      cpu: 'hardware',
      isolation: 'auto',
    });
  });

  it('reads every setting', () => {
    expect(
      read(
        'ssh:pi,config=ci/ssh_config,connect-timeout=3,keep-alive=2s,state=/srv/x,engine=crun,emulated-cpu=yes,isolation=none',
      ),
    ).toEqual({
      target: { host: 'pi' },
      config: resolve('ci/ssh_config'),
      connectTimeoutMs: 3000,
      keepAliveMs: 2000,
      stateDirectory: '/srv/x',
      engine: 'crun',
      cpu: 'tcg',
      isolation: 'none',
    });
  });

  it.each(['connect-timeout=0', 'connect-timeout=soon', 'keep-alive=-1', 'state=relative'])(
    'refuses %s',
    (setting) => {
      expect(() => read(`ssh:pi,${setting}`)).toThrow(
        expect.objectContaining({ code: 'LANE_SETTING_INVALID', exitCode: 2 }) as Error,
      );
    },
  );
});

describe('formatSshConfig', () => {
  const lines = (config?: string): string[] =>
    formatSshConfig(
      {
        connectTimeoutMs: 3000,
        keepAliveMs: 2000,
        ...(config === undefined ? {} : { config }),
      },
      '/home/me',
    ).split('\n');

  it('puts what must hold before the files of the user, where ssh finds it first', () => {
    const text = lines();
    expect(text.slice(-3)).toEqual([
      'Include "/home/me/.ssh/config"',
      'Include "/etc/ssh/ssh_config"',
      '',
    ]);
    expect(text).toEqual(
      expect.arrayContaining([
        'BatchMode yes',
        'StrictHostKeyChecking yes',
        'ControlPersist no',
        'ConnectTimeout 3',
        'ServerAliveInterval 2',
      ]),
    );
  });

  it('reads a configuration that is given alone', () => {
    expect(lines('/ci/ssh config').filter((line) => line.startsWith('Include'))).toEqual([
      'Include "/ci/ssh config"',
    ]);
  });
});
