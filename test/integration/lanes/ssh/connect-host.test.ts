import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agentPath } from '../../../../src/agent/index.ts';
import type { LaneSpec } from '../../../../src/core/index.ts';
import { connectHost, type HostConnection } from '../../../../src/lanes/ssh/connect-host.ts';
import { readSshSettings } from '../../../../src/lanes/ssh/ssh-settings.ts';
import {
  currentUser,
  makeKey,
  makeStateDirectory,
  startSshd,
  startWire,
  writeClientConfig,
  type ClientHost,
  type Sshd,
  type SshdOptions,
} from '../../../setup/sshd.ts';
import { cacheDirectory, machine } from '../lanes.ts';

const parent = machine.directory;

interface Wanted {
  readonly hosts: readonly ClientHost[];
  /** Instead of the first host. */
  readonly host?: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly platform?: 'linux/amd64' | 'linux/arm64';
  readonly cancelSignal?: AbortSignal;
}

/** Connects to the first of the hosts, with a state directory of the test. */
async function connectFor({
  hosts,
  host,
  settings,
  platform,
  cancelSignal,
}: Wanted): Promise<HostConnection> {
  const spec: LaneSpec = {
    id: 'ssh',
    kind: 'ssh',
    settings: {
      host: host ?? hosts[0]?.alias ?? '',
      config: writeClientConfig(parent, hosts),
      state: makeStateDirectory(parent),
      'connect-timeout': '10',
      ...settings,
    },
  };
  const connection = await connectHost(readSshSettings(spec), {
    cacheDir: cacheDirectory(),
    platform: platform ?? 'linux/amd64',
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  });
  onTestFinished(() => connection.close());
  return connection;
}

const sshd = (more: Partial<SshdOptions> = {}): Promise<Sshd> => startSshd({ parent, ...more });

/** A program that sshd starts instead of what was asked for; `$SSH_ORIGINAL_COMMAND` is that. */
function forced(script: string): Partial<SshdOptions> {
  const path = join(makeStateDirectory(parent), 'forced');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { config: [`ForceCommand ${path}`] };
}

/** A directory with what a host has in its PATH, busybox's programs, but for some. */
function makePath(without: readonly string[]): string {
  const path = makeStateDirectory(parent);
  const applets = execFileSync('busybox', ['--list']).toString().trim().split('\n');
  for (const name of applets) symlinkSync('/usr/bin/busybox', join(path, name));
  for (const name of ['shasum', 'openssl']) symlinkSync(`/usr/bin/${name}`, join(path, name));
  for (const name of without) unlinkSync(join(path, name));
  return path;
}

async function echo({ client }: HostConnection): Promise<string> {
  const { output } = await client.run({ argv: ['/bin/echo', 'hello'] });
  return output.stdout.toString();
}

const failing = (code: string, message: RegExp, advice = /./): unknown =>
  expect.objectContaining({
    code,
    exitCode: 3,
    message: expect.stringMatching(message) as string,
    advice: expect.stringMatching(advice) as string,
  });

describe('connecting to a host', () => {
  it('starts an agent in namespaces of its own over a key login', async () => {
    const connection = await connectFor({ hosts: [{ alias: 'pi', sshd: await sshd() }] });
    const { client, facts, namespaces } = connection;
    expect(client.hello).toMatchObject({ machine: 'x86_64', pid: 1, uid: 0 });
    expect(namespaces?.uidMaps).not.toEqual([]);
    expect(facts).toMatchObject({
      system: 'Linux',
      uid: currentUser().uid,
      user: currentUser().name,
      tools: { crun: expect.stringMatching(/\/crun$/) as string },
    });
    expect(facts.freeKib).toBeGreaterThan(0);
    expect(await echo(connection)).toBe('hello\n');
  });

  it('sends the agent once, whole and private, and again when it was damaged', async () => {
    const state = makeStateDirectory(parent);
    const host = await sshd();
    const wire = await startWire(host.port);
    const hosts = [{ alias: 'pi', sshd: host, port: wire.port }];
    const first = await connectFor({ hosts, settings: { state } });
    await first.close();
    const sentOnce = wire.sent();
    expect(sentOnce).toBeGreaterThan(500_000);
    const top = join(state, 'archparity/remote');
    expect(first.agentFile.startsWith(`${top}/agent/`)).toBe(true);
    expect(statSync(top).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(first.agentFile, '..'))).toEqual(['archparity-agent']);

    const second = await connectFor({ hosts, settings: { state } });
    await second.close();
    // A login and the script, but no agent.
    expect(wire.sent() - sentOnce).toBeLessThan(30_000);

    writeFileSync(first.agentFile, 'damaged');
    const third = await connectFor({ hosts, settings: { state } });
    expect(await echo(third)).toBe('hello\n');
  });

  const SUMS = ['sha256sum', 'shasum', 'openssl'];
  it.each([
    ['no program for SHA-256', []],
    ['shasum alone', ['shasum']],
    ['openssl alone', ['openssl']],
  ])('needs little of a host: it has %s', async (_what, sums) => {
    const state = makeStateDirectory(parent);
    const path = makePath(SUMS.filter((name) => !sums.includes(name)));
    const host = await sshd(forced(`PATH=${path}; export PATH; exec /bin/sh`));
    const wire = await startWire(host.port);
    const hosts = [{ alias: 'pi', sshd: host, port: wire.port }];
    const first = await connectFor({ hosts, settings: { state } });
    expect(await echo(first)).toBe('hello\n');
    expect(first.facts.path.startsWith(`${path}:`)).toBe(true);
    await first.close();
    const sent = wire.sent();
    await (await connectFor({ hosts, settings: { state } })).close();
    expect(wire.sent() - sent).toBeLessThan(30_000);
    // Without a sum a shorter copy is still noticed; with one, any other is.
    const whole = readFileSync(first.agentFile);
    writeFileSync(first.agentFile, whole.subarray(sums.length === 0 ? 1 : 0).fill(0, 5000, 6000));
    const healed = await connectFor({ hosts, settings: { state } });
    expect(await echo(healed)).toBe('hello\n');
    expect(readFileSync(first.agentFile).equals(readFileSync(agentPath('linux/amd64')))).toBe(true);
  });

  it('says that the copy is not complete where head counts wrongly', async () => {
    const path = makePath([]);
    unlinkSync(join(path, 'head'));
    writeFileSync(join(path, 'head'), '#!/bin/sh\nexec /usr/bin/head -c 1000\n', { mode: 0o755 });
    const host = await sshd(forced(`PATH=${path}; export PATH; exec /bin/sh`));
    await expect(connectFor({ hosts: [{ alias: 'pi', sshd: host }] })).rejects.toEqual(
      failing('SSH_STATE_UNUSABLE', /the copy is not complete/),
    );
  });

  it('is given up when that is asked for, also after the login', async () => {
    const path = makePath([]);
    const reached = join(makeStateDirectory(parent), 'reached');
    unlinkSync(join(path, 'head'));
    // What it waits for is the end of the connection.
    const head = `#!/bin/sh\n: > ${reached}\nexec cat > /dev/null\n`;
    writeFileSync(join(path, 'head'), head, { mode: 0o755 });
    const host = await sshd(forced(`PATH=${path}; export PATH; exec /bin/sh`));
    const controller = new AbortController();
    const connecting = connectFor({
      hosts: [{ alias: 'pi', sshd: host }],
      cancelSignal: controller.signal,
    });
    const refused = expect(connecting).rejects.toEqual(
      failing('SSH_LOST', /connection to pi was lost/),
    );
    await expect.poll(() => existsSync(reached), { timeout: 10_000 }).toBe(true);
    controller.abort();
    await refused;
  });

  it('goes through a jump host that only the configuration names', async () => {
    const [jump, inner] = [await sshd(), await sshd()];
    const connection = await connectFor({
      hosts: [
        { alias: 'inner', sshd: inner, more: ['ProxyJump jump'] },
        { alias: 'jump', sshd: jump },
      ],
    });
    expect(await echo(connection)).toBe('hello\n');
    expect(jump.log()).toMatch(/Accepted publickey/);
  });

  it('finds its way through what a login shell prints', async () => {
    const noise = 'echo "Welcome!"; printf "no end of line"; echo oops >&2';
    const connection = await connectFor({
      hosts: [
        { alias: 'pi', sshd: await sshd(forced(`${noise}; exec sh -c "$SSH_ORIGINAL_COMMAND"`)) },
      ],
    });
    expect(await echo(connection)).toBe('hello\n');
  });

  it('runs without namespaces when that is asked for', async () => {
    const { client, namespaces, reason } = await connectFor({
      hosts: [{ alias: 'pi', sshd: await sshd() }],
      settings: { isolation: 'none' },
    });
    expect(namespaces).toBeUndefined();
    expect(reason).toMatch(/asked for/);
    expect(client.hello.pid).toBeGreaterThan(1);
  });

  it('ends what runs there with the connection', async () => {
    const host = await sshd();
    const connection = await connectFor({ hosts: [{ alias: 'pi', sshd: host }] });
    const word = `archparity-test-${String(host.port)}`;
    const spawned = connection.client.spawn({ argv: ['/bin/sh', '-c', 'sleep 600; true', word] });
    await expect.poll(() => findProcesses(word)).not.toEqual([]);
    host.cutSessions();
    await expect(spawned.outcome).rejects.toMatchObject({ code: 'AGENT_LOST' });
    await expect.poll(() => findProcesses(word), { timeout: 10_000 }).toEqual([]);
    expect(await connection.explainLoss()).toEqual(
      failing('SSH_LOST', /connection to pi was lost/),
    );
  });
});

/** Pids of the processes that have a word in their command line. */
function findProcesses(word: string): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}

describe('a host that cannot be used', () => {
  it('shows the key of an unknown host and how to accept it', async () => {
    const host = await sshd();
    const hosts = [{ alias: 'pi', sshd: host, unknown: true }];
    const error: unknown = await connectFor({ hosts }).catch((reason: unknown) => reason);
    expect(error).toEqual(
      failing('SSH_HOST_KEY_UNKNOWN', /is not known/, /ssh -F \S+ -o StrictHostKeyChecking=ask/),
    );
    expect((error as Error).message).toContain(host.fingerprint);
  });

  it('shows the key of an unknown jump host', async () => {
    const [jump, inner] = [await sshd(), await sshd()];
    const hosts = [
      { alias: 'inner', sshd: inner, more: ['ProxyJump jump'] },
      { alias: 'jump', sshd: jump, unknown: true },
    ];
    const error: unknown = await connectFor({ hosts }).catch((reason: unknown) => reason);
    expect(error).toEqual(failing('SSH_HOST_KEY_UNKNOWN', /is not known/));
    expect((error as Error).message).toContain(jump.fingerprint);
    expect((error as Error).message).toContain(String(jump.port));
  });

  it('stops at a host whose key has changed', async () => {
    const [host, before] = [await sshd(), await sshd()];
    const config = writeClientConfig(parent, [{ alias: 'pi', sshd: host, unknown: true }]);
    writeFileSync(join(config, '../known_hosts'), before.knownHost(`[127.0.0.1]:${host.port}`));
    const hosts = [{ alias: 'pi', sshd: host }];
    const error: unknown = await connectFor({ hosts, settings: { config } }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toEqual(
      failing('SSH_HOST_KEY_CHANGED', /known_hosts:1: it showed/, /ssh-keygen -f \S+ -R/),
    );
    expect((error as Error).message).toContain(host.fingerprint);
  });

  it('asks for nothing when the key is refused', async () => {
    const host = await sshd();
    const identity = makeKey(join(makeStateDirectory(parent), 'other'), currentUser());
    await expect(connectFor({ hosts: [{ alias: 'pi', sshd: host, identity }] })).rejects.toEqual(
      failing('SSH_AUTH_FAILED', /refused the login \(it takes publickey\)/, /ssh-add/),
    );
  });

  it('asks for no passphrase', async () => {
    const host = await sshd();
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', host.identity]);
    await expect(connectFor({ hosts: [{ alias: 'pi', sshd: host }] })).rejects.toEqual(
      failing('SSH_AUTH_FAILED', /refused the login/),
    );
  });

  it('says that nothing listens', async () => {
    const host = await sshd();
    // The discard port: nobody has it here.
    const hosts = [{ alias: 'pi', sshd: host, port: 9 }];
    await expect(connectFor({ hosts })).rejects.toEqual(failing('SSH_REFUSED', /refused/));
  });

  it('says that a name is unknown', async () => {
    await expect(connectFor({ hosts: [], host: 'nowhere.invalid' })).rejects.toEqual(
      failing('SSH_NAME_UNRESOLVED', /nowhere\.invalid/),
    );
  });

  it('says that the jump host cannot reach it', async () => {
    const [jump, inner] = [await sshd(), await sshd()];
    const hosts = [
      { alias: 'inner', sshd: inner, port: 9, more: ['ProxyJump jump'] },
      { alias: 'jump', sshd: jump },
    ];
    await expect(connectFor({ hosts })).rejects.toEqual(
      failing('SSH_JUMP_FAILED', /jump host .* failed/),
    );
  });

  it('does not wait for ever for a host that accepts and says nothing', async () => {
    const host = await sshd();
    const wire = await startWire(host.port);
    wire.stallNew();
    const hosts = [{ alias: 'pi', sshd: host, port: wire.port }];
    await expect(connectFor({ hosts, settings: { 'connect-timeout': '1' } })).rejects.toEqual(
      failing('SSH_TIMEOUT', /time/),
    );
  });

  it('does not wait for ever for a login shell that hangs', async () => {
    const host = await sshd(forced('echo "Press a key"; sleep 100'));
    const hosts = [{ alias: 'pi', sshd: host }];
    await expect(connectFor({ hosts, settings: { 'connect-timeout': '1' } })).rejects.toEqual(
      failing('SSH_TIMEOUT', /Press a key/),
    );
  });

  it('gives up on a login shell that never stops writing', async () => {
    const host = await sshd(forced('yes'));
    await expect(connectFor({ hosts: [{ alias: 'pi', sshd: host }] })).rejects.toEqual(
      failing('SSH_SHELL_NOISE', /writes without an end/),
    );
  });

  it('says that the user may run no commands', async () => {
    const host = await sshd(forced('echo "This account is currently not available."; exit 1'));
    await expect(connectFor({ hosts: [{ alias: 'pi', sshd: host }] })).rejects.toEqual(
      failing('SSH_NO_SHELL', /not available/),
    );
  });

  it('refuses a host of another architecture, and says how to use it', async () => {
    const hosts = [{ alias: 'pi', sshd: await sshd() }];
    await expect(connectFor({ hosts, platform: 'linux/arm64' })).rejects.toEqual(
      failing(
        'SSH_WRONG_PLATFORM',
        /is a machine for linux\/amd64, not for linux\/arm64/,
        /platform=linux\/amd64/,
      ),
    );
  });

  it('does not believe a host that only calls itself arm64', async () => {
    const path = join(makeStateDirectory(parent), 'bin');
    mkdirSync(path);
    writeFileSync(join(path, 'uname'), '#!/bin/sh\necho aarch64\n', { mode: 0o755 });
    const host = await sshd(forced(`PATH=${path}:$PATH; export PATH; exec /bin/sh`));
    await expect(
      connectFor({ hosts: [{ alias: 'pi', sshd: host }], platform: 'linux/arm64' }),
    ).rejects.toEqual(failing('SSH_WRONG_PLATFORM', /calls itself aarch64 but cannot run/));
  });

  it.each([
    ['is full', 'size=256k', 'SSH_NO_SPACE', /no space left/i],
    ['is mounted noexec', 'noexec', 'SSH_NO_EXEC', /permission denied/i],
    ['is read-only', 'ro', 'SSH_STATE_UNUSABLE', /read-only/i],
  ])('says that the state directory %s', async (_what, options, code, message) => {
    const state = makeStateDirectory(parent);
    const host = await sshd({ mounts: `mount -t tmpfs -o ${options} tmpfs ${state}` });
    await expect(
      connectFor({ hosts: [{ alias: 'pi', sshd: host }], settings: { state } }),
    ).rejects.toEqual(failing(code, message));
    expect(existsSync(join(state, 'archparity'))).toBe(false);
  });

  it('refuses a configuration that is not there, and one that ssh refuses', async () => {
    const host = await sshd();
    const hosts = [{ alias: 'pi', sshd: host }];
    const missing = { config: '/nonexistent' };
    await expect(connectFor({ hosts, settings: missing })).rejects.toMatchObject({
      code: 'SSH_CONFIG_MISSING',
      exitCode: 2,
    });
    const config = writeClientConfig(parent, hosts);
    writeFileSync(config, 'NoSuchOption yes\n');
    await expect(connectFor({ hosts, settings: { config } })).rejects.toMatchObject({
      code: 'SSH_CONFIG_INVALID',
      exitCode: 2,
    });
  });

  it('notices a network that went away without a word', async () => {
    const host = await sshd();
    const wire = await startWire(host.port);
    const connection = await connectFor({
      hosts: [{ alias: 'pi', sshd: host, port: wire.port }],
      settings: { 'keep-alive': '1' },
    });
    const word = `archparity-test-${String(host.port)}`;
    const spawned = connection.client.spawn({ argv: ['/bin/sh', '-c', 'sleep 600; true', word] });
    await expect.poll(() => findProcesses(word)).not.toEqual([]);
    wire.stall();
    await expect(spawned.outcome).rejects.toMatchObject({ code: 'AGENT_LOST' });
    expect(await connection.explainLoss()).toEqual(failing('SSH_LOST', /stopped answering/));
    // The other side notices by itself: its sshd still has a connection that says nothing.
    await expect.poll(() => findProcesses(word), { timeout: 20_000 }).toEqual([]);
  });
});
