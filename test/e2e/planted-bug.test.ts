// A QEMU with a planted bug: one wrong constant in the table of which it computes an instruction.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileProgram } from '../setup/compile-program.ts';
import { plantQemuBug, type PlantedBug } from '../setup/plant-qemu-bug.ts';
import { CALLERS, machine, makeDirectory, runCli, type Caller } from './cli.ts';

const QEMU = '/usr/bin/qemu-aarch64-static';
const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

let planted = '';
let bug: PlantedBug;
let binaries: readonly string[] = [];
beforeAll(() => {
  planted = join(machine.directory, `planted-qemu-${process.pid}`);
  bug = plantQemuBug(QEMU, planted);
  binaries = (['amd64', 'arm64'] as const).flatMap((arch) => [
    '--binary',
    `linux/${arch}=${compileProgram('aes-round', arch, machine.directory)}`,
  ]);
});

interface Report {
  readonly lanes: readonly {
    readonly id: string;
    readonly fingerprint: Readonly<Record<string, string>>;
  }[];
  readonly cases: readonly {
    readonly verdict: string;
    readonly cause?: string;
    readonly wrongLane?: string;
    readonly lanes: Readonly<
      Record<string, { readonly attempts: readonly { readonly stdout: string }[] }>
    >;
    readonly differences: readonly {
      readonly between: readonly [string, string];
      readonly what: string;
      readonly where?: string;
      readonly left: string;
      readonly right: string;
    }[];
  }[];
}

async function runLanes(
  caller: Caller,
  lanes: readonly string[],
): Promise<{ readonly report: Report; readonly code: number | null }> {
  const cwd = makeDirectory(caller);
  const suite = { version: 1, name: 'planted', cases: [{ name: 'aes', args: [] }] };
  writeFileSync(join(cwd, 'planted.yaml'), JSON.stringify(suite));
  const words = lanes.flatMap((lane) => ['--lane', lane]);
  const { stdout, stderr, code } = await runCli(
    caller,
    ['test', 'planted.yaml', ...binaries, ...words, '--reporter', 'json'],
    { cwd },
  );
  if (!stdout.startsWith('{')) throw new Error(stderr);
  return { report: JSON.parse(stdout) as Report, code };
}

describe.each(CALLERS)('a planted bug of QEMU, as $name', (caller) => {
  const good = `good=emulated,qemu=${QEMU}`;

  it('is not there without the plant', async () => {
    const { report, code } = await runLanes(caller, ['native', good, 'second=emulated']);
    expect(code).toBe(0);
    expect(report.cases[0]?.verdict).toBe('match');
  });

  it.each([
    ['last', (bad: string) => ['native', good, bad]],
    ['first', (bad: string) => [bad, good, 'native']],
  ])('is found on its lane alone when that is named %s', async (_where, order) => {
    const lanes = order(`planted=emulated,qemu=${planted}`);
    const { report, code } = await runLanes(caller, lanes);
    const [found] = report.cases;
    expect(code).toBe(1);
    expect(found?.verdict).toBe('diverged');
    expect(found).toMatchObject({ cause: 'emulator', wrongLane: 'planted' });
    // One byte of the table, where the program prints it: row and column of the byte.
    const [native, emulated, wrong] = ['native', 'good', 'planted'].map(
      (lane) => found?.lanes[lane]?.attempts[0]?.stdout.trimEnd().split(/\s+/) ?? [],
    );
    expect(native).toHaveLength(256);
    expect(emulated).toEqual(native);
    const changed = (native ?? []).flatMap((word, index) =>
      wrong?.[index] === word ? [] : [index],
    );
    expect(changed).toHaveLength(1);
    expect(native?.[changed[0] ?? 0]).toBe(hex(bug.right));
    expect(wrong?.[changed[0] ?? 0]).toBe(hex(bug.wrong));
    const line = Math.floor(bug.byte / 16) + 1;
    expect(found?.differences).toEqual([
      expect.objectContaining({
        between: ['native', 'planted'],
        what: 'stdout',
        where: `line ${line}`,
      }),
    ]);
    expect(found?.differences[0]?.left).toContain(hex(bug.right));
    expect(found?.differences[0]?.right).toContain(hex(bug.wrong));
  });

  it('is not mistaken for another version: the lane’s fingerprint has the path', async () => {
    const { report } = await runLanes(caller, ['native', good, `planted=emulated,qemu=${planted}`]);
    const [, one, other] = report.lanes.map(({ fingerprint }) => fingerprint);
    expect(one?.['qemu']).toBe(other?.['qemu']);
    expect(other?.['qemuPath']).toBe(planted);
  });
});
