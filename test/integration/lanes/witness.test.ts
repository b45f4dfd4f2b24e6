import { mkdtemp, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORMS, platformFacts, type Platform } from '../../../src/core/index.ts';
import { witnessProgram } from '../../../src/lanes/emulated/witness-programs.ts';
import { findTool, startProcess } from '../../../src/process/index.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parity-witness-'));
});
afterAll(async () => rm(directory, { recursive: true, force: true }));

async function writeWitness(platform: Platform): Promise<string> {
  const path = join(directory, platform.replaceAll('/', '-'));
  await writeFile(path, witnessProgram(platform), { mode: 0o755 });
  return path;
}

interface Testimony {
  readonly line: string;
  /** What /proc/PID/exe names while the witness waits. */
  readonly program: string;
  readonly exit: unknown;
}

/** Starts a witness, looks at it while it waits, and lets it go on by a byte or the end of stdin. */
async function hear(argv: readonly string[], release: '\n' | 'end'): Promise<Testimony> {
  const [file = '', ...args] = argv;
  const witness = await startProcess(file, args);
  let line = '';
  for await (const chunk of witness.stdout as AsyncIterable<Buffer>) {
    line += chunk.toString();
    if (line.endsWith('\n')) break;
  }
  let ended = false;
  void witness.exited.then(() => (ended = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(ended).toBe(false);
  const program = await readlink(`/proc/${witness.pid}/exe`);
  if (release === 'end') witness.stdin.end();
  else witness.stdin.write(release);
  return { line, program, exit: await witness.exited };
}

async function qemuFor(platform: Platform): Promise<string> {
  const name = `qemu-${platformFacts(platform).qemuTarget}-static`;
  const path = findTool(name);
  if (path === undefined) throw new Error(`${name} is not installed: run scripts/setup`);
  return path;
}

describe('witnessProgram', () => {
  it.each(PLATFORMS.map(({ platform, uname }) => [platform, uname] as const))(
    'of %s testifies under QEMU and waits for stdin',
    async (platform, uname) => {
      const qemu = await qemuFor(platform);
      const witness = await writeWitness(platform);
      for (const release of ['\n', 'end'] as const) {
        const testimony = await hear([qemu, witness], release);
        expect(testimony.line).toMatch(
          platform === 'linux/arm64'
            ? /^archparity-witness aarch64 [0-9a-f]{16}\n$/
            : new RegExp(`^archparity-witness ${uname} -\n$`),
        );
        expect(testimony.program).toBe(qemu);
        expect(testimony.exit).toEqual({ exitCode: 0 });
      }
    },
  );

  it('names the emulated CPU on arm64', async () => {
    const qemu = await qemuFor('linux/arm64');
    const witness = await writeWitness('linux/arm64');
    // Arm's part numbers: Neoverse N1 0xd0c r3p1 (QEMU ≥ 7.1), Cortex-A53 0xd03 r0p4.
    const n1 = await hear([qemu, '-cpu', 'neoverse-n1', witness], 'end');
    expect(n1.line).toBe('archparity-witness aarch64 00000000414fd0c1\n');
    const a53 = await hear([qemu, '-cpu', 'cortex-a53', witness], 'end');
    expect(a53.line).toBe('archparity-witness aarch64 00000000410fd034\n');
  });

  it.runIf(process.arch === 'x64')('of linux/amd64 runs natively, too', async () => {
    const witness = await writeWitness('linux/amd64');
    const testimony = await hear([witness], 'end');
    expect(testimony.line).toBe('archparity-witness x86_64 -\n');
    expect(testimony.program).toBe(witness);
    expect(testimony.exit).toEqual({ exitCode: 0 });
  });

  it('is small: one loadable segment and nothing else', () => {
    for (const { platform } of PLATFORMS) {
      expect(witnessProgram(platform).length).toBeLessThan(300);
    }
  });
});
