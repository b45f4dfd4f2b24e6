// Two versions of QEMU at the same time, each with a private table of its own.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CALLERS, image, makeDirectory, ROOT, runCli } from './cli.ts';
import { parseReport } from './records.ts';
import { runSuite } from './suites.ts';

let newer = '';
beforeAll(() => {
  const directory = join(ROOT, 'build/qemu/trixie');
  newer = execFileSync(join(ROOT, 'scripts/fetch-qemu'), ['trixie', directory], {
    encoding: 'utf8',
  }).trim();
}, 180_000);

const version = (text: string | undefined): string => /^\d+/.exec(text ?? '')?.[0] ?? '';

describe.each(CALLERS)('two versions of QEMU, as $name', (caller) => {
  it('serve two lanes of one run, each its own', async () => {
    const { report, result } = await runSuite(caller, [
      '--filter',
      'tag(good)',
      '--lane',
      'old=emulated',
      '--lane',
      `new=emulated,qemu=${newer}`,
      '-j',
      '4',
    ]);
    expect(result.code).toBe(0);
    const versions = Object.fromEntries(
      report.lanes.map(({ id, fingerprint }) => [id, version(fingerprint['qemu'])]),
    );
    expect(versions).toEqual({ old: '7', new: '10' });
    expect(report.summary.match).toBe(10);
  });

  it('serve two runs at once, which do not disturb each other', async () => {
    // QEMU before 8.2 shows the host's cpuinfo; later ones show that of the emulated CPU.
    const script = 'for i in 1 2 3 4 5; do sh -c "head -n 12 /proc/cpuinfo"; sleep 0.2; done';
    const words = [image('debian-tools'), 'sh', '-c', script];
    const [old, other] = await Promise.all([
      runCli(caller, ['run', ...words], { cwd: makeDirectory(caller) }),
      runCli(caller, ['run', '--lane', `emulated,qemu=${newer}`, ...words], {
        cwd: makeDirectory(caller),
      }),
    ]);
    for (const result of [old, other]) expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(other.stdout.match(/CPU implementer/g)?.length).toBeGreaterThanOrEqual(5);
    expect(other.stdout).not.toContain('vendor_id');
    expect(old.stdout).not.toContain('CPU implementer');
  });

  it('are told apart as a cause', async () => {
    // The same program on both emulators and natively: what differs on one alone is not the subject's.
    const { stdout, code } = await runCli(caller, [
      'test',
      join(ROOT, 'test/fixtures/suites/cpuinfo.yaml'),
      '--image',
      image('debian-tools'),
      '--lane',
      'old=emulated',
      '--lane',
      `new=emulated,qemu=${newer}`,
      '--reporter',
      'json',
    ]);
    const report = parseReport(stdout);
    expect(report.cases[0]?.verdict).toBe('diverged');
    expect(code).toBe(1);
  });
});
