import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listSafeFixes } from '../../../src/app/doctor/apply-fixes.ts';
import { installFix, passed, warned, type Fix } from '../../../src/app/doctor/check.ts';
import { completeCheck, completeFix } from '../../../src/app/doctor/complete-fix.ts';
import { effectOfFault, findWorst, mendFix } from '../../../src/app/doctor/handler-remedies.ts';
import { findQemuFaults } from '../../../src/app/doctor/known-qemus.ts';
import { readHost, readRegistries } from '../../../src/app/doctor/read-registries.ts';
import { describeOwner } from '../../../src/app/doctor/check-host-handler.ts';
import { parseHandler } from '../../../src/lanes/emulated/host-handlers.ts';

const HERE = { manager: 'apt', env: {} } as const;
const SUBJECT = { id: 'x', title: 'X' };

describe('completeFix', () => {
  const sysctl: Fix = { text: 'Allow it.', command: 'sudo sysctl -w a.b=1' };

  it('says the same to every distribution, and what a job is to say', () => {
    const { command, commands } = completeFix(sysctl, HERE);
    expect(command).toBe('sudo sysctl -w a.b=1');
    expect(commands).toEqual({
      ...Object.fromEntries(
        ['apt', 'dnf', 'zypper', 'apk', 'pacman'].map((manager) => [manager, sysctl.command]),
      ),
      github: '- run: sudo sysctl -w a.b=1',
      gitlab: "sysctl -w a.b=1 # as root of the runner's machine",
    });
  });

  it('lets a distribution have another way', () => {
    const { commands } = completeFix(
      {
        text: 'Start it.',
        command: 'sudo systemctl start x',
        commands: { apk: 'sudo rc-service x start' },
      },
      HERE,
    );
    expect([commands?.apk, commands?.dnf, commands?.github]).toEqual([
      'sudo rc-service x start',
      'sudo systemctl start x',
      '- run: sudo systemctl start x',
    ]);
  });

  it('chooses the command for where it runs', async () => {
    const fix = await installFix('crun');
    const at = (env: Readonly<Record<string, string>>): string | undefined =>
      completeFix(fix, { manager: 'pacman', env }).command;
    expect(at({})).toBe('sudo pacman -S crun');
    expect(at({ GITHUB_ACTIONS: 'true' })).toBe(
      '- run: sudo apt-get update && sudo apt-get install -y crun',
    );
    expect(at({ GITLAB_CI: 'true' })).toBe(
      "before_script: ['apt-get update && apt-get install -y crun']",
    );
  });

  it('gives no distribution the command of another', async () => {
    const umoci = completeFix(await installFix('umoci'), { manager: 'dnf', env: {} });
    expect(umoci.commands?.dnf).toBeUndefined();
    const advised = completeFix({ text: 'Install it.', command: 'sudo apt install crun' }, HERE);
    expect(advised.commands).toEqual({});
    expect(advised.command).toBe('sudo apt install crun');
  });
});

describe('completeCheck', () => {
  it('leaves nothing that is wrong without a remedy', () => {
    const bare = warned(SUBJECT, { found: 'no', effect: 'lost' });
    expect(completeCheck(bare, HERE).fix?.command).toBe('archparity doctor --verbose');
    expect(completeCheck({ ...bare, found: 'not tried: y' }, HERE).fix).toBeUndefined();
    expect(completeCheck(passed(SUBJECT, 'yes'), HERE).fix).toBeUndefined();
  });

  it('hides logins, whatever a password is made of', () => {
    const found = 'tcp://user:hid/d\'@e"n@host:2375 and https://alsohidden@mirror/v2/, "ssh://a@b"';
    expect(completeCheck(passed(SUBJECT, found), HERE).found).toBe(
      'tcp://***@host:2375 and https://***@mirror/v2/, "ssh://***@b"',
    );
  });

  it('hides what is left of one that could not be read', () => {
    const said = 'parse "tcp://bob:sec/ret@host": invalid port ":sec" after host';
    expect(completeCheck(passed(SUBJECT, said), HERE).found).toBe(
      'parse "tcp://***@host": invalid port "***" after host',
    );
  });

  it('hides them in all that it says', () => {
    const address = 'tcp://bob:s3/cret@host:2375';
    const all = warned(SUBJECT, {
      found: address,
      effect: `${address} is lost`,
      fix: {
        text: `Try ${address}.`,
        command: `docker -H ${address} info`,
        commands: { apk: `docker -H '${address}' version` },
        otherwise: { text: `Or not ${address}.`, command: `echo ${address}` },
      },
    });
    for (const check of [all, { ...all, found: `not tried: ${address}` }]) {
      const text = JSON.stringify(completeCheck(check, HERE));
      expect(text).not.toMatch(/bob|cret/);
      expect(text).toContain("docker -H 'tcp://***@host:2375' version");
    }
  });
});

describe('listSafeFixes', () => {
  const safe = ['sysctl', '-w', 'a=1'];
  const wrong = warned(SUBJECT, { found: 'no', effect: 'lost', fix: { text: 'Do.', safe } });

  it('takes each once, and leaves what is only shown', () => {
    const shown = warned(SUBJECT, { found: 'no', effect: 'lost', fix: { text: 'Do.' } });
    const fixes = listSafeFixes([wrong, shown, wrong, passed(SUBJECT, 'yes')], {
      isRoot: true,
      mayAsk: false,
    });
    expect(fixes.map(({ argv, command }) => [argv, command])).toEqual([[safe, 'sysctl -w a=1']]);
  });

  it('goes through sudo for others than root, which asks for a password where somebody is', () => {
    const commands = [true, false].map(
      (mayAsk) => listSafeFixes([wrong], { isRoot: false, mayAsk })[0]?.command,
    );
    expect(commands).toEqual(['sudo sysctl -w a=1', 'sudo -n sysctl -w a=1']);
  });
});

describe('findQemuFaults', () => {
  const sourcesOf = (version: string, isFixed = false): string[] =>
    findQemuFaults({ version, isFixed }).map(({ source }) => source.split('/').slice(-3).join('/'));

  it('goes by number', () => {
    expect(sourcesOf('2.11.1')).toEqual(['docker-alpine/issues/48', 'moby/issues/43039']);
    expect(sourcesOf('4.2.1 (Debian 1:4.2-3ubuntu6.30)')).toEqual(['moby/issues/43039']);
    expect(sourcesOf('5.0.1')).toEqual([]);
    expect(sourcesOf('5.2.0')).toEqual(['buildx/issues/542']);
    expect(sourcesOf('8.1.0')).toEqual([]);
    expect(sourcesOf('8.2.2 (Debian 1:8.2.2+ds-0ubuntu1)')).toEqual([
      'binfmt/pull/243',
      'tokio/pull/6363',
    ]);
    for (const version of ['6.0.0', '7.2.22', '9.2.2', '10.0.3', '11.1.0'])
      expect(sourcesOf(version), version).toEqual([]);
  });

  it('minds builds that are not position-independent', () => {
    expect(sourcesOf('7.2.22', true)).toEqual(['binfmt/issues/215']);
  });
});

describe('remedies for handlers', () => {
  const handler = parseHandler('qemu-aarch64', 'enabled\ninterpreter /q\nflags: OPF\n');

  it('mend the worst first', () => {
    expect(findWorst(['without-p', 'disabled', 'without-f'])).toBe('disabled');
    expect(findWorst([])).toBeUndefined();
    expect(effectOfFault('without-c')).toMatch(/effective uid/);
  });

  it('switch on what is off, and never remove anything by themselves', async () => {
    const facts = { claims: [], platform: 'linux/arm64', host: 'linux/amd64' } as const;
    expect((await mendFix('disabled', handler, facts)).safe).toEqual([
      'sh',
      '-c',
      'echo 1 > "$1"',
      'sh',
      '/proc/sys/fs/binfmt_misc/qemu-aarch64',
    ]);
    for (const kind of ['shadowed', 'dead-interpreter', 'wide-mask', 'without-c'] as const)
      expect((await mendFix(kind, handler, facts)).safe, kind).toBeUndefined();
  });

  it('name the owner', () => {
    expect(describeOwner([{ manager: 'unknown' }])).toBe('registered by hand');
    expect(
      describeOwner([
        { manager: 'binfmt-support', file: '/a' },
        { manager: 'systemd-binfmt', file: '/b' },
      ]),
    ).toBe('of binfmt-support: /a and of systemd-binfmt: /b');
  });
});

describe('readRegistries', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'parity-registries-'));
  });
  afterEach(async () => rm(directory, { recursive: true, force: true }));

  it('takes the names out of what docker and podman wrote, and nothing else', async () => {
    await writeFile(
      join(directory, 'config.json'),
      JSON.stringify({
        auths: { 'https://index.docker.io/v1/': { auth: 'c2VjcmV0' }, 'ghcr.io': {} },
        credHelpers: { 'gcr.io': 'gcloud', '-bad host': 'x' },
      }),
    );
    await mkdir(join(directory, 'containers'));
    await writeFile(
      join(directory, 'containers/auth.json'),
      JSON.stringify({ auths: { 'quay.io/team': {}, 'ghcr.io': {} } }),
    );
    const env = { DOCKER_CONFIG: directory, XDG_CONFIG_HOME: directory, HOME: '/nonexistent' };
    expect(readRegistries(env)).toEqual(['docker.io', 'gcr.io', 'ghcr.io', 'quay.io']);
  });

  it('is content with nothing, and with what is no JSON', async () => {
    await writeFile(join(directory, 'config.json'), 'auths');
    expect(readRegistries({ HOME: directory })).toEqual([]);
    expect(readRegistries({ HOME: directory, DOCKER_CONFIG: directory })).toEqual([]);
    expect(readHost('http://localhost:5000/v2/')).toBe('localhost:5000');
  });
});
