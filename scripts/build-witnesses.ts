import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { PLATFORMS, type PlatformFacts } from '../src/core/index.ts';
import { runCommand } from './build-steps/run-command.ts';
import { readIfPresent } from './build-steps/write-output.ts';

const usage = `Usage: scripts/build-witnesses [--check]

Assembles src/lanes/emulated/witness/*.S for all platforms and writes
src/lanes/emulated/witness-programs.ts, which is committed: only a change of the sources or of the
platforms needs this. Debian: apt-get install clang-19 lld-19 (one assembler and one linker for all).

  --check  write nothing; exit with 1 when the file is not what would be written
`;

const root = path.join(import.meta.dirname, '..');
const output = path.join(root, 'src/lanes/emulated/witness-programs.ts');

/** A multiple of 64 KiB: no page size that Linux has on these platforms is larger. */
const LOAD_ADDRESS = 0x400000;
const PAGE = 0x10000;
/** Sections that assemblers add for other tools. */
const SURPLUS = '*(.ARM.*) *(.MIPS.*) *(.eh_frame) *(.note*) *(.pdr) *(.reginfo) *(.riscv*)';

function headerSize({ elf }: PlatformFacts): number {
  return elf.bits === 64 ? 64 + 56 : 52 + 32;
}

/** An ELF header (gABI, "ELF Header") and one PT_LOAD that covers the whole file, headers too. */
function writeHeaders(facts: PlatformFacts, flags: number, fileSize: number): Buffer {
  const { bits, endianness, machine } = facts.elf;
  const little = endianness === 'little';
  const header = Buffer.alloc(headerSize(facts));
  let at = 16;
  const put = (size: 2 | 4 | 8, value: number): void => {
    if (size === 8) header[little ? 'writeBigUInt64LE' : 'writeBigUInt64BE'](BigInt(value), at);
    else header[little ? 'writeUIntLE' : 'writeUIntBE'](value, at, size);
    at += size;
  };
  const word = bits === 64 ? 8 : 4;
  header.set([0x7f, 0x45, 0x4c, 0x46, bits / 32, little ? 1 : 2, 1]);
  put(2, 2); // ET_EXEC
  put(2, machine);
  put(4, 1);
  put(word, LOAD_ADDRESS + header.length); // entry
  put(word, bits === 64 ? 64 : 52); // program headers
  put(word, 0); // section headers: none
  put(4, flags);
  for (const value of bits === 64 ? [64, 56, 1, 0, 0, 0] : [52, 32, 1, 40, 0, 0]) put(2, value);
  put(4, 1); // PT_LOAD
  if (bits === 64) put(4, 5); // R+X
  for (const value of [0, LOAD_ADDRESS, LOAD_ADDRESS, fileSize, fileSize]) put(word, value);
  if (bits === 32) put(4, 5);
  put(word, PAGE);
  return header;
}

/** `e_flags` (the ABI) as the assembler wrote it into the object file. */
function readFlags({ elf }: PlatformFacts, object: Buffer): number {
  const at = elf.bits === 64 ? 48 : 36;
  return elf.endianness === 'little' ? object.readUInt32LE(at) : object.readUInt32BE(at);
}

async function buildWitness(facts: PlatformFacts, work: string): Promise<Buffer> {
  const name = path.join(work, facts.qemuTarget);
  const prefix = `archparity-witness ${facts.uname} `;
  await runCommand('clang-19', [
    `--target=${facts.gnuTriplet}`,
    `-DPREFIX="${prefix}"`,
    `-DPREFIX_LENGTH=${prefix.length}`,
    ...['-c', '-o', `${name}.o`],
    path.join(root, 'src/lanes/emulated/witness', `${facts.qemuTarget}.S`),
  ]);
  const start = LOAD_ADDRESS + headerSize(facts);
  await writeFile(
    `${name}.ld`,
    `SECTIONS { . = ${start}; .text : { *(.text) } /DISCARD/ : { ${SURPLUS} } }`,
  );
  // prettier-ignore
  await runCommand('ld.lld-19', ['--oformat', 'binary', '-e', '_start', '-T', `${name}.ld`, '-o', `${name}.bin`, `${name}.o`]);
  const [object, code] = await Promise.all([readFile(`${name}.o`), readFile(`${name}.bin`)]);
  const flags = readFlags(facts, object);
  return Buffer.concat([writeHeaders(facts, flags, headerSize(facts) + code.length), code]);
}

function formatConstant({ platform }: PlatformFacts, program: Buffer): string {
  const lines = program.toString('base64').match(/.{1,88}/g) ?? [];
  return `'${platform}': ${lines.map((line) => `'${line}'`).join(' + ')},`;
}

async function generate(): Promise<string> {
  const work = await mkdtemp(path.join(tmpdir(), 'archparity-witness-'));
  try {
    const programs = await Promise.all(PLATFORMS.map((facts) => buildWitness(facts, work)));
    const constants = PLATFORMS.map((facts, at) =>
      formatConstant(facts, programs[at] ?? Buffer.alloc(0)),
    );
    return `// Generated from witness/*.S by scripts/build-witnesses: do not edit, run that again.
      import { type Platform } from '../../core/index.ts';

      /** ELF programs in base64, static and without a C library. */
      const PROGRAMS: Readonly<Record<Platform, string>> = {${constants.join('\n')}};

      /**
       * A program of a few hundred bytes that proves which QEMU and CPU run a platform's programs. It
       * writes the line \`archparity-witness UNAME CPUID\` to stdout, where CPUID is MIDR_EL1 as 16 hex
       * digits on arm64 and \`-\` elsewhere, waits until it can read a byte (or the end) of stdin, so that
       * its /proc/PID/exe can be looked at meanwhile, and exits with 0.
       */
      export function witnessProgram(platform: Platform): Buffer {
        return Buffer.from(PROGRAMS[platform], 'base64');
      }
      `;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const options = { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
const { values } = parseArgs({ options });
if (values.help === true) {
  console.log(usage);
} else {
  const text = await format(await generate(), {
    ...(await resolveConfig(output)),
    parser: 'typescript',
  });
  if (values.check !== true) {
    await writeFile(output, text);
  } else if ((await readIfPresent(output)) !== text) {
    console.error('src/lanes/emulated/witness-programs.ts is stale: run scripts/build-witnesses');
    process.exitCode = 1;
  }
}
