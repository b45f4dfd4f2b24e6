// What `archparity doctor` says of machines that are broken on purpose, and what --fix makes of them.
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRegistry, LOGIN } from '../setup/registry.ts';
import {
  brokenHost,
  examineBroken,
  handlerEntry,
  makeToolPath,
  TABLE,
  type Examined,
} from './broken-hosts.ts';
import {
  anyCaller,
  machine,
  makeDirectory,
  runCli,
  startCli,
  unprivileged,
  waitFor,
} from './cli.ts';
import { expectNoSurvivors, inspectFamily } from './leftovers.ts';
import { startInTerminal } from './terminal.ts';

const QEMU = '/usr/bin/qemu-aarch64-static';
const PLACES = ['apk', 'apt', 'dnf', 'github', 'gitlab', 'pacman', 'zypper'];

const mountTable = 'mount -t binfmt_misc binfmt_misc $table';
const register = (entry: string): string =>
  `${mountTable}; printf %s '${entry.replaceAll("'", `'\\''`)}' > $table/register`;

/** Whatever is not well says what is lost, and what to do everywhere. */
function expectRemedies({ report }: Examined): void {
  for (const { id, state, found, effect, fix } of report.checks) {
    if (state === 'ok' || found.startsWith('not tried')) continue;
    expect(effect, id).not.toBe('');
    expect(fix?.text, id).toMatch(/./);
    expect(fix?.command ?? fix?.otherwise?.command, id).toMatch(/./);
  }
}

/** The remedy has a command for each package manager and CI service. */
function expectEverywhere(examined: Examined, id: string): void {
  expect(Object.keys(examined.check(id).fix?.commands ?? {}).toSorted()).toEqual(PLACES);
}

describe('archparity doctor names', () => {
  it('a handler without F and C, and a lane that does not mind', async () => {
    const examined = await examineBroken(
      unprivileged,
      register(handlerEntry(QEMU, { flags: 'P' })),
    );
    expect(examined.result.code).toBe(0);
    expect(examined.check('host-handler')).toMatchObject({
      state: 'warning',
      found: `theirs (${QEMU}, flags P), registered by hand: without F it does not work inside an image or a chroot; without C setuid programs (sudo, su) have no rights`,
      effect: expect.stringMatching(/in an image.*lanes register their own/) as string,
      fix: { command: 'sudo archparity binfmt install arm64 --replace' },
    });
    expect(examined.check('host-binfmt').found).toBe('mounted and switched on, entries: 1');
    expectEverywhere(examined, 'host-handler');
    expectRemedies(examined);
  });

  it('a mask that leaves programs out, and one that takes those of others', async () => {
    const narrow = handlerEntry(QEMU, { mask: 'ffffffffffffff00ffffffffffffffffffffffff' });
    // Of the machine's number, b7, it does not look at the bits in which riscv64's, f3, differs.
    const wide = handlerEntry(QEMU, { mask: 'ffffffffffffff00fffffffffffffffffeffbbff' });
    const examined = await examineBroken(
      anyCaller,
      `${register(narrow)}; printf %s '${wide.replace('theirs', 'wide')}' > $table/register`,
    );
    expect(examined.check('host-handler')).toMatchObject({
      state: 'warning',
      found: expect.stringMatching(
        /^wide .*its mask takes programs of linux\/riscv64, too$/,
      ) as string,
      effect: expect.stringContaining('wrong emulator') as string,
    });
    expect(examined.check('other-handlers')).toMatchObject({
      state: 'warning',
      found:
        'theirs: its mask leaves out position-independent programs; the newer wide takes its programs',
    });
    expectEverywhere(examined, 'host-handler');
    expectEverywhere(examined, 'other-handlers');
  });

  it('a handler whose interpreter is gone', async () => {
    const gone = join(makeDirectory(anyCaller), 'qemu');
    copyFileSync(QEMU, gone);
    const examined = await examineBroken(
      anyCaller,
      `${register(handlerEntry(gone, { flags: 'POC' }))}; rm ${gone}; printf :other:E::other::${gone}: > $table/register`,
    );
    expect(examined.check('host-handler')).toMatchObject({
      state: 'warning',
      found: expect.stringContaining(`its interpreter ${gone} is not there`) as string,
      effect: expect.stringContaining('No such file or directory') as string,
      fix: { otherwise: { command: `echo -1 | sudo tee ${TABLE}/theirs` } },
    });
    expect(examined.check('other-handlers')).toMatchObject({
      state: 'warning',
      found: `other: its interpreter ${gone} is not there`,
      fix: { command: `echo -1 | sudo tee ${TABLE}/other` },
    });
    expectEverywhere(examined, 'host-handler');
  });

  it('an old QEMU that does not work either', async () => {
    const version = 'qemu-aarch64 version 4.2.1 (Debian 1:4.2-3ubuntu6.30)';
    const old = `#!/bin/sh\n[ "$1" != --version ] || echo '${version}'\n`;
    const tools = makeToolPath(anyCaller, { 'qemu-aarch64-static': old });
    const entry = handlerEntry(join(tools, 'qemu-aarch64-static'));
    const examined = await examineBroken(anyCaller, register(entry), { env: { PATH: tools } });
    expect(examined.result.code).toBe(3);
    expect(examined.check('qemu-version')).toMatchObject({
      state: 'warning',
      found: expect.stringMatching(
        /^4\.2\.1 .*before 5\.0 ldconfig .*\(https:\/\/github\.com\/moby\/moby\/issues\/43039\)$/,
      ) as string,
    });
    expect(examined.check('emulator').state).toBe('failed');
    expect(examined.check('host-handler')).toMatchObject({
      state: 'warning',
      found: expect.stringMatching(/QEMU 4\.2\.1 .*moby\/issues\/43039/) as string,
    });
    expectEverywhere(examined, 'qemu-version');
    expectRemedies(examined);
  });

  it('a full disk below the cache', async () => {
    const examined = await examineBroken(
      anyCaller,
      'mount -t tmpfs -o size=16k tmpfs /mnt; mkdir /mnt/cache',
      { env: { ARCHPARITY_CACHE: '/mnt/cache' } },
    );
    expect(examined.result.code).toBe(3);
    expect(examined.check('cache')).toMatchObject({
      state: 'failed',
      found: '/mnt/cache: there is no space left (ENOSPC)',
      fix: { command: 'export ARCHPARITY_CACHE=/var/tmp/archparity-cache' },
    });
    expectEverywhere(examined, 'cache');
  });

  it('a home that is read-only, and a table of handlers that is not mounted', async () => {
    const home = makeDirectory(unprivileged, 'home');
    const examined = await examineBroken(
      unprivileged,
      `mount --bind ${home} ${home}; mount -o remount,bind,ro ${home}; mount -t tmpfs tmpfs $table`,
      { env: { HOME: home, ARCHPARITY_CACHE: '' } },
    );
    expect(examined.result.code).toBe(3);
    expect(examined.check('home')).toMatchObject({
      state: 'warning',
      found: `${home}: the file system is read-only (EROFS)`,
    });
    expect(examined.check('cache')).toMatchObject({
      state: 'failed',
      found: `The cache directory ${home}/.cache/archparity cannot be written: the file system is read-only (EROFS)`,
    });
    expect(examined.check('host-binfmt')).toMatchObject({
      state: 'warning',
      found: `not mounted on ${TABLE}`,
      fix: { command: `sudo mount -t binfmt_misc binfmt_misc ${TABLE}` },
    });
    for (const id of ['home', 'cache', 'host-binfmt']) expectEverywhere(examined, id);
  });

  it('registries and hosts that do not answer, and never a password', async () => {
    const registry = await startRegistry(machine.directory, { private: true });
    try {
      const cwd = makeDirectory(anyCaller);
      const home = makeDirectory(anyCaller, 'home');
      const login = (password: string): object => ({
        auth: Buffer.from(`${LOGIN.name}:${password}`).toString('base64'),
      });
      const config = (password: string): string =>
        JSON.stringify({
          auths: { [registry.host]: login(password), 'http://localhost:1/v1/': login('hidden') },
        });
      writeFileSync(join(home, 'config.json'), config('forgotten'));
      writeFileSync(
        join(cwd, 'archparity.yaml'),
        'lanes:\n  board: ssh:nobody@127.0.0.1:1,connect-timeout=2\n',
      );
      const result = await runCli(anyCaller, ['doctor', '--json'], {
        cwd,
        env: { PATH: makeToolPath(anyCaller), DOCKER_CONFIG: home },
      });
      const text = result.stdout;
      const { checks } = JSON.parse(text) as { checks: Examined['report']['checks'] };
      const found = (id: string): string | undefined => checks.find((one) => one.id === id)?.found;
      // Optional parts do not make a machine unfit.
      expect(result.code, result.stderr).toBe(0);
      expect(found('registries')).toMatch(
        new RegExp(
          `^2 of 2: .*localhost:1: the registry cannot be reached.*${registry.host}: the registry refuses the login`,
        ),
      );
      expect(found('ssh-hosts')).toMatch(/127\.0\.0\.1/);
      for (const secret of ['forgotten', 'hidden', '"auth"']) expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(`${LOGIN.name}:hidden`).toString('base64'));
    } finally {
      await registry.stop();
    }
  });
});

describe('archparity doctor --fix', () => {
  /** A limit of its own namespace, and a handler that was switched off. */
  const breakage = `${register(handlerEntry(QEMU))}; echo 0 > $table/theirs; echo 0 > /proc/sys/user/max_user_namespaces`;

  it('switches on what is off, shows what it does, and checks again', async () => {
    const { code, stdout, stderr } = await runCli(unprivileged, ['doctor', '--fix', '--yes'], {
      through: brokenHost(breakage),
      env: { PATH: makeToolPath(unprivileged) },
    });
    expect(code, stderr).toBe(0);
    const [before = '', after = ''] = stdout.split('\nChecked again:\n');
    expect(before).toMatch(/^✗ User namespaces +user\.max_user_namespaces is 0$/m);
    expect(before).toMatch(/^! Handler of the host +theirs .*: it is switched off$/m);
    expect(before).toContain(
      [
        'User namespaces: user.max_user_namespaces is 0',
        '  sysctl -w user.max_user_namespaces=10000',
        '  done',
      ].join('\n'),
    );
    expect(before).toContain(`  sh -c 'echo 1 > "$1"' sh ${TABLE}/theirs\n  done\n`);
    expect(after).toMatch(/^✓ User namespaces /m);
    expect(after).toMatch(/^✓ Handler of the host +theirs .*works: QEMU /m);
    expect(after).toMatch(/^binaries: +yes \(private binfmt_misc\)$/m);
  });

  it('says what it may not do', async () => {
    const { result, check } = await examineBroken(
      unprivileged,
      `${breakage}; mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys`,
      { args: ['--fix', '--yes'] },
    );
    const { fixes } = JSON.parse(result.stdout) as { fixes: unknown };
    expect(fixes).toContainEqual({
      id: 'user-namespaces',
      command: 'sysctl -w user.max_user_namespaces=10000',
      outcome: 'failed',
      said: expect.stringMatching(/permission denied|read-only file system/i) as string,
    });
    expect(check('user-namespaces').state).toBe('failed');
  });

  it('asks on a terminal, and takes no for an answer', async () => {
    const run = startInTerminal(
      unprivileged,
      ['doctor', '--fix', '--quiet'],
      { PATH: `${makeToolPath(unprivileged)}:/usr/bin:/bin` },
      { through: brokenHost(`${register(handlerEntry(QEMU))}; echo 0 > $table/theirs`) },
    );
    await waitFor('the question', () => run.screen().includes('Do it? [y/N]'));
    run.type('n\n');
    expect(await run.code).toBe(0);
    expect(run.screen()).toMatch(/ {2}not done/);
    expect(run.screen()).not.toContain('Checked again');
  });

  it('is refused without a terminal to ask on, before anything is checked', async () => {
    const refused = await runCli(anyCaller, ['doctor', '--fix']);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('FIX_NEEDS_YES');
    expect((await runCli(anyCaller, ['doctor', '--yes'])).code).toBe(2);
  });
});

it('leaves nothing when it is killed', async () => {
  const temporary = makeDirectory(unprivileged, 'tmp');
  const running = startCli(unprivileged, ['doctor'], { env: { TMPDIR: temporary } });
  await waitFor('the lanes', () => running.stdout().includes('Native lane'));
  const family = inspectFamily(running.pid);
  running.child.kill('SIGKILL');
  await running.result;
  await expectNoSurvivors(family);
  await waitFor('its directory to go', () => readdirSync(temporary).length === 0);
});
