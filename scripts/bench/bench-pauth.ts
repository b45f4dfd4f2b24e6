import { join } from 'node:path';
import { findTool } from '../../src/process/index.ts';
import { openLane, parseLaneSpec } from '../../src/lanes/index.ts';
import { openBenchLane } from './bench-lane.ts';
import type { BenchContext } from './context.ts';
import { median } from './hyperfine.ts';
import { fasterThan, type BenchRow } from './result.ts';
import { unpackedRoot } from './unpacked-root.ts';

/** Loops of Debian 13's own interpreters, which are built with pointer authentication. */
const PROGRAMS: readonly (readonly [name: string, argv: readonly string[]])[] = [
  ['perl', ['perl', '-e', 'my $s = 0; for my $i (1 .. 1500000) { $s += $i % 7 } print "$s\n"']],
  ['python3', ['python3', '-c', 's = 0\nfor i in range(1500000):\n    s += i % 7\nprint(s)']],
  ['bash', ['bash', '-c', 's=0; for ((i = 0; i < 150000; i++)); do ((s += i % 7)); done; echo $s']],
];

interface QemuChoice {
  readonly name: string;
  readonly path: string;
  readonly factor: number;
}

async function timeIn(
  run: (argv: readonly string[]) => Promise<number>,
  argv: readonly string[],
  count: number,
): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < count; round += 1) seconds.push(await run(argv));
  return median(seconds);
}

/** Our emulated lane against the plain QEMU as every other tool registers it. */
export async function benchPauth(context: BenchContext): Promise<BenchRow[]> {
  const { root, cacheDir, runs, say } = context;
  const reference = `oci:${join(root, 'build/images/debian13-tools')}`;
  const seven = findTool('qemu-aarch64-static');
  const ten = findTool(join(root, 'build/qemu/trixie/qemu-aarch64'));
  const choices: QemuChoice[] = [
    ...(seven === undefined
      ? []
      : [{ name: 'plain QEMU of this machine', path: seven, factor: 8 }]),
    ...(ten === undefined ? [] : [{ name: 'plain QEMU 10', path: ten, factor: 1.5 }]),
  ];
  const rows: BenchRow[] = [];
  for (const choice of choices) {
    const ours = await openLane(parseLaneSpec(`emulated,qemu=${choice.path}`), {
      platform: 'linux/arm64',
      cacheDir,
      measure: true,
    });
    const plain = await openBenchLane({ qemu: choice.path, cacheDir });
    const rootfs = await unpackedRoot(reference, plain.agent, cacheDir);
    for (const [name, argv] of PROGRAMS) {
      const runOurs = async (words: readonly string[]): Promise<number> => {
        const attempt = await ours.observe(caseOf(reference, words), {
          number: 1,
          deadlineMs: 120_000,
        });
        const { observation } = attempt;
        if (observation?.termination.kind !== 'exit' || observation.termination.code !== 0)
          throw new Error(`bench: ${JSON.stringify(attempt)}`);
        return observation.wallMs / 1000;
      };
      const runPlain = async (words: readonly string[]): Promise<number> => {
        const outcome = await plain.agent.client.run({
          argv: words,
          env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
          root: rootfs,
          namespaces: ['mount'],
          mounts: [{ kind: 'bind', source: '/dev', target: join(rootfs, 'dev'), readonly: false }],
        });
        const exit = outcome.exits[0];
        if (exit?.code !== 0)
          throw new Error(`bench: ${name} failed: ${outcome.output.stderr.toString()}`);
        return exit.wallMs / 1000;
      };
      const a = await timeIn(runOurs, argv, runs(3));
      const b = await timeIn(runPlain, argv, runs(3));
      say(`pauth: ${choice.name}: ${name} ${a.toFixed(2)} s against ${b.toFixed(2)} s`);
      rows.push(
        fasterThan(
          `Debian 13 arm64 ${name} loop`,
          a,
          { name: choice.name, seconds: b },
          choice.factor,
        ),
      );
    }
    await plain.close();
    await ours.close();
  }
  return rows;
}

function caseOf(
  reference: string,
  argv: readonly string[],
): Parameters<Awaited<ReturnType<typeof openLane>>['observe']>[0] {
  return {
    id: 'bench/loop',
    suite: 'bench',
    name: 'loop',
    tags: [],
    subject: { kind: 'image', reference },
    command: { kind: 'run', argv },
    env: {},
    network: 'none',
    fixtures: [],
    setup: [],
    teardown: [],
    timeout: { kind: 'scaled', nativeMs: 10_000 },
    retries: 0,
    limits: { outputBytes: 1 << 20 },
    expect: {},
    compare: ['exit', 'stdout'],
    normalize: [],
    known: [],
    pid1: 'init',
  };
}
