// That a derived program works is shown in test/integration/lanes/derive-qemu.test.ts.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentPath } from '../../../../src/agent/index.ts';
import { hostPlatform } from '../../../../src/core/index.ts';
import { deriveQemu } from '../../../../src/lanes/emulated/derive-qemu.ts';

describe('deriveQemu', () => {
  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['text', Buffer.from('#!/bin/sh\n'.padEnd(200))],
    ['half an ELF header', Buffer.from('7f454c46020101', 'hex')],
    ['a 32-bit ELF file', Buffer.concat([Buffer.from('7f454c46010101', 'hex'), Buffer.alloc(100)])],
    [
      'a big-endian ELF file',
      Buffer.concat([Buffer.from('7f454c46020201', 'hex'), Buffer.alloc(100)]),
    ],
  ])('refuses %s', (_name, bytes) => {
    expect(() => deriveQemu(bytes, ['-cpu', 'max'])).toThrow(
      expect.objectContaining({ code: 'QEMU_NOT_DERIVABLE' }) as Error,
    );
  });

  it('refuses words that it cannot insert', () => {
    for (const words of [['one'], ['a', 'b\0c'], Array.from({ length: 14 }, () => 'x')])
      expect(() => deriveQemu(Buffer.alloc(0), words)).toThrow(TypeError);
  });

  it('refuses to give libraries to a program that is linked with none', () => {
    const program = readFileSync(agentPath(hostPlatform()));
    expect(() => deriveQemu(program, [], '/lib/own')).toThrow(
      expect.objectContaining({
        code: 'QEMU_NOT_DERIVABLE',
        message: expect.stringContaining('not dynamically linked') as string,
      }) as Error,
    );
  });
});
