import { describe, expect, it } from 'vitest';
import type { CaseCommand } from '../../../../src/core/index.ts';
import { containerArgv } from '../../../../src/lanes/attempt/container-argv.ts';
import type { ContainerRun } from '../../../../src/lanes/attempt/container-run.ts';
import { containerSpawn } from '../../../../src/lanes/attempt/container-spawn.ts';

function makeRun(
  command: CaseCommand,
  config: object = {},
  more: Partial<ContainerRun> = {},
): ContainerRun {
  return {
    subject: {
      kind: 'image',
      root: '/nonexistent/a,b:c',
      platform: 'linux/arm64',
      config: {
        env: [],
        workdir: '',
        user: '',
        labels: {},
        exposedPorts: [],
        volumes: [],
        ...config,
      },
    },
    user: { uid: 5, gid: 6, groups: [7], home: '/h' },
    command,
    env: {},
    fixtures: [],
    setup: [],
    teardown: [],
    network: 'none',
    pid1: 'init',
    reportFiles: false,
    ...more,
  };
}

describe('containerArgv', () => {
  it.each([
    [
      'entrypoint and Cmd',
      { kind: 'subject' },
      { entrypoint: ['/e', '1'], cmd: ['c'] },
      ['/e', '1', 'c'],
    ],
    [
      'arguments instead of Cmd',
      { kind: 'subject', args: ['a'] },
      { entrypoint: ['/e'], cmd: ['c'] },
      ['/e', 'a'],
    ],
    [
      'no arguments instead of Cmd',
      { kind: 'subject', args: [] },
      { entrypoint: ['/e'], cmd: ['c'] },
      ['/e'],
    ],
    ['Cmd alone', { kind: 'subject' }, { cmd: ['c', 'd'] }, ['c', 'd']],
    ['a command of the case', { kind: 'run', argv: ['x'] }, { entrypoint: ['/e'] }, ['x']],
    ['a script', { kind: 'shell', script: 'a | b' }, { entrypoint: ['/e'] }, ['sh', '-c', 'a | b']],
  ] as const)('is %s', (_name, command, config, argv) => {
    expect(containerArgv(makeRun(command, config))).toEqual(argv);
  });

  it('refuses an image with nothing to start', () => {
    for (const command of [{ kind: 'subject' }, { kind: 'subject', args: [] }] as const)
      expect(() => containerArgv(makeRun(command))).toThrow(
        expect.objectContaining({ code: 'IMAGE_NO_COMMAND', exitCode: 2 }) as Error,
      );
  });
});

describe('containerSpawn', () => {
  const place = {
    agent: '/agent',
    crun: '/crun',
    scratch: '/mnt',
    canSetGroups: true,
    hasTerminalGroup: true,
  };
  const spawn = (run: ContainerRun) => containerSpawn(run, place, { kind: 'none' });

  it('escapes the lower directory for overlayfs', () => {
    const overlay = spawn(makeRun({ kind: 'run', argv: ['x'] })).mounts?.find(
      ({ kind }) => kind === 'overlay',
    );
    expect(overlay).toMatchObject({
      options: expect.stringContaining('lowerdir=/nonexistent/a\\,b\\:c,') as string,
    });
    expect(overlay).toMatchObject({ options: expect.stringMatching(/^userxattr,/) as string });
  });

  it('gives the command the image’s environment under the case’s', () => {
    const run = makeRun(
      { kind: 'run', argv: ['x'] },
      { env: ['PATH=/p', 'A=1', 'HOME=/image'] },
      { env: { A: '2' } },
    );
    expect(spawn(run).inner?.env).toEqual({
      PATH: '/p',
      HOSTNAME: 'archparity',
      HOME: '/image',
      A: '2',
    });
  });

  it('starts in the case’s directory below the image’s', () => {
    const cwd = (config: object, workdir?: string): string | undefined =>
      spawn(makeRun({ kind: 'run', argv: ['x'] }, config, workdir === undefined ? {} : { workdir }))
        .inner?.cwd;
    expect(cwd({})).toBe('/');
    expect(cwd({ workdir: '/srv' })).toBe('/srv');
    expect(cwd({ workdir: 'srv' })).toBe('/srv');
    expect(cwd({ workdir: '/srv' }, '/tmp')).toBe('/tmp');
    expect(cwd({ workdir: '/srv' }, 'sub')).toBe('/srv/sub');
  });

  it('waits longer outside than inside, but for a subject that is PID 1', () => {
    const run = { kind: 'run', argv: ['x'] } as const;
    const init = spawn(makeRun(run, {}, { deadlineMs: 1000, graceMs: 2000 }));
    expect(init.inner?.deadlineMs).toBe(1000);
    expect(init.deadlineMs).toBeGreaterThan(3000);
    const subject = spawn(makeRun(run, {}, { deadlineMs: 1000, graceMs: 2000, pid1: 'subject' }));
    expect(subject.deadlineMs).toBe(1000);
    expect(subject.inner?.inPlace).toBe(true);
  });

  it('keeps what a runtime writes to /tmp within the case', () => {
    const run = makeRun({ kind: 'run', argv: ['x'] });
    expect(spawn(run).env).toMatchObject({ _LIBCONTAINER_STATEDIR: '/mnt' });
    const covers = (scratch: string) =>
      containerSpawn(run, { ...place, scratch, runtime: 'podman' }, { kind: 'none' }).mounts?.some(
        (mount) => mount.kind === 'tmpfs' && mount.target === '/tmp',
      );
    expect(covers('/home/u/.cache/archparity/scratch')).toBe(true);
    expect(covers('/tmp/state/scratch')).toBe(false);
  });

  it('keeps what podman’s container is made of, wherever it lies', () => {
    const subject = { ...makeRun({ kind: 'run', argv: ['x'] }).subject, root: '/tmp/cache/root' };
    const run = makeRun(
      { kind: 'run', argv: ['x'] },
      {},
      { subject, fixtures: ['/run/user/1/f', '/home/g'] },
    );
    const binds = (runtime: object) =>
      (containerSpawn(run, { ...place, ...runtime }, { kind: 'none' }).mounts ?? []).flatMap(
        (mount) => (mount.kind === 'bind' ? [[mount.source, mount.target]] : []),
      );
    expect(binds({ runtime: 'podman' })).toEqual([
      ['/tmp/cache/root', '/tmp/cache/root'],
      ['/run/user/1/f', '/run/user/1/f'],
    ]);
    expect(binds({})).toEqual([]);
  });

  it('has podman make a network of its own for sysctls of it alone', () => {
    const words = (sysctls?: Readonly<Record<string, string>>) =>
      containerSpawn(
        makeRun(
          { kind: 'run', argv: ['x'] },
          {},
          sysctls === undefined ? {} : { container: { sysctls } },
        ),
        { ...place, runtime: 'podman' },
        { kind: 'none' },
      ).argv.join(' ');
    expect(words()).toContain('--network host --dns none');
    expect(words({ 'kernel.msgmax': '1' })).toContain('--network host --dns none');
    expect(words({ 'net.core.somaxconn': '1' })).toContain('--network none');
  });

  it('gives the network away only when it is asked to', () => {
    const run = { kind: 'run', argv: ['x'] } as const;
    expect(spawn(makeRun(run)).namespaces).toContain('net');
    expect(spawn(makeRun(run, {}, { network: 'host' })).namespaces).not.toContain('net');
  });
});
