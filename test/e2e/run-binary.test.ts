import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CALLERS, image, makeDirectory, program, runCli } from './cli.ts';

describe.each(CALLERS)('archparity run of a program, as $name', (caller) => {
  it('passes arguments, also those that look like ours', async () => {
    const result = await runCli(caller, [
      'run',
      program('hello'),
      'a b',
      '',
      '--help',
      '-t',
      '--',
      '*',
    ]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toBe(
      'hello from arm64\nargv[0]=hello\nargv[1]=a b\nargv[2]=\nargv[3]=--help\nargv[4]=-t\nargv[5]=--\nargv[6]=*\n',
    );
  });

  it('takes the first -- as the end of its own options', async () => {
    const result = await runCli(caller, ['run', '--', program('hello'), '--', '-x']);
    expect(result.stdout).toBe('hello from arm64\nargv[0]=hello\nargv[1]=-x\n');
  });

  it('runs a dynamic program with Debian’s cross libraries', async () => {
    const result = await runCli(caller, ['run', program('hello-dynamic')]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('hello from arm64\n');
  });

  it.each(['hello', 'hello-dynamic'])(
    'runs a program of this machine natively: %s',
    async (name) => {
      const result = await runCli(caller, ['run', program(name, 'amd64')]);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout).toContain('hello from amd64\n');
    },
  );

  it('runs a program by a relative path, through a link and with a name of every kind', async () => {
    const cwd = makeDirectory(caller);
    mkdirSync(join(cwd, 'a dir'));
    copyFileSync(program('hello'), join(cwd, 'a dir', 'ünï "q" $x;'));
    symlinkSync('a dir/ünï "q" $x;', join(cwd, 'link'));
    const direct = await runCli(caller, ['run', './a dir/ünï "q" $x;'], { cwd });
    expect(direct.stdout).toBe('hello from arm64\nargv[0]=ünï "q" $x;\n');
    const linked = await runCli(caller, ['run', './link'], { cwd });
    expect(linked).toMatchObject({ code: 0, stderr: '' });
    expect(linked.stdout).toContain('hello from arm64\n');
  });

  it('gives exactly the environment that was asked for, and the caller’s directory', async () => {
    const cwd = makeDirectory(caller);
    const result = await runCli(
      caller,
      [
        'run',
        '-e',
        'A=1',
        '-e',
        'EMPTY=',
        '-e',
        'EQ=a=b',
        '-e',
        'FROM_US',
        '-e',
        'UNSET_HERE',
        program('print-context'),
      ],
      { cwd, env: { FROM_US: 'yes', NOT_ASKED: 'no', QEMU_LOG: 'nochain' } },
    );
    const lines = result.stdout.trim().split('\n');
    expect(lines).toContain(`cwd ${cwd}`);
    expect(lines).toContain(
      `uid ${caller.uid} euid ${caller.uid} gid ${caller.gid} egid ${caller.gid}`,
    );
    expect(lines).toContain('umask 0022');
    expect(lines.filter((line) => line.startsWith('fd '))).toEqual(['fd 0', 'fd 1', 'fd 2']);
    const names = lines.filter((line) => line.startsWith('env ')).map((line) => line.slice(4));
    expect(names).toEqual(expect.arrayContaining(['A=1', 'EMPTY=', 'EQ=a=b', 'FROM_US=yes']));
    expect(names.map((word) => word.split('=')[0]).toSorted()).toEqual([
      'A',
      'EMPTY',
      'EQ',
      'FROM_US',
      'HOME',
      'LANG',
      'PATH',
      'TZ',
    ]);
  });

  it('gives a native program the same context as an emulated one', async () => {
    const cwd = makeDirectory(caller);
    const [arm64, amd64] = await Promise.all([
      runCli(caller, ['run', program('print-context')], { cwd }),
      runCli(caller, ['run', program('print-context', 'amd64')], { cwd }),
    ]);
    expect(arm64.stdout).toBe(amd64.stdout);
    expect(arm64.stdout).toContain('umask');
  });

  it.each(['arm64', 'amd64'] as const)(
    'gives exit codes and signals of %s programs as a shell does',
    async (arch) => {
      const [exit42, segv, abort, killed] = await Promise.all([
        runCli(caller, ['run', program('exit42', arch)]),
        runCli(caller, ['run', program('segv', arch)]),
        runCli(caller, ['run', program('abort', arch)]),
        runCli(caller, ['run', program('raise-signal', arch), '9']),
      ]);
      expect(exit42).toMatchObject({ code: 42, stdout: '', stderr: '' });
      expect(segv).toMatchObject({ code: 139, stdout: 'about to write through a null pointer\n' });
      expect(abort).toMatchObject({ code: 134, stdout: 'on stdout\n' });
      expect(abort.stderr).toMatch(/^on stderr\n/);
      expect(killed.code).toBe(137);
    },
  );

  it('has docker’s exit codes for what cannot be started', async () => {
    const cwd = makeDirectory(caller);
    copyFileSync(program('hello'), join(cwd, 'not-executable'));
    chmodSync(join(cwd, 'not-executable'), 0o644);
    writeFileSync(join(cwd, 'text'), 'no program\n', { mode: 0o755 });
    const [notExecutable, text, missing, own, usage] = await Promise.all([
      runCli(caller, ['run', './not-executable'], { cwd }),
      runCli(caller, ['run', './text'], { cwd }),
      runCli(caller, ['run', './missing'], { cwd }),
      runCli(caller, ['run', '--lane', 'emulated,qemu=/nonexistent', program('hello')], { cwd }),
      runCli(caller, ['run', '--no-such-option', program('hello')], { cwd }),
    ]);
    expect(notExecutable).toMatchObject({ code: 126, stdout: '' });
    expect(notExecutable.stderr).toMatch(/^archparity: .*(?:EACCES|not executable|permission)/i);
    expect(text).toMatchObject({ code: 126, stdout: '' });
    expect(missing).toMatchObject({ code: 127, stdout: '' });
    expect(own).toMatchObject({ code: 125, stdout: '' });
    expect(own.stderr).toContain('/nonexistent');
    expect(usage).toMatchObject({ code: 125, stdout: '' });
    const [workdir, command] = await Promise.all([
      runCli(caller, ['run', '-w', '/nonexistent', program('hello')], { cwd }),
      runCli(caller, ['run', image('debian-tools'), '/nope'], { cwd }),
    ]);
    expect(workdir).toMatchObject({ code: 125, stdout: '' });
    expect(workdir.stderr).toContain('The working directory /nonexistent does not exist.');
    expect(command).toMatchObject({ code: 127, stdout: '' });
    expect(command.stderr).toMatch(
      /^archparity: \/nope was not found.*\n.*\n {2}\(COMMAND_NOT_FOUND\)\n$/,
    );
    for (const { stderr } of [notExecutable, text, missing, own, usage, workdir, command])
      expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  });

  it('runs nothing of a program that is cut off, or that the lane is not for', async () => {
    const cwd = makeDirectory(caller);
    const whole = readFileSync(program('hello'));
    writeFileSync(join(cwd, 'cut'), whole.subarray(0, 5000), { mode: 0o755 });
    const [cut, emulated, platform] = await Promise.all([
      runCli(caller, ['run', './cut'], { cwd }),
      runCli(caller, ['run', '--lane', 'emulated', program('hello', 'amd64')]),
      runCli(caller, [
        'run',
        '--platform',
        'linux/riscv64',
        '--lane',
        'emulated',
        program('hello'),
      ]),
    ]);
    expect(cut).toMatchObject({ code: 126, stdout: '' });
    expect(cut.stderr).toContain(`has 5000 bytes`);
    for (const refused of [emulated, platform]) {
      expect(refused).toMatchObject({ code: 125, stdout: '' });
      expect(refused.stderr).toContain('(LANE_WRONG_PLATFORM)');
    }
  });

  it('says what to leave out of a lane that cannot run images, and takes its platform', async () => {
    const tools = image('debian-tools');
    const [none, native] = await Promise.all([
      runCli(caller, ['run', '--lane', 'emulated,isolation=none', tools, 'true']),
      runCli(caller, ['run', '--lane', 'native', tools, 'uname', '-m']),
    ]);
    expect(none.code).toBe(125);
    expect(none.stderr).toContain('Leave isolation=none out of the lane.');
    expect(native).toMatchObject({ code: 0, stdout: 'x86_64\n', stderr: '' });
  });

  it('shows this machine’s files read-only, and lets a program write where it was told', async () => {
    const cwd = makeDirectory(caller);
    const refused = await runCli(caller, ['run', program('write-files'), cwd], { cwd });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Read-only file system');
    const allowed = await runCli(caller, ['run', '--write', cwd, program('write-files'), cwd], {
      cwd,
    });
    expect(allowed).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'plain.txt'), 'utf8')).toBe('plain\n');
  });

  it('keeps the kernel settings and the devices of this machine from a program, also from root’s', async () => {
    const script = `
      for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger; do
        if [ -e $f ] && sh -c ": >> $f" 2>/dev/null; then echo "could open $f"; fi
      done
      for f in /proc/keys /proc/timer_list /proc/kcore; do [ ! -s $f ] || cat $f | head -c 1; done
      ls /dev; echo x > /dev/shm/x && cat /dev/shm/x /dev/fd/0 </dev/null; : > /dev/null`;
    const result = await runCli(caller, ['run', '/bin/sh', '-c', script]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const usual = 'fd full null ptmx pts random shm stderr stdin stdout tty urandom zero'.split(
      ' ',
    );
    expect(result.stdout.trim().split('\n')).toEqual([...usual, 'x']);
  });

  it('lets a program write to /tmp, which is its own and vanishes', async () => {
    const name = `archparity-test-${process.pid}-${caller.uid}`;
    const cwd = join('/tmp', name);
    mkdirSync(cwd);
    chownSync(cwd, caller.uid, caller.gid);
    try {
      writeFileSync(join(cwd, 'input'), 'read me\n');
      copyFileSync(program('hello'), join(cwd, 'hello'));
      const written = await runCli(caller, ['run', program('write-files'), '/tmp'], { cwd });
      expect(written).toMatchObject({ code: 0, stderr: '' });
      const beside = await runCli(caller, ['run', program('write-files')], { cwd });
      expect(beside).toMatchObject({ code: 0, stderr: '' });
      const own = await runCli(caller, ['run', './hello'], { cwd });
      expect(own.stdout).toContain('hello from arm64');
      expect(readdirSync(cwd).toSorted()).toEqual(['hello', 'input']);
      expect(existsSync('/tmp/plain.txt')).toBe(false);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });

  it('takes a sysroot whose loader and libraries are absolute links, as Debian’s are', async () => {
    const sysroot = makeDirectory(caller, 'sysroot');
    for (const name of ['lib', 'real']) mkdirSync(join(sysroot, name));
    const cross = '/usr/aarch64-linux-gnu/lib';
    copyFileSync(join(cross, 'ld-linux-aarch64.so.1'), join(sysroot, 'real/loader'));
    copyFileSync(join(cross, 'libc.so.6'), join(sysroot, 'real/libc'));
    symlinkSync('/real/libc', join(sysroot, 'lib/libc.so.6'));
    chmodSync(join(sysroot, 'real/loader'), 0o755);
    symlinkSync('/real/loader', join(sysroot, 'lib/ld-linux-aarch64.so.1'));
    const words = ['run', '--sysroot', sysroot, program('hello-dynamic')];
    const result = await runCli(caller, words);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toContain('hello from arm64');
  });

  it('takes a sysroot, another CPU and the working directory', async () => {
    const [sysroot, cpu, workdir] = await Promise.all([
      runCli(caller, ['run', '--sysroot', '/usr/aarch64-linux-gnu', program('hello-dynamic')]),
      runCli(caller, ['run', '--lane', 'emulated,cpu=max,pauth-impdef=on', program('hello')]),
      runCli(caller, ['run', '-w', '/usr', program('print-context')]),
    ]);
    expect(sysroot.stdout).toContain('hello from arm64');
    expect(cpu.stdout).toContain('hello from arm64');
    expect(workdir.stdout).toContain('cwd /usr\n');
  });
});

// Nobody else may write there.
const root = CALLERS.find(({ name }) => name === 'root');
describe.runIf(root !== undefined)('archparity run in a directory below /run', () => {
  it('finds the program and the directory, although the rest of /run is hidden', async () => {
    if (root === undefined) return;
    const cwd = mkdtempSync('/run/archparity-test-');
    try {
      copyFileSync(program('write-files'), join(cwd, 'write-files'));
      const words = ['run', '--write', '.', './write-files', '.'];
      expect(await runCli(root, words, { cwd })).toMatchObject({ code: 0, stderr: '' });
      expect(existsSync(join(cwd, 'plain.txt'))).toBe(true);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});
