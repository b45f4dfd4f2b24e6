// The ssh lane on a real arm64 kernel: a microVM that is given an sshd, reached through a ProxyCommand that runs
// `archparity vm shell`, so neither side needs a network.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../setup/sshd.ts';
import { CLI, image, makeDirectory, program, ROOT, runCli, unprivileged } from './cli.ts';
import { parseReport, verdictsOf } from './records.ts';

const caller = unprivileged;
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
    const wanted = ['usr/sbin/sshd', 'usr/lib/openssh', `${LIBRARIES}/lib*`];
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
async function installSshd(root: string): Promise<void> {
  const script =
    'tar -xzf - -C / && mkdir -p /run/sshd && chmod 755 /run/sshd && chmod 600 /etc/ssh-test/host_key && echo "sshd:x:74:74::/run/sshd:/usr/sbin/nologin" >>/etc/passwd && /usr/sbin/sshd -t -f /etc/ssh-test/config && echo installed';
  const tar = spawn('tar', ['-C', root, '-czf', '-', 'usr', 'etc']);
  const chunks: Buffer[] = [];
  for await (const chunk of tar.stdout) chunks.push(chunk as Buffer);
  const result = await runCli(caller, ['vm', 'shell', ...VM, '--', 'sh', '-c', script], {
    stdin: Buffer.concat(chunks),
  });
  expect(result.stdout, result.stderr).toContain('installed');
}

describe('an ssh lane on a real arm64 kernel', () => {
  let lane = '';
  beforeAll(async () => {
    const started = await runCli(caller, ['vm', 'start', ...VM]);
    expect(started.code, started.stderr).toBe(0);
    const directory = makeDirectory(caller, 'ssh-vm');
    const root = unpackSshd(directory);
    const key = makeKey(join(directory, 'key'), caller);
    mkdirSync(join(root, 'etc/ssh-test'), { recursive: true });
    writeFileSync(join(root, 'etc/ssh-test/config'), CONFIG);
    for (const suffix of ['', '.pub'])
      cpSync(`${key}${suffix}`, join(root, `etc/ssh-test/host_key${suffix}`));
    await installSshd(root);
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
    lane = `ssh:guest,config=${join(directory, 'config')},connect-timeout=30,emulated-cpu=yes`;
  }, 300_000);

  afterAll(async () => {
    await runCli(caller, ['vm', 'stop', ...VM]);
  });

  it('sees what the machine is', async () => {
    const { stdout, stderr } = await runCli(caller, ['ssh', 'check', lane, '--json']);
    expect(stdout, stderr).not.toBe('');
    expect(JSON.parse(stdout)).toMatchObject([
      {
        platform: 'linux/arm64',
        kernel: expect.stringMatching(/arm64/) as string,
        pageSize: 4096,
        namespaces: true,
        tools: { crun: '/usr/bin/crun' },
      },
    ]);
  });

  it('runs arm64 programs, where a plain char is unsigned', async () => {
    const run = (words: readonly string[]) => runCli(caller, ['run', '--lane', lane, ...words]);
    expect((await run([program('hello')])).stdout).toContain('arm64');
    expect((await run([program('machine-name')])).stdout).toContain('aarch64');
    expect((await run([program('char-sign')])).stdout).toContain('255');
    expect((await run([program('exit42')])).code).toBe(42);
  });

  // All bytes of an image are decrypted by an emulated CPU: a small one.
  it('runs images', { timeout: 600_000 }, async () => {
    const suite = join(makeDirectory(caller, 'ssh-suite'), 'suite.yaml');
    const isArm64 =
      '{platform: {linux/arm64: {stdout: {contains: "255"}}, linux/amd64: {stdout: {contains: "-1"}}}}';
    writeFileSync(
      suite,
      [
        'version: 1',
        'name: s',
        `subject: {image: "${image('divergence')}"}`,
        'defaults: {timeout: 120s}',
        'cases:',
        `  - {name: char, run: [char-sign], expect: ${isArm64}, compare: [exit]}`,
        '  - {name: pages, run: [page-size], compare: [exit, stdout, stderr, files]}',
        '',
      ].join('\n'),
    );
    const words = ['test', suite, '--lane', 'native', '--lane', lane, '--reporter', 'json'];
    const { stdout, stderr } = await runCli(caller, words);
    expect(stdout, stderr).not.toBe('');
    expect(verdictsOf(parseReport(stdout))).toEqual({ char: 'match', pages: 'match' });
  });
});
