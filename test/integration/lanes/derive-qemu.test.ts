import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readElf } from '../../../src/image/index.ts';
import { deriveQemu } from '../../../src/lanes/emulated/derive-qemu.ts';
import { FIXED_BASE } from '../../../src/lanes/emulated/fixed-address.ts';
import { compileProgram } from '../../setup/compile-program.ts';

let directory = '';
const programs = new Map<string, Buffer>();
const LINKINGS = { static: ['-static'], 'static-pie': ['-static-pie'] } as const;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'derive-'));
  for (const arch of ['amd64', 'arm64'] as const) {
    for (const [linking, flags] of Object.entries(LINKINGS)) {
      const place = mkdtempSync(join(directory, 'made-'));
      const file = compileProgram('print-stack', arch, place, flags);
      programs.set(`${arch} ${linking}`, readFileSync(file));
    }
  }
}, 60_000);
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const NATIVE = process.arch === 'arm64' ? 'arm64' : 'amd64';
const QEMU = { arm64: 'qemu-aarch64-static', amd64: 'qemu-x86_64-static' };

/** Runs a derived program, natively where that is possible and under QEMU, and gives its lines. */
function runDerived(
  arch: 'amd64' | 'arm64',
  derived: Buffer,
  args: readonly string[],
  how: 'native' | 'qemu',
): string[] {
  const file = join(directory, `derived-${arch}`);
  rmSync(file, { force: true });
  writeFileSync(file, derived, { mode: 0o755 });
  const words = how === 'native' ? args : [file, ...args];
  const result = spawnSync(how === 'native' ? file : QEMU[arch], words, {
    env: { ONE: '1', TWO: 'zwei' },
    argv0: how === 'native' ? 'name' : undefined,
    encoding: 'utf8',
  });
  expect(result.stderr).toBe('');
  expect(result.status).toBe(7);
  return result.stdout.trim().split('\n');
}

const WORD_LISTS = [
  ['-cpu', 'neoverse-n1'],
  ['-cpu', 'max,pauth-impdef=on', '-L', '/usr/aarch64-linux-gnu'],
  Array.from({ length: 12 }, (_, index) => 'ä'.repeat(index * 20)),
];
const CASES = (['amd64', 'arm64'] as const).flatMap((arch) =>
  Object.keys(LINKINGS).flatMap((linking) =>
    (arch === NATIVE ? (['native', 'qemu'] as const) : (['qemu'] as const)).map(
      (how) => [arch, linking, how] as const,
    ),
  ),
);

describe('deriveQemu', () => {
  it.each(CASES)(
    'inserts words into an %s program (%s), run by %s',
    (arch, linking, how) => {
      const program = programs.get(`${arch} ${linking}`) ?? Buffer.alloc(0);
      for (const words of WORD_LISTS) {
        for (const args of [[], ['a'], ['a', '', 'c d']]) {
          const lines = runDerived(arch, deriveQemu(program, words), args, how);
          const argv = lines.filter((line) => line.startsWith('argv ')).slice(1);
          expect(argv).toEqual([...words, ...args].map((word) => `argv ${word}`));
          expect(lines[0]).toBe(`argc ${1 + words.length + args.length}`);
          if (how === 'native') expect(lines[1]).toBe('argv name');
          expect(lines.filter((line) => line.startsWith('env ')).toSorted()).toEqual([
            'env ONE=1',
            'env TWO=zwei',
          ]);
          expect(lines.filter((line) => !/^(?:arg|env )/.test(line))).toEqual([
            'after argv null',
            'envp follows yes',
            'auxv whole yes',
            'stack aligned yes',
            'atexit ran',
          ]);
          expect(lines).toContain('argc on stack yes');
        }
      }
    },
    60_000,
  );

  it('gives the same bytes for the same input, and keeps the program’s own', () => {
    for (const [name, program] of programs) {
      const first = deriveQemu(program, ['-cpu', 'max']);
      expect(deriveQemu(Buffer.from(program), ['-cpu', 'max']).equals(first)).toBe(true);
      expect(deriveQemu(program, ['-cpu', 'maxi']).equals(first)).toBe(false);
      expect(first.length).toBeLessThan(program.length + 8192);
      if (name === 'amd64 static-pie') continue;
      // Only the entry and one program header differ before the end of the program.
      const headers = 64 + 56 * program.readUInt16LE(56);
      expect(first.subarray(headers, program.length).equals(program.subarray(headers))).toBe(true);
      expect(first.subarray(0, 24).equals(program.subarray(0, 24))).toBe(true);
      expect(first.subarray(32, 64).equals(program.subarray(32, 64))).toBe(true);
    }
  });

  it('relocates a static position-independent program of x86-64 in the file', () => {
    const place = mkdtempSync(join(directory, 'made-'));
    const program = readFileSync(compileProgram('show-place', 'amd64', place, ['-static-pie']));
    const derived = deriveQemu(program, ['-cpu', 'max']);
    const lines = runDerived('amd64', derived, [], NATIVE === 'amd64' ? 'native' : 'qemu');
    // What unwinds by the program headers (pthread_exit) finds them as the linker wrote them.
    expect(lines).toEqual([`base 0x${FIXED_BASE.toString(16)}`, 'covered 1', 'cleaned 1']);
    // ET_EXEC instead of ET_DYN.
    expect([program.readUInt16LE(16), derived.readUInt16LE(16)]).toEqual([3, 2]);
  });

  it.each([
    ['of another architecture', 'arm64', ['-static-pie']],
    ['with an address of its own', 'amd64', ['-static']],
    ['with an interpreter', 'amd64', []],
    [
      'with packed relocations',
      'amd64',
      ['-static-pie', '-Wl,-z,pack-relative-relocs', '-Wl,--no-dynamic-linker'],
    ],
  ] as const)('leaves a program %s where it is', (_name, arch, flags) => {
    const place = mkdtempSync(join(directory, 'made-'));
    const program = readFileSync(compileProgram('show-place', arch, place, flags));
    const derived = deriveQemu(program, ['-cpu', 'max']);
    expect(derived.readUInt16LE(16)).toBe(program.readUInt16LE(16));
    const how = arch === NATIVE ? 'native' : 'qemu';
    if (flags.length > 0) expect(runDerived(arch, derived, [], how)).toContain('cleaned 1');
  });

  it('can be derived from what was derived', () => {
    const program = programs.get(`${NATIVE} static`) ?? Buffer.alloc(0);
    const twice = deriveQemu(deriveQemu(program, ['3', '4']), ['1', '2']);
    const argv = runDerived(NATIVE, twice, ['5'], 'native').filter((line) =>
      line.startsWith('argv '),
    );
    // The outer stub runs first, so its words are inserted first and come last.
    expect(argv).toEqual(['argv name', 'argv 3', 'argv 4', 'argv 1', 'argv 2', 'argv 5']);
  });

  it('refuses other machines, damaged headers and programs without a note', () => {
    const program = programs.get('amd64 static') ?? Buffer.alloc(0);
    const change = (edit: (copy: Buffer) => void): Buffer => {
      const copy = Buffer.from(program);
      edit(copy);
      return copy;
    };
    const noNotes = change((copy) => {
      for (let at = 64; at < 64 + 56 * copy.readUInt16LE(56); at += 56)
        if (copy.readUInt32LE(at) === 4) copy.writeUInt32LE(0x6fff_ffff, at);
    });
    const wrong = [
      change((copy) => copy.writeUInt16LE(0xf3, 18)),
      change((copy) => copy.writeBigUInt64LE(1n << 60n, 32)),
      change((copy) => copy.writeUInt16LE(0xffff, 56)),
      change((copy) => copy.writeUInt16LE(8, 54)),
      noNotes,
    ];
    for (const bytes of wrong)
      expect(() => deriveQemu(bytes, ['-cpu', 'max'])).toThrow(
        expect.objectContaining({ code: 'QEMU_NOT_DERIVABLE' }) as Error,
      );
  });

  it('refuses words that it cannot insert', () => {
    const program = programs.get('amd64 static') ?? Buffer.alloc(0);
    for (const words of [['one'], ['a', 'b\0c'], Array.from({ length: 14 }, () => 'x')])
      expect(() => deriveQemu(program, words)).toThrow(TypeError);
  });

  it('works on the QEMU of this machine', () => {
    const file = ['/usr/bin/qemu-aarch64-static', '/usr/bin/qemu-x86_64-static'].map((path) =>
      readFileSync(path),
    );
    for (const bytes of file) {
      const path = join(directory, 'qemu');
      rmSync(path, { force: true });
      writeFileSync(path, deriveQemu(bytes, ['-cpu', 'help']), { mode: 0o755 });
      const result = spawnSync(path, ['ignored'], { encoding: 'utf8' });
      expect(result.stdout.length).toBeGreaterThan(100);
      expect(readElf(path).isStatic).toBe(true);
    }
  });
});
