import { describe, expect, it } from 'vitest';
import {
  LANE_SETTINGS,
  parseLaneSpec,
  requireDistinctLanes,
} from '../../../src/lanes/lane-spec.ts';

const failing = (code: string): Error => expect.objectContaining({ code, exitCode: 2 }) as Error;

describe('parseLaneSpec', () => {
  it.each([
    ['native', { id: 'native', kind: 'native', settings: {} }],
    ['emulated', { id: 'emulated', kind: 'emulated', settings: {} }],
    ['q10=emulated', { id: 'q10', kind: 'emulated', settings: {} }],
    [
      'emulated,qemu=/opt/q 10/qemu,cpu=cortex-a53',
      {
        id: 'emulated,qemu=/opt/q 10/qemu,cpu=cortex-a53',
        kind: 'emulated',
        settings: { qemu: '/opt/q 10/qemu', cpu: 'cortex-a53' },
      },
    ],
    [
      'x.y-z_1=emulated,cpu=max,pauth-impdef=on,sve=off,binfmt=private',
      {
        id: 'x.y-z_1',
        kind: 'emulated',
        settings: { cpu: 'max,pauth-impdef=on,sve=off', binfmt: 'private' },
      },
    ],
    [
      'emulated,qemu=/a=b',
      { id: 'emulated,qemu=/a=b', kind: 'emulated', settings: { qemu: '/a=b' } },
    ],
    [
      'pi=ssh:me@host:22,platform=arm64',
      { id: 'pi', kind: 'ssh', settings: { host: 'me@host:22', platform: 'arm64' } },
    ],
    ['ssh:pi', { id: 'ssh:pi', kind: 'ssh', settings: { host: 'pi' } }],
    ['vm', { id: 'vm', kind: 'vm', settings: {} }],
    [
      'big=vm,pages=16k,cpu=max,pauth=off,memory=2G',
      { id: 'big', kind: 'vm', settings: { pages: '16k', cpu: 'max,pauth=off', memory: '2G' } },
    ],
    [
      'native,engine=docker',
      { id: 'native,engine=docker', kind: 'native', settings: { engine: 'docker' } },
    ],
    ['n=native,isolation=none', { id: 'n', kind: 'native', settings: { isolation: 'none' } }],
  ])('reads %s', (text, spec) => {
    expect(parseLaneSpec(text)).toEqual(spec);
  });

  it.each([
    ['', 'LANE_UNKNOWN'],
    ['arm64', 'LANE_UNKNOWN'],
    ['Native', 'LANE_UNKNOWN'],
    ['a b=emulated', 'LANE_NAME_INVALID'],
    ['ä=native', 'LANE_NAME_INVALID'],
    ['ssh', 'LANE_HOST_MISSING'],
    ['ssh:', 'SSH_TARGET_INVALID'],
    ['ssh:-oProxyCommand=x', 'SSH_TARGET_INVALID'],
    ['ssh:me@host,engine=lxc', 'LANE_SETTING_INVALID'],
    ['native,engine=runc', 'LANE_SETTING_INVALID'],
    ['emulated,engine=auto', 'LANE_SETTING_INVALID'],
    ['vm,engine=crun', 'LANE_SETTING_UNKNOWN'],
    ['ssh:me@host,host=other', 'LANE_SETTING_UNKNOWN'],
    ['vm,pages=64k', 'LANE_SETTING_INVALID'],
    ['vm,binfmt=host', 'LANE_SETTING_UNKNOWN'],
    ['emulated,quemu=/x', 'LANE_SETTING_UNKNOWN'],
    ['emulated,max', 'LANE_SETTING_UNKNOWN'],
    ['emulated,', 'LANE_SETTING_UNKNOWN'],
    ['native,qemu=/x', 'LANE_SETTING_UNKNOWN'],
    ['native,__proto__=x', 'LANE_SETTING_UNKNOWN'],
    ['emulated,toString=x', 'LANE_SETTING_UNKNOWN'],
    ['emulated,cpu=', 'LANE_SETTING_EMPTY'],
    ['emulated,cpu=a,cpu=b', 'LANE_SETTING_TWICE'],
    ['emulated,binfmt=yes', 'LANE_SETTING_INVALID'],
    ['native,isolation=full', 'LANE_SETTING_INVALID'],
  ])('refuses "%s"', (text, code) => {
    expect(() => parseLaneSpec(text)).toThrow(failing(code));
  });

  it('says what there is', () => {
    expect(() => parseLaneSpec('emulated,x=1')).toThrow(
      expect.objectContaining({
        advice: expect.stringContaining(Object.keys(LANE_SETTINGS.emulated).join(', ')) as string,
      }) as Error,
    );
  });
});

describe('requireDistinctLanes', () => {
  it('refuses two lanes of one name', () => {
    const check = (texts: readonly string[]) => () =>
      requireDistinctLanes(texts.map(parseLaneSpec));
    expect(check(['native', 'emulated', 'native'])).toThrow(failing('LANE_TWICE'));
    expect(check(['a=native', 'a=emulated'])).toThrow(failing('LANE_TWICE'));
    expect(check(['emulated', 'b=emulated'])).not.toThrow();
  });
});
