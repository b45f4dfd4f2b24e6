import { describe, expect, test } from 'vitest';
import type { CaseDefinition } from '../../../../src/core/index.ts';
import { VALUE_ENTRIES } from '../../../../src/judge/knowledge/architecture-entries.ts';
import { EMULATED, NATIVE, SSH, VM } from '../judge-data.ts';
import { dispute, type DisputeData } from './dispute.ts';

/** Whether an entry explains two words, which stand in lines with a text before them. */
function explains(
  id: string,
  left: string,
  right: string,
  text: string,
  data: DisputeData = {},
): boolean {
  const entry = VALUE_ENTRIES.find((one) => one.id === id);
  if (entry === undefined) throw new TypeError(`no entry ${id}`);
  const pair = { left, right, leftLine: `${text} ${left}`, rightLine: `${text} ${right}` };
  return entry.explains(pair, dispute(data));
}

const ONE_PLATFORM: DisputeData = { suspect: { ...EMULATED, platform: 'linux/amd64' } };

type Row = readonly [id: string, left: string, right: string, text: string, explained: boolean];

describe('two values and the text before them', () => {
  test.each<Row>([
    ['machine-name', 'x86_64', 'aarch64', '', true],
    ['machine-name', 'AMD64', 'Arm64', '', true],
    ['machine-name', 'aarch64', 'x86_64', '', false],
    ['machine-name', 'x86_64', 'x86_64', '', false],
    ['machine-name', 'aarch64', 'aarch64', '', false],
    ['machine-name', 'x86_65', 'aarch64', '', false],

    ['armv8l-armv7l', 'armv8l', 'armv7l', '', true],
    ['armv8l-armv7l', 'armv7l', 'armv8l', '', true],
    ['armv8l-armv7l', 'armv8l', 'armv8l', '', false],
    ['armv8l-armv7l', 'armv7l', 'armv7l', '', false],
    ['armv8l-armv7l', 'armv8l', 'aarch64', '', false],
    ['armv8l-armv7l', 'aarch64', 'armv7l', '', false],
    ['armv8l-armv7l', 'armv7l', 'aarch64', '', false],
    ['armv8l-armv7l', 'aarch64', 'armv8l', '', false],

    ['char-signedness', '-1', '255', '', true],
    ['char-signedness', '-1', '254', '', false],
    ['float-to-int-saturation', '-2147483648', '2147483647', '', true],
    ['float-to-int-saturation', '-2147483648', '2147483646', '', false],
    ['nan-sign', '-nan', 'nan', '', true],
    ['nan-sign', '-nan', 'inf', '', false],
    ['last-bits', '0.30000000000000004', '0.3', '', true],
    ['last-bits', '0.31', '0.3', '', false],

    ['long-double', '0.333333333333333333342', '0.333333333333333333333', '', true],
    ['long-double', '0.30000000000000004', '0.3', '', false],
    ['long-double', '64', '113', 'LDBL_MANT_DIG', true],
    ['long-double', '113', '64', 'ldbl_mant_dig', true],
    ['long-double', '18', '33', 'LDBL_DIG', true],
    ['long-double', '21', '36', 'digits of long double', true],
    ['long-double', '12', '16', 'LONG DOUBLE', true],
    ['long-double', '8', '16', 'mant_dig', true],
    ['long-double', '64', '112', 'LDBL_MANT_DIG', false],
    ['long-double', '63', '113', 'LDBL_MANT_DIG', false],
    ['long-double', '64', '33', 'LDBL_MANT_DIG', false],
    ['long-double', '64', '113', 'DBL_MANTISSA', false],
    ['long-double', '12', '16', 'long long', false],

    ['open-flags', '0200000', '040000', 'O_DIRECTORY', true],
    ['open-flags', '0x10000', '0x4000', 'O_DIRECTORY=', true],
    ['open-flags', '0x4000', '0x10000', '(O_DIRECT)', true],
    ['open-flags', '0400000', '0100000', 'O_NOFOLLOW', true],
    ['open-flags', '200000', '40000', 'O_LARGEFILE', true],
    ['open-flags', '400000', '100000', 'O_DIRECT', true],
    ['open-flags', '200000', '100000', 'O_DIRECT', false],
    ['open-flags', '0x10000', '0x4001', 'O_DIRECTORY', false],
    ['open-flags', '0x10000', '0x4000', 'XO_DIRECTORY', false],
    ['open-flags', '0x10000', '0x4000', 'O_DIRECTORY_', false],
    ['open-flags', '0x10000', '0x4000', 'o_directory', false],
    ['open-flags', '0x10000', '0x4000', 'O_CREAT', false],

    ['va-list', '24', '32', 'va_list', true],
    ['va-list', '24', '32', 'a va_list:', true],
    ['va-list', '24', '32', 'java_list', false],
    ['va-list', '24', '32', 'va_lists', false],
    ['va-list', '24', 'x', 'va_list', false],

    ['struct-stat', '144', '128', 'struct stat', true],
    ['struct-stat', '144', '128', 'st_mode', true],
    ['struct-stat', '144', '128', 'st_nlink', true],
    ['struct-stat', '144', '128', 'st_blksize', true],
    ['struct-stat', '144', '128', 'struct statfs', false],
    ['struct-stat', '144', '128', 'first_mode', false],
    ['struct-stat', '144', '128', 'st_modes', false],
    ['struct-stat', '144', '128', 'st_size', false],
    ['struct-stat', '144', 'x', 'struct stat', false],

    ['cache-line', '64', '0', 'cache line', true],
    ['cache-line', '32', '128', 'cacheline', true],
    ['cache-line', '256', '64', 'Cache-Line', true],
    ['cache-line', '64', '128', 'DCACHE_LINESIZE', true],
    ['cache-line', '64', '65', 'cache line', false],
    ['cache-line', '65', '64', 'cache line', false],
    ['cache-line', '64', '128', 'cache  line', false],
    ['cache-line', '64', '128', 'line', false],

    ['shift-width', '1', '0', '1 << 32', true],
    ['shift-width', '1', '0', 'x >> 64', true],
    ['shift-width', '1', '0', 'SHIFT', true],
    ['shift-width', '1', '0', 'shifted by 40', true],
    ['shift-width', '1', '0', 'makeshift', false],
    ['shift-width', '1', '0', '1 < 32 > 5', false],
    ['shift-width', '1', 'x', '1 << 32', false],

    ['vfork-as-fork', 'seen', 'lost', 'vfork', true],
    ['vfork-as-fork', 'seen', 'lost', 'after vforking', true],
    ['vfork-as-fork', 'ok', 'failed', 'my_posix_spawnp', true],
    ['vfork-as-fork', 'seen', 'lost', 'myvfork', false],
    ['vfork-as-fork', 'seen', 'lost', 'fork', false],

    ['argv0-path', 'app', '/usr/bin/app', '', true],
    ['argv0-path', 'app', '/app', '', true],
    ['argv0-path', 'app', './app', '', false],
    ['argv0-path', 'app', '/usr/bin/myapp', '', false],
    ['argv0-path', '/usr/bin/app', 'app', '', false],

    ['page-size', '4096', '16384', '', false],
  ])('%s: %s against %s behind %j: %s', (id, left, right, text, explained) => {
    expect(explains(id, left, right, text)).toBe(explained);
  });

  test.each<Row>([
    ['char-signedness', '-1', '255', '', false],
    ['float-to-int-saturation', '-2147483648', '2147483647', '', false],
    ['nan-sign', '-nan', 'nan', '', false],
    ['last-bits', '0.30000000000000004', '0.3', '', false],
    ['long-double', '0.333333333333333333342', '0.333333333333333333333', '', false],
    ['long-double', '64', '113', 'LDBL_MANT_DIG', false],
    ['shift-width', '1', '0', '1 << 32', false],
    ['machine-name', 'x86_64', 'aarch64', '', false],
    ['machine-name', 'x86_64', 'amd64', '', true],
    ['armv8l-armv7l', 'armv8l', 'armv7l', '', true],
    ['open-flags', '0200000', '040000', 'O_DIRECTORY', true],
    ['va-list', '24', '32', 'va_list', true],
    ['struct-stat', '144', '128', 'struct stat', true],
    ['cache-line', '64', '0', 'cache line', true],
  ])('within one platform, %s: %s against %s behind %j: %s', (id, left, right, text, explained) => {
    expect(explains(id, left, right, text, ONE_PLATFORM)).toBe(explained);
  });

  test.each([
    ['page-size', NATIVE, VM, true],
    ['page-size', NATIVE, SSH, true],
    ['page-size', SSH, EMULATED, true],
    ['page-size', VM, NATIVE, true],
    ['page-size', NATIVE, EMULATED, false],
    ['argv0-path', NATIVE, EMULATED, true],
    ['argv0-path', NATIVE, VM, false],
    ['argv0-path', EMULATED, SSH, false],
    ['vfork-as-fork', NATIVE, EMULATED, true],
    ['vfork-as-fork', NATIVE, VM, false],
    ['vfork-as-fork', EMULATED, SSH, false],
  ] as const)('%s between %o and %o: %s', (id, base, suspect, explained) => {
    const [left, right] = id === 'page-size' ? ['4096', '65536'] : ['app', '/bin/app'];
    expect(explains(id, left, right, 'vfork', { base, suspect })).toBe(explained);
  });

  test('pages of other sizes are none on any lane', () => {
    expect(explains('page-size', '4096', '8192', '', { suspect: VM })).toBe(false);
  });
});

describe('what the command names', () => {
  test.each<[string, string, string, CaseDefinition['command'], boolean]>([
    ['va-list', '24', '32', { kind: 'run', argv: ['sizeof', 'va_list'] }, true],
    ['va-list', '24', '32', { kind: 'run', argv: ['va', 'list'] }, false],
    ['struct-stat', '144', '128', { kind: 'run', argv: ['struct', 'stat'] }, true],
    ['va-list', '24', '32', { kind: 'shell', script: 'sizeof va_list' }, true],
    ['va-list', '24', '32', { kind: 'shell', script: 'sizeof list' }, false],
    ['va-list', '24', '32', { kind: 'subject', args: ['--of', 'va_list'] }, true],
    ['struct-stat', '144', '128', { kind: 'subject', args: ['struct', 'stat'] }, true],
    ['va-list', '24', '32', { kind: 'subject', args: [] }, false],
    ['va-list', '24', '32', { kind: 'subject' }, false],
    ['va-list', '24', '32', { kind: 'inspect', what: 'config' }, false],
    ['cache-line', '64', '0', { kind: 'run', argv: ['getconf', 'L1_LINESIZE'] }, true],
    ['open-flags', '0x10000', '0x4000', { kind: 'run', argv: ['O_DIRECTORY'] }, true],
    ['long-double', '64', '113', { kind: 'run', argv: ['LDBL_MANT_DIG'] }, true],
    ['vfork-as-fork', 'a', 'b', { kind: 'shell', script: './vfork' }, true],
    ['shift-width', '1', '0', { kind: 'shell', script: 'echo 1 << shift' }, false],
  ])('%s: %s against %s by %j: %s', (id, left, right, command, explained) => {
    expect(explains(id, left, right, '', { command })).toBe(explained);
  });

  test.each([
    ['va_list 1', '2', true],
    ['1', 'va_list 2', true],
    ['1', '2', false],
  ])('or one of the lines: %j and %j: %s', (leftLine, rightLine, explained) => {
    const entry = VALUE_ENTRIES.find(({ id }) => id === 'va-list');
    expect(entry?.explains({ left: '1', right: '2', leftLine, rightLine }, dispute())).toBe(
      explained,
    );
  });

  test.each([
    ['1 << 2', 'x', true],
    ['x', '1 << 2', true],
    ['x', 'y', false],
  ])('and shifts in one of the lines: %j and %j: %s', (leftLine, rightLine, explained) => {
    const entry = VALUE_ENTRIES.find(({ id }) => id === 'shift-width');
    expect(entry?.explains({ left: '1', right: '2', leftLine, rightLine }, dispute())).toBe(
      explained,
    );
  });
});
