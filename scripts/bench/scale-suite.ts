import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { BenchContext } from './context.ts';

/** The CPU model of both, so that only what is around QEMU differs. */
const CPU = 'neoverse-n1';

/** A suite of `count` cases that each start the subject with an argument of their own. */
function binarySuite(count: number, binary: string): string {
  const cases = Array.from(
    { length: count },
    (_, index) =>
      `  - {name: case ${String(index)}, args: ["${String(index)}"], expect: {exit: 0}}`,
  );
  return [
    'version: 1',
    'name: scale',
    `subject: {binary: {linux/arm64: ${JSON.stringify(binary)}}}`,
    'lanes: [emulated]',
    'cases:',
    ...cases,
    '',
  ].join('\n');
}

interface Timing {
  readonly seconds: number;
  readonly maxRssKb: number;
}

async function timeOnce(argv: readonly string[], cwd: string): Promise<Timing> {
  const started = performance.now();
  const [file = '', ...args] = argv;
  const { stderr } = await execa('/usr/bin/time', ['-f', '%M', file, ...args], {
    cwd,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  });
  return {
    seconds: (performance.now() - started) / 1000,
    maxRssKb: Number(stderr.trim().split('\n').at(-1)),
  };
}

/** The static arm64 program that every case starts. */
function helloOf({ root }: BenchContext): string {
  return join(root, 'build/bin/arm64/hello');
}

/** `archparity test` of a suite of so many cases, with the JSON report and the record. */
export async function timeSuite(
  context: BenchContext,
  count: number,
  options: { readonly jobs?: number; readonly flags?: readonly string[] } = {},
): Promise<Timing> {
  const { directory, node, cli } = context;
  const { jobs = 2, flags = [] } = options;
  const suite = join(directory, `scale-${String(count)}.yaml`);
  await writeFile(suite, binarySuite(count, helloOf(context)));
  const outputs = [
    ...['--reporter', `json=${join(directory, 'report.json')}`, '--reporter', 'live'],
    ...(flags.includes('--record') ? [] : ['--record', join(directory, 'record.ndjson')]),
  ];
  return timeOnce(
    [node, cli, 'test', suite, '--jobs', String(jobs), ...outputs, ...flags],
    directory,
  );
}

/** The same programs started by `xargs` under bare QEMU. */
export async function timeXargs(
  context: BenchContext,
  count: number,
  jobs: number,
): Promise<Timing> {
  const command = `qemu-aarch64-static -cpu ${CPU} ${helloOf(context)} {}`;
  const script = `seq ${String(count)} | xargs -P${String(jobs)} -I{} ${command}`;
  return timeOnce(['sh', '-c', script], context.directory);
}
