import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkOtherHandlers } from '../../../src/app/doctor/check-other-handlers.ts';
import { registerFix } from '../../../src/app/doctor/register-handler.ts';
import { renewFix } from '../../../src/app/doctor/renew-handler.ts';
import type { Platform } from '../../../src/core/index.ts';
import { formatBinfmtEntry } from '../../../src/lanes/emulated/binfmt-entry.ts';
import type { HandlerManager } from '../../../src/lanes/emulated/handler-owner.ts';
import { parseHandler, type HostHandler } from '../../../src/lanes/emulated/host-handlers.ts';

const NAME = 'qemu-aarch64';
const MAGIC = '7f454c460201010000000000000000000200b700';
/** Its magic is that of arm64, and its mask takes riscv64, too. */
const WIDE = parseHandler(
  NAME,
  `enabled\ninterpreter /q\nflags: OPF\noffset 0\nmagic ${MAGIC}\nmask ffffffffffffff00fffffffffffffffffeffbbff\n`,
);

const renew = (
  kind: 'without-c' | 'wide-mask' | 'narrow-mask',
  manager: HandlerManager,
  {
    file,
    handler = WIDE,
    platform = 'linux/arm64',
  }: { file?: string; handler?: HostHandler; platform?: Platform } = {},
): string =>
  renewFix(kind, handler, {
    claims: [{ manager, ...(file === undefined ? {} : { file }) }],
    platform,
    host: 'linux/amd64',
  }).command ?? '';

/** Pastes a command for whom a directory is where binfmt-support and systemd-binfmt have their files. */
function paste(command: string, directory: string): void {
  for (const [name, text] of [
    ['sudo', 'exec "$@"'],
    ['systemctl', `echo "$@" >> ${directory}/called`],
    ['update-binfmts', `echo "$@" >> ${directory}/called`],
  ] as const)
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const here = command.replaceAll(/\/(?:usr\/lib\/binfmt\.d|usr\/share\/binfmts)/g, directory);
  execFileSync('sh', ['-c', here.replaceAll('/etc/binfmt.d', join(directory, 'etc'))], {
    env: { PATH: `${directory}:/usr/bin:/bin` },
  });
}

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'parity-handlers-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  execFileSync('mkdir', [join(directory, 'etc')]);
  return directory;
}

const OTHERS = '# QEMU\n:qemu-aarch64_be:M::be:mask:/be:OC\n';
const GOOD = formatBinfmtEntry({
  name: NAME,
  platform: 'linux/arm64',
  interpreter: '/q',
  flags: 'POCF',
});

describe('a handler of systemd-binfmt', () => {
  const declared = (flags: string): string => `:${NAME}:M::magic:mask:/q:${flags}\n`;

  it.each([
    ['without-c', 'OPF', declared('POCF')],
    ['without-c', '', declared('POCF')],
    ['wide-mask', 'OPF', `${GOOD}\n`],
    ['narrow-mask', 'OPF', `${GOOD}\n`],
  ] as const)('%s, with the flags "%s"', (kind, flags, mended) => {
    const directory = makeDirectory();
    writeFileSync(join(directory, 'qemu.conf'), OTHERS + declared(flags));
    paste(renew(kind, 'systemd-binfmt', { file: '/usr/lib/binfmt.d/qemu.conf' }), directory);
    // What the distribution brought is as it was.
    expect(readFileSync(join(directory, 'qemu.conf'), 'utf8')).toBe(OTHERS + declared(flags));
    expect(readFileSync(join(directory, 'etc/qemu.conf'), 'utf8')).toBe(OTHERS + mended);
    // The one over it is mended in its place.
    writeFileSync(join(directory, 'etc/qemu.conf'), OTHERS + declared(flags));
    paste(renew(kind, 'systemd-binfmt', { file: '/etc/binfmt.d/qemu.conf' }), directory);
    expect(readFileSync(join(directory, 'etc/qemu.conf'), 'utf8')).toBe(OTHERS + mended);
    expect(readFileSync(join(directory, 'called'), 'utf8')).toBe(
      'restart systemd-binfmt\n'.repeat(2),
    );
  });
});

describe('a handler of binfmt-support', () => {
  const [, , , , magic = '', mask = ''] = GOOD.split(':');
  const flags = 'credentials yes\nfix_binary yes\npreserve yes\n';
  const program = 'package qemu-user-static\ninterpreter /q\n';

  it.each([
    ['without-c', `${program}magic m\nmask n\n${flags}`],
    ['wide-mask', `${program}magic ${magic}\noffset 0\nmask ${mask}\n${flags}`],
  ] as const)('%s', (kind, mended) => {
    const directory = makeDirectory();
    writeFileSync(join(directory, NAME), `${program}magic m\nmask n\npreserve yes\ncredentials no`);
    paste(renew(kind, 'binfmt-support'), directory);
    expect(readFileSync(join(directory, NAME), 'utf8')).toBe(mended);
    expect(readFileSync(join(directory, 'called'), 'utf8')).toBe(`--import ${NAME}\n`);
  });
});

describe('a handler of others', () => {
  const remove = `echo -1 | sudo tee /proc/sys/fs/binfmt_misc/${NAME}`;

  it('is made anew by its container', () => {
    expect(renew('wide-mask', 'container')).toMatch(/--uninstall qemu-aarch64 .*--install arm64$/);
  });

  it('is covered, or removed where it would go on taking what is not its own', () => {
    const install = 'sudo archparity binfmt install arm64 --replace';
    expect(renew('without-c', 'unknown')).toBe(install);
    expect(renew('narrow-mask', 'unknown')).toBe(install);
    expect(renew('wide-mask', 'unknown')).toBe(`${remove} && ${install}`);
  });

  it('is mended for the platform that it is meant for, not for one that it takes', () => {
    expect(renew('wide-mask', 'unknown', { platform: 'linux/riscv64' })).toMatch(/install arm64 /);
  });

  it('is removed where nothing may stand for it', () => {
    const magic = Buffer.from(WIDE.magic);
    magic.writeUInt16LE(62, 18);
    expect(renew('wide-mask', 'unknown', { handler: { ...WIDE, magic } })).toBe(remove);
  });
});

it('is replaced when another takes its programs: it would be refused otherwise', async () => {
  const fixOf = async (handlers: readonly HostHandler[]): Promise<string | undefined> =>
    (await registerFix('linux/arm64', { state: 'mounted', enabled: true, handlers })).otherwise
      ?.command;
  const plain = 'sudo archparity binfmt install arm64';
  expect(await fixOf([WIDE])).toBe(`${plain} --replace`);
  expect(await fixOf([{ ...WIDE, enabled: false }])).toBe(plain);
  expect(await fixOf([])).toBe(plain);
});

it('is in nobody’s way when binfmt install was asked to take its programs', async () => {
  const theirs = { ...WIDE, flags: 'POCF', mask: Buffer.alloc(20, 0xff) };
  const foundOf = async (name: string, interpreter: string): Promise<string> => {
    const newer = { ...theirs, name, interpreter };
    const table = { state: 'mounted', enabled: true, handlers: [newer, theirs] } as const;
    const question = { platform: 'linux/arm64', checked: newer } as const;
    return (await checkOtherHandlers(table, question)).found;
  };
  const ours = '/var/lib/archparity/binfmt/qemu-aarch64-0123456789ab';
  const taken = /the newer \S+ takes its programs/;
  expect(await foundOf('archparity-aarch64', ours)).not.toMatch(taken);
  expect(await foundOf('archparity-aarch64', '/q')).toMatch(taken);
  expect(await foundOf('newer', '/q')).toMatch(taken);
});
