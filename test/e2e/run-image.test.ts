import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createLayout, type TarEntry } from '../fixtures/oci-layout.ts';
import {
  CALLERS,
  image,
  machine,
  makeDirectory,
  makeSubdirectory,
  program,
  runCli,
} from './cli.ts';
import { parseReport, verdictsOf } from './records.ts';

const file = (path: string, name: string, arch: 'arm64' | 'amd64'): TarEntry => ({
  name: path,
  content: readFileSync(program(name, arch)),
  mode: 0o755,
});

/** A two-platform image of static programs and of nothing else. */
function makeImage(name: string, config: object, programs: readonly string[]): string {
  const layout = createLayout(join(machine.directory, `image-${name}-${process.pid}`));
  const manifests = (['amd64', 'arm64'] as const).map((arch) =>
    layout.addImage({
      platform: `linux/${arch}`,
      config,
      layers: [
        [
          { name: 'bin/', type: '5' },
          { name: 'etc/', type: '5' },
          { name: 'tmp/', type: '5', mode: 0o1777 },
          {
            name: 'etc/passwd',
            content: 'root:x:0:0::/root:/bin/sh\napp:x:1234:5678::/home/app:/bin/sh\n',
          },
          { name: 'etc/group', content: 'root:x:0:\napp:x:5678:\nextra:x:90:app\n' },
          ...programs.map((entry) => file(`bin/${entry}`, entry, arch)),
        ],
      ],
    }),
  );
  layout.writeIndex(['v1', layout.addIndex(manifests)]);
  return `oci:${layout.dir}:v1`;
}

let context = '';
let entrypoint = '';
let aborting = '';
let empty = '';
beforeAll(() => {
  context = makeImage(
    'context',
    {
      User: 'app',
      WorkingDir: '/srv/made',
      Env: ['PATH=/bin', 'FROM_IMAGE=1', 'BOTH=image'],
      Cmd: ['print-context'],
    },
    ['print-context', 'exit42', 'hello'],
  );
  entrypoint = makeImage('entrypoint', { Entrypoint: ['/bin/hello', 'entry'], Cmd: ['from-cmd'] }, [
    'hello',
  ]);
  aborting = makeImage('aborting', { Entrypoint: ['/bin/abort'] }, ['abort']);
  empty = makeImage('empty', {}, ['hello']);
});

describe.each(CALLERS)('archparity of an image where there is one id alone, as $name', (caller) => {
  const through = ['unshare', '--user', '--map-root-user'];

  it('unpacks and runs it, and does not support a user that it cannot become', async () => {
    const own = await runCli(caller, ['run', entrypoint], { through });
    expect(own).toMatchObject({ code: 0, stderr: '' });
    expect(own.stdout).toContain('hello from arm64');
    const other = await runCli(caller, ['run', context], { through });
    expect(other).toMatchObject({ code: 125, stdout: '' });
    expect(other.stderr).toMatch(/cannot become user 1234:5678.*\(IMAGE_USER_NOT_MAPPED\)/s);
    const cwd = makeDirectory(caller);
    const suite = `version: 1\nname: s\nsubject: { image: '${context}' }\ncases: [{ name: c, args: [] }]\n`;
    writeFileSync(join(cwd, 's.yaml'), suite);
    const words = ['test', 's.yaml', '--reporter', 'json'];
    const tested = await runCli(caller, words, { cwd, through });
    expect(verdictsOf(parseReport(tested.stdout))).toEqual({ c: 'unsupported' });
  });
});

describe.each(CALLERS)('archparity run of an image, as $name', (caller) => {
  it('honours Env, User, WorkingDir and Cmd', async () => {
    const result = await runCli(caller, ['run', '-e', 'BOTH=us', '-e', 'OURS=2', context]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout.trim().split('\n')).toEqual([
      'cwd /srv/made',
      'uid 1234 euid 1234 gid 5678 egid 5678',
      'umask 0022',
      'fd 0',
      'fd 1',
      'fd 2',
      'env BOTH=us',
      'env FROM_IMAGE=1',
      'env HOME=/home/app',
      'env HOSTNAME=archparity',
      'env OURS=2',
      'env PATH=/bin',
    ]);
  });

  it('lets -u and -w replace the image’s user and directory', async () => {
    const [number, name] = await Promise.all([
      runCli(caller, ['run', '-u', '7:8', '-w', '/tmp', context]),
      runCli(caller, ['run', '-u', 'root', context]),
    ]);
    expect(number.stdout).toContain('cwd /tmp\nuid 7 euid 7 gid 8 egid 8\n');
    expect(name.stdout).toContain('cwd /srv/made\nuid 0 euid 0 gid 0 egid 0\n');
    const unknown = await runCli(caller, ['run', '-u', 'nobody-here', context]);
    expect(unknown).toMatchObject({ code: 125, stdout: '' });
    expect(unknown.stderr).toContain('nobody-here');
  });

  it('puts arguments in the place of Cmd, after the entrypoint', async () => {
    const [without, replaced, plain] = await Promise.all([
      runCli(caller, ['run', entrypoint]),
      runCli(caller, ['run', entrypoint, '--', 'x', '-y']),
      runCli(caller, ['run', context, 'hello', 'z']),
    ]);
    expect(without.stdout).toBe(
      'hello from arm64\nargv[0]=/bin/hello\nargv[1]=entry\nargv[2]=from-cmd\n',
    );
    expect(replaced.stdout).toBe(
      'hello from arm64\nargv[0]=/bin/hello\nargv[1]=entry\nargv[2]=x\nargv[3]=-y\n',
    );
    expect(plain.stdout).toBe('hello from arm64\nargv[0]=hello\nargv[1]=z\n');
  });

  it('runs either platform', async () => {
    const result = await runCli(caller, ['run', '--platform', 'linux/amd64', entrypoint]);
    expect(result.stdout).toContain('hello from amd64\n');
  });

  it('has docker’s exit codes', async () => {
    const [exit42, missing, notExecutable, noCommand] = await Promise.all([
      runCli(caller, ['run', context, 'exit42']),
      runCli(caller, ['run', context, 'no-such-program']),
      runCli(caller, ['run', context, '/etc/passwd']),
      runCli(caller, ['run', empty]),
    ]);
    expect(exit42.code).toBe(42);
    expect(missing.code).toBe(127);
    expect(notExecutable.code).toBe(126);
    expect(noCommand).toMatchObject({ code: 125, stdout: '' });
    expect(noCommand.stderr).toContain('neither Entrypoint nor Cmd');
  });

  it('does not hang when the entrypoint aborts, as a child of our init', async () => {
    const [direct, shell] = await Promise.all([
      runCli(caller, ['run', aborting]),
      runCli(caller, ['run', image('debian-tools'), 'sh', '-c', 'kill -ABRT $$']),
    ]);
    expect(direct).toMatchObject({ code: 134, stdout: 'on stdout\n' });
    expect(shell.code).toBe(134);
  });

  it('gives PID 1 to a subject that insists', async () => {
    const script = 'echo $$; id -u; ls -d /proc/[0-9]* | wc -l; exit 5';
    const [init, subject] = await Promise.all([
      runCli(caller, ['run', image('debian-tools'), 'sh', '-c', script]),
      runCli(caller, ['run', '--pid1', 'subject', image('debian-tools'), 'sh', '-c', script]),
    ]);
    expect(subject).toMatchObject({ code: 5 });
    expect(subject.stdout).toMatch(/^1\n0\n/);
    expect(init).toMatchObject({ code: 5 });
    expect(init.stdout).not.toMatch(/^1\n/);
  });

  it('has nothing but loopback with --network none, and this machine’s network else', async () => {
    const interfaces = [
      'python3',
      '-c',
      'import socket; print(*sorted(n for _, n in socket.if_nameindex()))',
    ];
    const listen =
      'import socket; s=socket.socket(); s.bind(("127.0.0.1", 80)); s.listen(); c=socket.create_connection(s.getsockname(), 5); print("connected")';
    const [none, loopback, host] = await Promise.all([
      runCli(caller, ['run', '--network', 'none', image('debian-tools'), ...interfaces]),
      runCli(caller, ['run', '--network', 'none', image('debian-tools'), 'python3', '-c', listen]),
      runCli(caller, ['run', '--platform', 'linux/amd64', image('debian-tools'), ...interfaces]),
    ]);
    expect(none).toMatchObject({ code: 0, stdout: 'lo\n' });
    expect(loopback).toMatchObject({ code: 0, stdout: 'connected\n' });
    expect(host.stdout.split(/\s+/)).toContain('lo');
    expect(host.stdout).not.toBe('');
  });

  it('resolves names as this machine does with --network host, and only then', async () => {
    const words = [image('debian-tools'), 'cat', '/etc/resolv.conf'];
    const host = await runCli(caller, ['run', '--network', 'host', ...words]);
    expect(host).toMatchObject({ code: 0, stdout: readFileSync('/etc/resolv.conf', 'utf8') });
    const none = await runCli(caller, ['run', '--network', 'none', ...words]);
    expect(none).toMatchObject({ code: 1, stdout: '' });
  });

  it('gives every run a fresh file system', async () => {
    const first = await runCli(caller, [
      'run',
      image('debian-tools'),
      'sh',
      '-c',
      'rm -r /etc/pam.d && touch /made && ls /made',
    ]);
    expect(first).toMatchObject({ code: 0, stdout: '/made\n' });
    const second = await runCli(caller, [
      'run',
      image('debian-tools'),
      'sh',
      '-c',
      'ls -d /made /etc/pam.d',
    ]);
    expect(second.stdout).toBe('/etc/pam.d\n');
  });

  it('keeps setuid bits, file capabilities and owners', async () => {
    const script =
      '/usr/local/bin/suid-id -u; /usr/local/bin/sgid-id -g; /usr/local/bin/cap-cat /etc/secret | head -n 1; /usr/local/bin/unreadable-echo hi; stat -c %u /home/app';
    const result = await runCli(caller, [
      'run',
      '-u',
      '1000:1000',
      image('debian-tools'),
      'sh',
      '-c',
      script,
    ]);
    expect(result.stdout).toMatch(/^0\n0\nroot:.*\nhi\n1000\n$/);
  });
});

describe.each(CALLERS)('a cache whose path has colons, commas and spaces, as $name', (caller) => {
  it.each(['layout', 'archive'])('takes an image: %s', async (form) => {
    const cwd = makeDirectory(caller, 'odd-cache');
    const cache = makeSubdirectory(caller, cwd, 'a:b, c');
    const layout = context.replace(/^oci:/, '').replace(/:v1$/, '');
    const tar = join(cwd, 'image.tar');
    if (form === 'archive') execFileSync('tar', ['-C', layout, '-cf', tar, '.']);
    const reference = form === 'archive' ? `oci-archive:${tar}:v1` : context;
    const env = { ARCHPARITY_CACHE: cache };
    const result = await runCli(caller, ['run', reference], { cwd, env });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });
});
