// An sshd on a real arm64 kernel: a microVM that is kept and given an sshd, reached through a ProxyCommand that
// runs `archparity vm shell`, so neither side needs a network.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeKey } from '../setup/sshd.ts';
import { CLI, makeDirectory, ROOT, runCli, type Caller } from './cli.ts';

const VM = ['--lane', 'sshd=vm,memory=1G'];
const LIBRARIES = 'usr/lib/aarch64-linux-gnu';

/** The arm64 sshd of the image, with its libraries, as a directory. */
function unpackSshd(directory: string): string {
  const layers = join(ROOT, 'build/images/sshd/blobs/sha256');
  const root = join(directory, 'root');
  mkdirSync(root);
  for (const name of readdirSync(layers)) {
    const words = ['-xzf', join(layers, name), '-C', root, '--wildcards'];
    // Of the blobs only one is a layer of that platform.
    const wanted = ['usr/sbin/sshd', 'usr/lib/openssh', 'usr/bin/tar', `${LIBRARIES}/lib*`];
    const isLayer = spawnSync('tar', ['-tzf', join(layers, name)]).stdout.toString();
    if (isLayer.includes(`${LIBRARIES}/libc.so.6`)) execFileSync('tar', [...words, ...wanted]);
  }
  return root;
}

const CONFIG = [
  'HostKey /etc/ssh-test/host_key',
  'AuthorizedKeysFile /etc/ssh-test/host_key.pub',
  'PidFile none',
  'StrictModes no',
  'UsePAM no',
  'PermitRootLogin yes',
  '',
].join('\n');

/** Puts files into the microVM and makes what sshd needs beside them. */
async function installSshd(caller: Caller, root: string): Promise<void> {
  const script =
    'rm -f /usr/bin/tar; busybox tar -xzf - -C / && mkdir -p /run/sshd && chmod 755 /run/sshd && chmod 600 /etc/ssh-test/host_key && echo "sshd:x:74:74::/run/sshd:/usr/sbin/nologin" >>/etc/passwd && /usr/sbin/sshd -t -f /etc/ssh-test/config && echo installed';
  const tar = spawn('tar', ['-C', root, '-czf', '-', 'usr', 'etc']);
  const chunks: Buffer[] = [];
  for await (const chunk of tar.stdout) chunks.push(chunk as Buffer);
  const result = await runCli(caller, ['vm', 'shell', ...VM, '--', 'sh', '-c', script], {
    stdin: Buffer.concat(chunks),
  });
  expect(result.stdout, result.stderr).toContain('installed');
}

/** Starts a caller's microVM with an sshd. @returns the spec of an ssh lane to it */
export async function startSshGuest(caller: Caller): Promise<string> {
  const started = await runCli(caller, ['vm', 'start', ...VM]);
  expect(started.code, started.stderr).toBe(0);
  const directory = makeDirectory(caller, 'ssh-vm');
  const root = unpackSshd(directory);
  const key = makeKey(join(directory, 'key'), caller);
  mkdirSync(join(root, 'etc/ssh-test'), { recursive: true });
  writeFileSync(join(root, 'etc/ssh-test/config'), CONFIG);
  for (const suffix of ['', '.pub'])
    cpSync(`${key}${suffix}`, join(root, `etc/ssh-test/host_key${suffix}`));
  await installSshd(caller, root);
  // One key is enough for a machine that lives as long as this test.
  const [type = '', data = ''] = readFileSync(`${key}.pub`, 'utf8').split(' ');
  writeFileSync(join(directory, 'known_hosts'), `guest ${type} ${data}\n`);
  const proxy = [process.execPath, CLI, 'vm', 'shell', ...VM, '--'].join(' ');
  writeFileSync(
    join(directory, 'config'),
    [
      'Host guest',
      'User root',
      'HostKeyAlias guest',
      `IdentityFile ${key}`,
      'IdentitiesOnly yes',
      'IdentityAgent none',
      `UserKnownHostsFile ${join(directory, 'known_hosts')}`,
      `ProxyCommand ${proxy} /usr/sbin/sshd -i -f /etc/ssh-test/config`,
      '',
    ].join('\n'),
  );
  return `ssh:guest,config=${join(directory, 'config')},connect-timeout=30,emulated-cpu=yes`;
}

export async function stopSshGuest(caller: Caller): Promise<void> {
  await runCli(caller, ['vm', 'stop', ...VM]);
}
