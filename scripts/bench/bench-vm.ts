import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeInitramfs } from '../../src/lanes/vm/cpio.ts';
import { KERNEL_PARAMETERS } from '../../src/lanes/vm/qemu-arguments.ts';
import { prepareQemuSystem } from '../../src/lanes/vm/qemu-system.ts';
import { forgetSnapshot, snapshotEntry } from '../../src/lanes/vm/snapshot.ts';
import type { GuestOptions } from '../../src/lanes/vm/guest-options.ts';
import { startGuest } from '../../src/lanes/vm/start-guest.ts';
import { ensureAssets } from '../../src/lanes/vm/vm-assets.ts';
import { readVmSettings } from '../../src/lanes/vm/vm-settings.ts';
import { median } from './hyperfine.ts';
import { atMost, milliseconds, type BenchRow } from './result.ts';
import type { BenchContext } from './context.ts';

/** What build/bin/arm64/hello says. */
const UP = 'hello from arm64';

/** What anybody would boot it with. */
const PLAIN_PARAMETERS = ['console=ttyAMA0', 'quiet', 'loglevel=4', 'panic=-1'];

/** Boots the kernel with nothing but one program as its init; seconds until that says a word. */
async function bootRaw(
  { qemu, settings, assets }: GuestOptions,
  { initrd, parameters }: { readonly initrd: string; readonly parameters: readonly string[] },
): Promise<number> {
  const started = performance.now();
  const child = spawn(
    qemu.path,
    [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
      ...['-M', 'virt,gic-version=3', '-accel', 'tcg,thread=multi', '-cpu', qemu.cpu],
      ...['-smp', String(settings.cpus), '-m', String(settings.memoryMb)],
      ...['-kernel', assets.kernel, '-initrd', initrd, '-serial', 'stdio'],
      ...['-append', parameters.join(' ')],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes(UP)) break;
  }
  const seconds = (performance.now() - started) / 1000;
  child.kill('SIGKILL');
  if (!said.includes(UP)) throw new Error(`bench: the raw guest did not come up: ${said}`);
  return seconds;
}

/** An initramfs of one static program; the kernel's own, before it, has the console. */
async function writeRawInitrd(file: string, program: string): Promise<void> {
  await writeInitramfs(file, [{ path: 'init', mode: 0o100755, content: await readFile(program) }]);
}

/** Seconds from nothing to the end of a first command. */
async function timeStart(options: GuestOptions): Promise<number> {
  const started = performance.now();
  const { machine, client } = await startGuest(options);
  const outcome = await client.run({ argv: ['/bin/busybox', 'true'] });
  const seconds = (performance.now() - started) / 1000;
  await machine.close();
  if (outcome.exits[0]?.code !== 0) throw new Error('bench: the first command failed');
  return seconds;
}

/** What a shell of an image does a hundred times: what starting programs costs. */
const SHORT_WORK = {
  '100 starts of a dynamic program (coreutils)': '/bin/true',
  '100 starts of a static program (busybox)': 'busybox true',
  '100 subshells (fork alone)': '(:)',
} as const;

interface TimedReport {
  readonly cases: readonly {
    readonly name: string;
    readonly lanes: Readonly<
      Record<string, { readonly attempts: readonly { readonly wallMs: number }[] }>
    >;
  }[];
}

/** Short processes on the vm lane against the emulated lane, by the lanes' own clocks. */
async function timeProcesses(context: BenchContext): Promise<BenchRow[]> {
  const { cli, directory, node, root, runs, say } = context;
  const suite = join(directory, 'processes.yaml');
  const image = `oci:${join(root, 'build/images/debian-tools')}`;
  const cases = Object.entries(SHORT_WORK).map(([name, command]) => ({
    name,
    run: ['sh', '-c', `i=0; while [ $i -lt 100 ]; do ${command}; i=$((i+1)); done`],
    timeout: '120s',
  }));
  writeFileSync(suite, JSON.stringify({ version: 1, name: 'b', subject: { image }, cases }));
  const lanes = ['--lane', 'emulated', '--lane', 'vm'];
  const words = [cli, 'test', suite, ...lanes, '-j', '1', '--reporter', 'json'];
  const reports: TimedReport[] = [];
  for (let round = 0; round < runs(5); round += 1) {
    say(`vm: short processes, round ${String(round + 1)}`);
    const { stdout } = await execa(node, words, { cwd: directory });
    reports.push(JSON.parse(stdout) as TimedReport);
  }
  const seconds = (name: string, lane: string): number =>
    median(
      reports.map((report) => {
        const found = report.cases.find((entry) => entry.name === name);
        return (found?.lanes[lane]?.attempts[0]?.wallMs ?? Number.NaN) / 1000;
      }),
    );
  return Object.keys(SHORT_WORK).map((name) => ({
    work: `${name} in an image, on the vm lane`,
    ours: milliseconds(seconds(name, 'vm')),
    peer: `the emulated lane ${milliseconds(seconds(name, 'emulated'))}`,
    ratio: `${(seconds(name, 'emulated') / seconds(name, 'vm')).toFixed(2)} × faster`,
    target: 'shown',
    met: true,
  }));
}

/** The vm lane: cold start against a raw boot of the same kernel, and start from a snapshot. */
export async function benchVm(context: BenchContext): Promise<BenchRow[]> {
  const { cacheDir, cli, directory, node, root, runs, say } = context;
  const settings = readVmSettings({ id: 'vm', kind: 'vm', settings: {} });
  const qemu = await prepareQemuSystem(settings, { cacheDir });
  const assets = await ensureAssets(settings, {
    cacheDir,
    onFetch: (what) => say(`fetching ${what}`),
  });
  const options: GuestOptions = { settings, qemu, assets, cacheDir };
  const initrd = join(directory, 'raw.cpio');
  await writeRawInitrd(initrd, join(root, 'build/bin/arm64/hello'));
  const raw: number[] = [];
  const lean: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  const command: number[] = [];
  for (let round = 0; round < runs(5); round += 1) {
    say(`vm: round ${String(round + 1)}`);
    raw.push(await bootRaw(options, { initrd, parameters: PLAIN_PARAMETERS }));
    lean.push(await bootRaw(options, { initrd, parameters: KERNEL_PARAMETERS }));
    await forgetSnapshot(snapshotEntry(options));
    cold.push(await timeStart(options));
    warm.push(await timeStart(options));
    const started = performance.now();
    await execa(node, [cli, 'run', '--lane', 'vm', join(root, 'build/bin/arm64/hello')]);
    command.push((performance.now() - started) / 1000);
  }
  const second = { name: 'aim', seconds: 1 };
  return [
    atMost(
      'vm: cold start to the end of a first command',
      median(cold),
      { name: 'raw boot of the same kernel', seconds: median(raw) },
      1.1,
    ),
    {
      work: 'the same',
      ours: milliseconds(median(cold)),
      peer: `raw boot with our kernel parameters ${milliseconds(median(lean))}`,
      ratio: (median(cold) / median(lean)).toFixed(2),
      target: 'shown',
      met: true,
    },
    atMost('vm: start from a snapshot to the end of a first command', median(warm), second, 1),
    atMost('`archparity run --lane vm ./hello_arm64`', median(command), second, 1),
    ...(await timeProcesses(context)),
  ];
}
