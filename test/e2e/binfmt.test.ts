import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatBinfmtEntry } from '../../src/lanes/emulated/binfmt-entry.ts';
import { BinfmtHost, childrenOf } from './binfmt-host.ts';
import { machine, PATIENCE_MS, program, runCli, unprivileged, type CliResult } from './cli.ts';

const STATE = '/var/lib/archparity/binfmt';
const QEMU = '/usr/bin/qemu-aarch64-static';
const HELLO = program('hello');

/** scripts/soak kills at moments of chance, too. */
const KILLS = Number(process.env['ARCHPARITY_KILLS'] ?? '0');

let host: BinfmtHost;
beforeEach(async () => {
  host = await BinfmtHost.open(unprivileged);
});
afterEach(() => {
  host.close();
});

/** What its users read of the answer of tonistiigi/binfmt, and some of what is ours. */
interface Answer {
  readonly supported: readonly string[];
  readonly emulators: readonly string[];
  readonly platforms: readonly {
    readonly platform: string;
    readonly runs: string;
    readonly executedBy?: string;
    readonly cpuId?: string;
    readonly installed?: {
      readonly fate: string;
      readonly cpu?: string;
      readonly replaced: readonly { readonly name: string }[];
    };
  }[];
  readonly outcomes?: readonly { readonly platform: string; readonly outcome: string }[];
}

function answerOf({ stdout }: CliResult): Answer {
  return JSON.parse(stdout) as Answer;
}

function arm64Of(result: CliResult): Answer['platforms'][number] | undefined {
  return answerOf(result).platforms.find(({ platform }) => platform === 'linux/arm64');
}

function theirs(interpreter = QEMU, flags = 'POCF'): string {
  return formatBinfmtEntry({ name: 'qemu-aarch64', platform: 'linux/arm64', interpreter, flags });
}

const names = (): readonly string[] => host.entries().map(({ name }) => name);

async function expectWorking(...platforms: readonly string[]): Promise<void> {
  const tested = await host.run('test', ...platforms);
  expect(tested).toMatchObject({ code: 0, stderr: '' });
}

describe('archparity binfmt', () => {
  it('installs handlers that everybody has, tests them, and removes every trace of them', async () => {
    const installed = await host.run('install', 'arm64,s390x', '--json');
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    const answer = answerOf(installed);
    expect(answer.supported[0]).toBe('linux/amd64');
    expect(answer.supported).toEqual(expect.arrayContaining(['linux/arm64', 'linux/s390x']));
    expect(answer.supported).not.toContain('linux/riscv64');
    expect(answer.emulators).toEqual(['archparity-aarch64', 'archparity-s390x']);
    expect(answer.outcomes?.map(({ outcome }) => outcome)).toEqual(['installed', 'installed']);
    expect(host.entries().every(({ text }) => text.includes('flags: POCF'))).toBe(true);
    // Nobody but root can change what all users run.
    expect(host.shell(`stat -c '%u %a' ${STATE} ${STATE}/qemu-* ${STATE}/state.json`)).toBe(
      '0 755\n0 755\n0 755\n0 644\n',
    );
    expect(host.shell(`env -i ${HELLO} everybody`)).toContain('hello from arm64');

    const tested = await host.run('test');
    expect(tested).toMatchObject({ code: 0, stderr: '' });
    expect(tested.stdout).toMatch(/^works +linux\/arm64 .*cpu neoverse-n1/m);
    expect(tested.stdout).toMatch(/^works +linux\/s390x /m);
    const again = await host.run('install', 'arm64', 's390x', '--json');
    expect(answerOf(again).outcomes?.map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'unchanged',
    ]);

    const removed = await host.run('remove', 'linux/s390x');
    expect(removed).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(['archparity-aarch64']);
    expect(await host.run('remove')).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual([]);
    expect(host.leftovers()).toEqual([]);
    expect(await host.run('remove', 'arm64')).toMatchObject({ code: 0 });
    expect(await host.run('test')).toMatchObject({ code: 4 });
  });

  it('needs no home: what was done is said all the same', async () => {
    const planned = await host.runWithoutHome('install', 'arm64', '--dry-run', '--json');
    expect(planned).toMatchObject({ code: 0, stderr: '' });
    expect(answerOf(planned).outcomes?.map(({ outcome }) => outcome)).toEqual(['planned']);
    const installed = await host.runWithoutHome('install', 'arm64', '--json');
    expect(installed).toMatchObject({ code: 0, stderr: '' });
    expect(arm64Of(installed)).toMatchObject({ runs: 'emulated', cpu: 'neoverse-n1' });
    const status = await host.runWithoutHome('status');
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/^runs +linux\/arm64 /m);
    const removed = await host.runWithoutHome('remove', '--json');
    expect(removed).toMatchObject({ code: 0, stderr: '' });
    expect(answerOf(removed).outcomes?.map(({ outcome }) => outcome)).toEqual(['removed']);
    expect([names(), host.leftovers()]).toEqual([[], []]);
  });

  it('is for all platforms that there is a QEMU for, when none is named', async () => {
    const planned = await host.run('install', '--dry-run', '--json');
    expect(planned).toMatchObject({ code: 0, stderr: '' });
    const outcomes = answerOf(planned).outcomes ?? [];
    const of = (wanted: string): readonly string[] =>
      outcomes.filter(({ outcome }) => outcome === wanted).map(({ platform }) => platform);
    expect(of('planned')).toEqual(expect.arrayContaining(['linux/arm64', 'linux/loong64']));
    expect(of('left out')).toEqual(['linux/386']);
    expect([names(), host.leftovers()]).toEqual([[], []]);
  });

  it('gives all programs the CPU that was asked for, and exchanges it without a gap', async () => {
    expect(await host.run('install', 'arm64', '--cpu', 'cortex-a72')).toMatchObject({ code: 0 });
    const [first] = host.entries();
    const tested = await host.run('test', 'arm64', '--json');
    expect(arm64Of(tested)).toMatchObject({
      cpuId: '00000000410fd083',
      installed: { cpu: 'cortex-a72' },
    });
    const changed = await host.run('install', 'arm64', '--cpu=default', '--flags=cf', '--json');
    expect(answerOf(changed).outcomes?.[0]?.outcome).toBe('changed');
    expect(arm64Of(changed)?.cpuId).not.toBe('00000000410fd083');
    expect(arm64Of(changed)?.installed).not.toHaveProperty('cpu');
    expect(names()).toEqual(['archparity-aarch64']);
    const [second] = host.entries();
    expect(second?.text).toContain('flags: OCF\n');
    // A plain copy of QEMU; what the first one ran is gone.
    expect(readFileSync(host.path(second?.interpreter ?? '')).equals(readFileSync(QEMU))).toBe(
      true,
    );
    expect(existsSync(host.path(first?.interpreter ?? ''))).toBe(false);
    const unknown = await host.run('install', 'arm64', '--cpu', 'pdp-11');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('CPU_UNKNOWN');
    expect(host.entries()).toEqual([second]);
  });

  it('is there after a reboot with --persist, also where a distribution has a handler', async () => {
    expect(await host.run('install', 'arm64', '--persist')).toMatchObject({ code: 0 });
    const file = '/etc/binfmt.d/zz-archparity-aarch64.conf';
    // binfmt.d(5): by the names of the files, without comments.
    const boot = (): void => {
      host.shell('echo -1 > /proc/sys/fs/binfmt_misc/status');
      host.register(theirs());
      const lines = readFileSync(host.path(file), 'utf8').split('\n');
      for (const line of lines) if (line !== '' && !line.startsWith('#')) host.register(line);
    };
    boot();
    const status = await host.run('status', '--json');
    expect(arm64Of(status)?.executedBy).toContain(STATE);
    const kept = await host.run('install', 'arm64', '--cpu', 'cortex-a72', '--replace');
    expect(kept.stdout).toContain('registered at boot, too');
    boot();
    expect(arm64Of(await host.run('test', 'arm64', '--json'))?.cpuId).toBe('00000000410fd083');
    expect(await host.run('install', 'arm64', '--no-persist')).toMatchObject({ code: 0 });
    expect(existsSync(host.path(file))).toBe(false);
    // As the state of another boot: nothing is registered any more.
    host.shell('echo -1 > /proc/sys/fs/binfmt_misc/status');
    const state = host.path(`${STATE}/state.json`);
    writeFileSync(state, readFileSync(state, 'utf8').replace(/"bootId": "[^"]*"/, '"bootId": "x"'));
    expect((await host.run('status')).stdout).toContain('gone after a reboot: install it again');
    expect(await host.run('test')).toMatchObject({ code: 3 });
    expect(await host.run('remove')).toMatchObject({ code: 0 });
    expect(host.leftovers()).toEqual([]);
  });

  it('takes nothing from others unless it is told to, and gives it back', async () => {
    host.register(theirs());
    const before = host.entries();
    const refused = await host.run('install', 'arm64');
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain('BINFMT_NOT_OURS');
    expect(refused.stderr).toContain(`qemu-aarch64 (${QEMU}, flags POCF)`);
    const planned = await host.run('install', 'arm64', '--replace', '--dry-run');
    expect(planned.stdout).toContain('switch qemu-aarch64 off');
    expect(host.entries()).toEqual(before);
    expect(host.leftovers()).toEqual([]);

    const replaced = await host.run('install', 'arm64', '--replace', '--json');
    expect(arm64Of(replaced)?.executedBy).toContain(STATE);
    expect(arm64Of(replaced)?.installed?.replaced).toMatchObject([{ name: 'qemu-aarch64' }]);
    expect(answerOf(replaced).emulators).toEqual(['archparity-aarch64']);
    expect((await host.run('install', 'arm64')).stdout).toMatch(/^unchanged /);
    expect(await host.run('remove', '--dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('switch qemu-aarch64 on again') as string,
    });
    expect(await host.run('remove')).toMatchObject({ code: 0 });
    expect(host.entries()).toEqual(before);
    expect(host.leftovers()).toEqual([]);
    const others = await host.run('remove', 'arm64');
    expect(others).toMatchObject({ code: 3 });
    expect(others.stderr).toContain('BINFMT_NOT_OURS');
    expect(host.entries()).toEqual(before);
  });

  it('serves all who are at it at once', async () => {
    const results = await Promise.all([
      host.run('install', 'arm64'),
      host.run('install', 'arm64', '--cpu', 'cortex-a72'),
      host.run('install', 's390x'),
      host.run('install', 'arm64'),
    ]);
    expect(
      results.map(({ code, stderr }) => [code, stderr.replace(/^.*waiting for.*\n/, '')]),
    ).toEqual(results.map(() => [0, '']));
    expect(names()).toEqual(['archparity-aarch64', 'archparity-s390x']);
    await expectWorking('arm64', 's390x');
    const both = await Promise.all([host.run('remove'), host.run('remove')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect([names(), host.leftovers()]).toEqual([[], []]);
  });

  it('says what is wrong with a dead interpreter, and outlives the loss of its own', async () => {
    host.shell(`cp ${QEMU} /run/gone`);
    host.register(theirs('/run/gone', 'OC'));
    host.shell('rm /run/gone');
    const status = await host.run('status', 'arm64');
    expect(status).toMatchObject({ code: 0 });
    expect(status.stdout).toContain('its interpreter /run/gone is not there');
    const tested = await host.run('test', 'arm64');
    expect(tested).toMatchObject({ code: 3 });
    expect(tested.stdout).toMatch(/^FAILS +linux\/arm64 .*ENOENT/);
    expect(await host.run('install', 'arm64', '--replace')).toMatchObject({ code: 0 });

    rmSync(host.path(host.entries().find(({ enabled }) => enabled)?.interpreter ?? ''));
    expect(host.shell(`${HELLO} still`)).toContain('hello from arm64');
    expect(await host.run('test')).toMatchObject({ code: 3 });
    expect((await host.run('install', 'arm64')).stdout).toMatch(/^changed /);
    await expectWorking('arm64');
  });

  it('refuses before it changes anything: a dynamic QEMU, no table, a program of this machine', async () => {
    const dynamic = await host.run('install', 'arm64', '--qemu', '/usr/bin/qemu-aarch64');
    expect(dynamic).toMatchObject({ code: 3 });
    expect(dynamic.stderr).toContain('QEMU_NOT_STATIC');
    expect(dynamic.stderr).toContain('does not start in the root file systems of containers');
    const native = await host.run('install', '386');
    expect(native).toMatchObject({ code: 2 });
    expect(native.stderr).toContain('PLATFORM_NOT_FOREIGN');
    host.shell('echo 0 > /proc/sys/fs/binfmt_misc/status');
    expect((await host.run('install', 'arm64')).stderr).toContain('BINFMT_SWITCHED_OFF');
    host.shell('echo 1 > /proc/sys/fs/binfmt_misc/status; mount -o remount,ro /var/lib');
    const readOnly = await host.run('install', 'arm64');
    expect(readOnly).toMatchObject({ code: 3 });
    expect(readOnly.stderr).toMatch(/read-only[^]*BINFMT_WRITE_FAILED/);
    host.shell('umount /proc/sys/fs/binfmt_misc');
    const unmounted = await host.run('install', 'arm64');
    expect(unmounted).toMatchObject({ code: 3 });
    expect(unmounted.stderr).toContain('BINFMT_NOT_MOUNTED');
    expect(unmounted.stderr).toContain('mount -t binfmt_misc');
    expect((await host.run('status')).stdout).toContain('binfmt_misc is not mounted here');
    expect(host.leftovers()).toEqual([]);
  });

  it.each([
    ['while it works', () => existsSync(host.path(`${STATE}/work`))],
    ['after it has registered', () => names().includes('archparity-aarch64')],
    ['after it has recorded', () => existsSync(host.path(`${STATE}/state.json`))],
  ])('can be killed %s: the next one mends it', async (_moment, isTime) => {
    await expectMended(() => isTime);
  });

  it.each(Array.from({ length: KILLS }, (_, index) => index + 1))(
    'can be killed at any moment [%i]: the next one mends it',
    async () => {
      await expectMended(() => {
        const moment = performance.now() + Math.random() * LONGEST_MS;
        return () => performance.now() > moment;
      });
    },
  );
});

/** Somewhat longer than an installation takes. */
const LONGEST_MS = 1200;

/** Starts binfmt and kills it. @returns whether it was not quicker */
async function kill(isTime: () => boolean, args: readonly string[]): Promise<boolean> {
  const running = host.start(...args);
  const deadline = performance.now() + PATIENCE_MS;
  while (!isTime() && performance.now() < deadline) await setImmediate();
  const [pid] = childrenOf(running.pid);
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  return (await running.result).code !== 0;
}

async function killOnce(clock: () => () => boolean, ...args: readonly string[]): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    if (await kill(clock(), args)) return;
    await host.run('remove');
  }
  throw new Error('it always was quicker than the kill');
}

/** @param clock - starts with each attempt */
async function expectMended(clock: () => () => boolean): Promise<void> {
  host.register(theirs());
  const before = host.entries();
  await killOnce(clock, 'install', 'arm64', '--replace', '--persist');
  expect(host.shell(`${HELLO} always`)).toContain('hello from arm64');
  expect(await host.run('remove')).toMatchObject({ code: 0 });
  expect(host.entries()).toEqual(before);
  expect(host.leftovers()).toEqual([]);

  await killOnce(clock, 'install', 'arm64', '--replace');
  expect(await host.run('install', 'arm64', '--replace')).toMatchObject({ code: 0 });
  await expectWorking('arm64');
  expect(names().filter((name) => name.startsWith('archparity'))).toEqual(['archparity-aarch64']);

  // Another CPU: one entry of ours takes the place of the other.
  await kill(clock(), ['install', 'arm64', '--cpu', 'cortex-a72']);
  expect(host.shell(`${HELLO} always`)).toContain('hello from arm64');
  expect(await host.run('remove')).toMatchObject({ code: 0 });
  expect([host.entries(), host.leftovers()]).toEqual([before, []]);
}

describe('archparity binfmt without root', () => {
  it('says that it takes root to change the host', async () => {
    for (const action of ['install', 'remove']) {
      const result = await runCli(unprivileged, ['binfmt', action]);
      expect(result).toMatchObject({ code: 3, stdout: '' });
      expect(result.stderr).toContain('BINFMT_NEEDS_ROOT');
      expect(result.stderr).toContain(`sudo archparity binfmt ${action}`);
    }
    expect(await runCli(unprivileged, ['binfmt', 'status'])).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    [[], 'binfmt needs an action'],
    [['mend'], 'has no action "mend"'],
    [['install', 'vax'], 'PLATFORM_UNKNOWN'],
    [['install', 'amd64'], 'a handler would call itself for ever'],
    [['install', 'all,arm64'], 'means every platform'],
    [['install', 'arm64', '--flags', 'POX'], 'BINFMT_FLAGS'],
    [['install', 'arm64', '--flags', 'POC'], 'lack F'],
    [['install', 'arm64', 's390x', '--cpu', 'max'], '--cpu is for one platform'],
    [['install', '--qemu', QEMU], '--qemu is for one platform'],
    [['status', '--persist'], '--persist is for binfmt install'],
  ])('refuses %j', async (args, said) => {
    const result = await runCli(unprivileged, ['binfmt', ...args]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(said);
  });
});

describe('this machine', () => {
  it('has none of what was installed above', () => {
    expect(machine.directory).not.toBe('');
    expect(existsSync(STATE)).toBe(false);
    expect(existsSync('/proc/sys/fs/binfmt_misc/archparity-aarch64')).toBe(false);
  });
});
