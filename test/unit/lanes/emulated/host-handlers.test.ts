import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../../../src/core/index.ts';
import {
  findFlagFaults,
  findHandlerFaults,
  readInterpreterState,
  type InterpreterState,
} from '../../../../src/lanes/emulated/handler-faults.ts';
import {
  findHandlerClaims,
  readDeclaredHandlers,
} from '../../../../src/lanes/emulated/handler-owner.ts';
import {
  findHandlersFor,
  findServingHandler,
  isMeantFor,
  parseHandler,
  plainHeader,
  readHandlerTable,
  takesHeader,
  type HandlerTable,
  type HostHandler,
} from '../../../../src/lanes/emulated/host-handlers.ts';
import { binfmtMagic } from '../../../../src/lanes/emulated/binfmt-entry.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parity-handlers-'));
});
afterEach(async () => rm(directory, { recursive: true, force: true }));

const INTERPRETER = '/usr/bin/qemu-aarch64-static';
const ENTRY = `enabled
interpreter ${INTERPRETER}
flags: POCF
offset 0
magic 7f454c460201010000000000000000000200b700
mask ffffffffffffff00fffffffffffffffffeffffff
`;
const HANDLER = parseHandler('qemu-aarch64', ENTRY);
const JAR = parseHandler('jar', 'enabled\ninterpreter /usr/bin/jexec\nflags: \nextension .jar\n');

const tableOf = (...handlers: readonly HostHandler[]): HandlerTable => ({
  state: 'mounted',
  enabled: true,
  handlers,
});

describe('parseHandler', () => {
  it('reads an entry as the kernel shows it', () => {
    expect(HANDLER).toEqual({
      name: 'qemu-aarch64',
      enabled: true,
      interpreter: INTERPRETER,
      flags: 'POCF',
      offset: 0,
      ...binfmtMagic('linux/arm64'),
    });
    expect(parseHandler('off', ENTRY.replace('enabled', 'disabled')).enabled).toBe(false);
    expect(parseHandler('plain', ENTRY.replace(/mask .*\n/, '')).mask).toEqual(
      Buffer.alloc(20, 0xff),
    );
    expect(JAR).toMatchObject({ flags: '', enabled: true, magic: Buffer.alloc(0) });
  });
});

describe('the kernel’s comparison', () => {
  it('gives the programs of each platform to its own entry alone', () => {
    for (const { platform } of PLATFORMS) {
      const handler = { ...HANDLER, ...binfmtMagic(platform) };
      expect(isMeantFor(handler, platform), platform).toBe(true);
      expect(
        findHandlerFaults(handler, {
          platform,
          host: 'linux/amd64',
          table: tableOf(handler),
          interpreter: 'static',
        }),
        platform,
      ).toEqual([]);
    }
  });

  it('tells byte orders apart, extensions from magic, and minds the offset', () => {
    const s390x = { ...HANDLER, ...binfmtMagic('linux/s390x') };
    expect(isMeantFor(s390x, 'linux/arm64')).toBe(false);
    expect(takesHeader(s390x, plainHeader('linux/arm64'))).toBe(false);
    expect(isMeantFor(JAR, 'linux/arm64')).toBe(false);
    expect(takesHeader(JAR, plainHeader('linux/arm64'))).toBe(false);
    const machine = {
      ...HANDLER,
      offset: 18,
      magic: Buffer.from('b700', 'hex'),
      mask: Buffer.from('ffff', 'hex'),
    };
    expect(takesHeader(machine, plainHeader('linux/arm64'))).toBe(true);
    expect(takesHeader(machine, plainHeader('linux/amd64'))).toBe(false);
    expect(isMeantFor(machine, 'linux/arm64')).toBe(false);
  });

  it('prefers the newest entry that is enabled', () => {
    const newer = { ...HANDLER, name: 'newer' };
    const off = { ...HANDLER, name: 'off', enabled: false };
    const table = tableOf(off, JAR, newer, HANDLER);
    expect(findServingHandler(table, 'linux/arm64')?.name).toBe('newer');
    expect(findHandlersFor(table, 'linux/arm64').map(({ name }) => name)).toEqual([
      'off',
      'newer',
      'qemu-aarch64',
    ]);
    expect(findServingHandler({ ...table, enabled: false }, 'linux/arm64')).toBeUndefined();
    expect(findServingHandler(table, 'linux/riscv64')).toBeUndefined();
  });
});

describe('readHandlerTable', () => {
  it('tells a table from a directory that none is mounted on, and from none', async () => {
    expect(readHandlerTable(join(directory, 'nowhere')).state).toBe('absent');
    expect(readHandlerTable(directory)).toEqual({
      state: 'not-mounted',
      enabled: false,
      handlers: [],
    });
    await writeFile(join(directory, 'status'), 'enabled\n');
    await writeFile(join(directory, 'register'), '');
    await writeFile(join(directory, 'qemu-aarch64'), ENTRY);
    expect(readHandlerTable(directory)).toEqual(tableOf(HANDLER));
    await writeFile(join(directory, 'status'), 'disabled\n');
    expect(readHandlerTable(directory).enabled).toBe(false);
  });
});

describe('findHandlerFaults', () => {
  const kindsOf = (
    handler: HostHandler,
    interpreter: InterpreterState = 'static',
    table = tableOf(handler),
  ): string[] =>
    findHandlerFaults(handler, {
      platform: 'linux/arm64',
      host: 'linux/amd64',
      table,
      interpreter,
    }).map(({ kind }) => kind);
  const masked = (hex: string): HostHandler => ({ ...HANDLER, mask: Buffer.from(hex, 'hex') });

  it('names flags that lack', () => {
    expect(kindsOf({ ...HANDLER, flags: 'OPF' })).toEqual(['without-c']);
    expect(kindsOf({ ...HANDLER, flags: '' })).toEqual(['without-f', 'without-c', 'without-p']);
    expect(findFlagFaults({ flags: 'POCF' })).toEqual([]);
  });

  it('names a mask that leaves programs out, and one that takes those of others', () => {
    expect(kindsOf(masked('ffffffffffffff00ffffffffffffffffffffffff'))).toEqual(['narrow-mask']);
    expect(kindsOf(masked('fffffffffffffffffffffffffffffffffeffffff'))).toEqual(['narrow-mask']);
    const wide = masked('ffffffffffffff00fffffffffffffffffeff0000');
    expect(kindsOf(wide)).toEqual(['wide-mask']);
    const [fault] = findHandlerFaults(wide, {
      platform: 'linux/arm64',
      host: 'linux/amd64',
      table: tableOf(wide),
      interpreter: 'static',
    });
    expect(fault?.text).toMatch(
      /^its mask takes programs of linux\/amd64 and of \d more platforms/,
    );
  });

  it('names an interpreter that is gone, unless the kernel holds it open', () => {
    expect(kindsOf(HANDLER, 'missing')).toEqual([]);
    const plain = { ...HANDLER, flags: 'POC' };
    expect(kindsOf(plain, 'missing')).toEqual(['dead-interpreter', 'without-f']);
    expect(kindsOf(plain, 'not-executable')).toEqual(['dead-interpreter', 'without-f']);
    expect(kindsOf(HANDLER, 'dynamic')).toEqual(['dynamic-interpreter']);
  });

  it('names what is switched off, and what a newer entry takes away', () => {
    expect(kindsOf({ ...HANDLER, enabled: false })).toEqual(['disabled']);
    expect(kindsOf(HANDLER, 'static', { ...tableOf(HANDLER), enabled: false })).toEqual([
      'table-disabled',
    ]);
    const newer = { ...HANDLER, name: 'newer' };
    expect(kindsOf(HANDLER, 'static', tableOf(newer, HANDLER))).toEqual(['shadowed']);
    expect(kindsOf(newer, 'static', tableOf(newer, HANDLER))).toEqual([]);
    const off = { ...newer, enabled: false };
    expect(kindsOf(HANDLER, 'static', tableOf(off, HANDLER))).toEqual([]);
  });

  it('looks at the interpreter', async () => {
    await writeFile(join(directory, 'script'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(join(directory, 'file'), '', { mode: 0o644 });
    expect(readInterpreterState('/nowhere', directory)).toBe('missing');
    expect(readInterpreterState('/file', directory)).toBe('not-executable');
    expect(readInterpreterState('/', directory)).toBe('not-executable');
    expect(readInterpreterState('/script', directory)).toBe('dynamic');
    expect(readInterpreterState(process.execPath)).toBe('dynamic');
  });
});

describe('findHandlerClaims', () => {
  const declare = async (path: string, text: string): Promise<void> => {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  const LINE = `:qemu-aarch64:M::\\x7fELF:\\xff:${INTERPRETER}:OCF\n`;
  const managers = (handler: HostHandler): string[] =>
    findHandlerClaims(handler, directory).map(({ manager }) => manager);

  it('goes by the files of the managers', async () => {
    await declare('usr/bin/qemu-aarch64-static', '');
    expect(managers(HANDLER)).toEqual(['unknown']);
    await declare('usr/lib/binfmt.d/qemu-aarch64.conf', `# a comment\n\n${LINE}`);
    expect(findHandlerClaims(HANDLER, directory)).toEqual([
      { manager: 'systemd-binfmt', file: join(directory, 'usr/lib/binfmt.d/qemu-aarch64.conf') },
    ]);
    expect(managers({ ...HANDLER, interpreter: '/other' })).toEqual(['container']);
    await declare(
      'var/lib/binfmts/qemu-aarch64',
      `qemu-user-static\nmagic\n0\n\n\n${INTERPRETER}\n`,
    );
    expect(managers(HANDLER)).toEqual(['binfmt-support', 'systemd-binfmt']);
  });

  it('knows ours by name or file, and a container’s by what only the kernel still has', async () => {
    expect(managers({ ...HANDLER, name: 'archparity-aarch64' })).toEqual(['archparity']);
    expect(managers(HANDLER)).toEqual(['container']);
    expect(managers({ ...HANDLER, flags: 'POC' })).toEqual(['unknown']);
    await declare('etc/binfmt.d/zz-archparity-arm64.conf', LINE);
    expect(managers(HANDLER)).toEqual(['archparity']);
  });

  it('follows the precedence of binfmt.d', async () => {
    await declare('usr/lib/binfmt.d/q.conf', LINE);
    await declare('etc/binfmt.d/q.conf', '|mine|M||||/x|F\n');
    await declare('etc/binfmt.d/notes.txt', LINE);
    expect(readDeclaredHandlers(directory)).toEqual([
      { name: 'mine', interpreter: '/x', flags: 'F', file: join(directory, 'etc/binfmt.d/q.conf') },
    ]);
  });
});
