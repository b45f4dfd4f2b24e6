import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepPassingBytes } from '../../../src/image/layers/passing-bytes.ts';
import { readElf, readElfSource } from '../../../src/image/read-elf.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'elf-properties-'));
  writeFileSync(join(directory, 'f.c'), 'int f(int (*g)(void)) { return g() + 1; }\n');
  const compile = (compiler: string, output: string, ...flags: string[]): void => {
    const words = ['-shared', '-fPIC', '-nostdlib', '-o', output, 'f.c', ...flags];
    execFileSync(compiler, words, { cwd: directory });
  };
  compile('gcc', 'amd64-v1.so');
  for (const level of ['2', '3', '4'])
    compile('gcc', `amd64-v${level}.so`, `-Wl,-z,x86-64-v${level}`);
  compile('aarch64-linux-gnu-gcc', 'plain.so', '-mbranch-protection=none');
  compile('aarch64-linux-gnu-gcc', 'protected.so', '-mbranch-protection=standard');
  compile('aarch64-linux-gnu-gcc', 'pac.so', '-mbranch-protection=pac-ret');
});
afterAll(() => rmSync(directory, { recursive: true }));

const properties = (name: string) => readElf(join(directory, name)).properties;

describe('the property note of a program', () => {
  it.each([
    ['amd64-v2.so', 2],
    ['amd64-v3.so', 3],
    ['amd64-v4.so', 4],
  ])('of %s demands level %d', (name, x86Level) => {
    expect(properties(name)).toEqual({ bti: false, pac: false, x86Level });
  });

  it('says how branches are protected', () => {
    expect(properties('amd64-v1.so')).toEqual({ bti: false, pac: false });
    expect(properties('plain.so')).toEqual({ bti: false, pac: false });
    expect(properties('protected.so')).toEqual({ bti: true, pac: true });
    expect(properties('pac.so')).toEqual({ bti: false, pac: true });
  });
});

describe('keepPassingBytes', () => {
  it.each([1, 7, 64, 4096])('gives the same facts from pieces of %d bytes', (size) => {
    const bytes = readFileSync(join(directory, 'protected.so'));
    const passing = keepPassingBytes('protected.so', bytes.length);
    for (let at = 0; at < bytes.length; at += size) passing.push(bytes.subarray(at, at + size));
    expect(readElfSource(passing.source)).toEqual(readElf(bytes));
    expect(passing.source.read(bytes.length - 3, 10)).toEqual(bytes.subarray(-3));
    expect(passing.source.read(bytes.length, 10)).toHaveLength(0);
  });
});
