import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import { readElf, requireElfPlatform } from '../../../src/image/index.ts';

let directory: string;
const path = (name: string): string => join(directory, name);

function compile(compiler: string, output: string, ...flags: string[]): void {
  execFileSync(compiler, ['-o', path(output), path('main.c'), ...flags]);
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'read-elf-'));
  writeFileSync(path('main.c'), 'int main(void) { return 0; }\n');
  compile('gcc', 'amd64', '-lm', '-Wl,--no-as-needed', '-lm', '-Wl,-rpath,$ORIGIN/../lib:/opt/lib');
  compile('gcc', 'amd64.so', '-shared', '-fPIC', '-Wl,-soname,libx.so.1');
  compile('gcc', 'amd64.o', '-c');
  compile('aarch64-linux-gnu-gcc', 'arm64');
  compile('aarch64-linux-gnu-gcc', 'arm64-static', '-static');
  compile('aarch64-linux-gnu-gcc', 'arm64-4k', '-static', '-Wl,-z,max-page-size=4096');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('readElf on real files', () => {
  it('reads a dynamic amd64 program', () => {
    expect(readElf(path('amd64'))).toMatchObject({
      bits: 64,
      endianness: 'little',
      machine: 0x3e,
      type: 'dyn',
      platform: 'linux/amd64',
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      isStatic: false,
      needed: ['libm.so.6', 'libc.so.6'],
      runpath: ['$ORIGIN/../lib', '/opt/lib'],
      hasNote: true,
    });
  });

  it('reads a dynamic arm64 program', () => {
    const facts = readElf(path('arm64'));
    expect(facts).toMatchObject({
      platform: 'linux/arm64',
      interpreter: '/lib/ld-linux-aarch64.so.1',
      needed: ['libc.so.6'],
      runpath: [],
    });
    expect(Math.min(...facts.loadAlignments)).toBe(65536);
  });

  it('reads a static program and its page size', () => {
    expect(readElf(path('arm64-static'))).toMatchObject({
      type: 'exec',
      isStatic: true,
      needed: [],
    });
    expect(Math.min(...readElf(path('arm64-4k')).loadAlignments)).toBe(4096);
  });

  it('reads a library and an object file', () => {
    expect(readElf(path('amd64.so'))).toMatchObject({ type: 'dyn', soname: 'libx.so.1' });
    expect(readElf(path('amd64.so'))).not.toHaveProperty('interpreter');
    expect(readElf(path('amd64.o'))).toMatchObject({ type: 'rel', loadAlignments: [] });
  });

  it('gives the same for the bytes as for the file', () => {
    expect(readElf(readFileSync(path('arm64')))).toEqual(readElf(path('arm64')));
  });
});

/** A 32-bit or 64-bit header without segments. */
function header(bits: 32 | 64, endianness: 'little' | 'big', machine: number): Buffer {
  const buffer = Buffer.alloc(bits === 64 ? 64 : 52);
  buffer.write('\x7fELF', 'latin1');
  buffer[4] = bits / 32;
  buffer[5] = endianness === 'little' ? 1 : 2;
  const write = (value: number, at: number) =>
    endianness === 'little' ? buffer.writeUInt16LE(value, at) : buffer.writeUInt16BE(value, at);
  write(2, 16);
  write(machine, 18);
  return buffer;
}

describe('readElf on headers', () => {
  it.each([
    [32, 'little', 0x28, 'linux/arm/v7'],
    [64, 'big', 0x16, 'linux/s390x'],
    [64, 'little', 0x102, 'linux/loong64'],
    [32, 'little', 3, 'linux/386'],
    // x32: the machine of amd64, but not its word size.
    [32, 'little', 0x3e, undefined],
    [64, 'big', 0xb7, undefined],
  ] as const)('%i-bit %s-endian machine %i is %s', (bits, endianness, machine, platform) => {
    const facts = readElf(header(bits, endianness, machine));
    expect(facts).toMatchObject({ bits, endianness, machine, type: 'exec', isStatic: true });
    expect(facts.platform).toBe(platform);
  });

  it('names an unsupported machine', () => {
    const facts = readElf(header(32, 'big', 4));
    expect(() => requireElfPlatform(facts, 'app')).toThrow(
      expect.objectContaining({
        code: 'ELF_UNSUPPORTED_MACHINE',
        exitCode: 2,
        message: 'app is for a machine that is not supported (ELF machine 4, 32-bit big-endian).',
      }),
    );
    expect(requireElfPlatform(readElf(header(64, 'little', 0xb7)), 'app')).toBe('linux/arm64');
  });
});

describe('readElf refuses', () => {
  const refusal = (program: string | Buffer): unknown => {
    try {
      return readElf(program);
    } catch (error) {
      return error;
    }
  };

  it.each<[string, string | Buffer, string]>([
    ['a script', '#!/bin/sh -e\necho\n', 'is a script (#!/bin/sh -e)'],
    ['a Windows program', Buffer.from('MZ\x90\0'), 'is a Windows program'],
    ['a macOS program', Buffer.from('cffaedfe0c000001', 'hex'), 'is a macOS program'],
    ['a universal macOS program', Buffer.from('cafebabe00000002', 'hex'), 'is a macOS program'],
    ['a Java class', Buffer.from('cafebabe00000041', 'hex'), 'is a Java class'],
    ['an archive', '!<arch>\ndebian', 'is a library archive or Debian package'],
    ['gzip', gzipSync('x'), 'is a gzip file'],
    ['a zip file', Buffer.from('PK\x03\x04rest'), 'is a zip or jar file'],
    ['nothing', '', 'is an empty file'],
    ['text', 'hello', 'is not an ELF program'],
  ])('%s', (_name, content, message) => {
    const file = path('refused');
    writeFileSync(file, content);
    expect(refusal(file)).toMatchObject({
      code: 'ELF_NOT_ELF',
      exitCode: 2,
      message: `${file} ${message}.`,
    });
  });

  it('what is not there, a directory, and a pipe, without waiting for it', () => {
    execFileSync('mkfifo', [path('pipe')]);
    expect(refusal(path('none'))).toMatchObject({ code: 'ELF_NOT_FOUND' });
    expect(refusal(path('main.c/x'))).toMatchObject({ code: 'ELF_NOT_FOUND' });
    expect(refusal(directory)).toMatchObject({ code: 'ELF_IS_DIRECTORY' });
    expect(refusal(path('pipe'))).toMatchObject({ code: 'ELF_UNREADABLE' });
    expect(refusal(path('a\0b'))).toMatchObject({ code: 'ELF_UNREADABLE' });
  });

  it('every program that is cut off within its headers', () => {
    const whole = readFileSync(path('arm64'));
    const segments = whole.readUInt16LE(56);
    for (let length = 4; length < 64 + 56 * segments; length += 7) {
      expect(refusal(whole.subarray(0, length))).toMatchObject({ code: 'ELF_TRUNCATED' });
    }
    writeFileSync(path('cut'), whole.subarray(0, 100));
    chmodSync(path('cut'), 0o755);
    expect(refusal(path('cut'))).toMatchObject({
      code: 'ELF_TRUNCATED',
      message: `${path('cut')} ends before its program headers.`,
    });
  });

  it('impossible sizes', () => {
    const whole = Buffer.from(readFileSync(path('arm64')));
    whole.writeUInt16LE(60_000, 56);
    expect(refusal(whole)).toMatchObject({ code: 'ELF_MALFORMED' });
    const odd = header(64, 'little', 0xb7);
    odd[4] = 7;
    expect(refusal(odd)).toMatchObject({ code: 'ELF_MALFORMED' });
  });
});

describe('readElf on damaged files', { timeout: 30_000 }, () => {
  it('throws nothing but errors for users, and takes little memory', () => {
    const whole = readFileSync(path('amd64'));
    const damage = fc.array(
      fc.tuple(fc.integer({ min: 4, max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })),
      { maxLength: 40 },
    );
    // Most damage belongs into the headers, where it matters.
    const headerDamage = fc.array(
      fc.tuple(fc.integer({ min: 4, max: 900 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)),
      { maxLength: 40 },
    );
    const before = process.memoryUsage().arrayBuffers;
    fc.assert(
      fc.property(damage, headerDamage, fc.nat(), (anywhere, inHeader, cut) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of [...anywhere, ...inHeader]) bytes[at] = value;
        const length = cut % 3 === 0 ? cut % bytes.length : bytes.length;
        try {
          const facts = readElf(bytes.subarray(0, length));
          expect(facts.needed.length).toBeLessThanOrEqual(1024);
        } catch (error) {
          expect(error).toBeInstanceOf(ArchParityError);
        }
      }),
      { numRuns: 500 },
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('survives any bytes behind the magic', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        try {
          readElf(Buffer.concat([Buffer.from('\x7fELF\x02\x01', 'latin1'), rest]));
        } catch (error) {
          expect(error).toBeInstanceOf(ArchParityError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
