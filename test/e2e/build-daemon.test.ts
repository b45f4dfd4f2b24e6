// `archparity build` with a daemon of the user's, which stays when we go, and on a disk that is full.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check, DoctorReport } from '../../src/app/doctor.ts';
import { DOCKER_API, startDockerd, type Dockerd } from '../setup/dockerd.ts';
import { makeContext } from './build-contexts.ts';
import { buildCallers, leftWork, readBuildReport, strategyOf } from './build-reports.ts';
import { machine, makeDirectory, ROOT, runCli, startCli, waitFor } from './cli.ts';
import { expectNoSurvivors, inspectFamily } from './leftovers.ts';

const { callers, anybody } = buildCallers();
/** An argument that no other test's program has. */
const MARK = 'a step of build-daemon.test.ts';

const environmentOf = ({ socket }: Dockerd): Record<string, string> => ({
  DOCKER_HOST: `unix://${socket}`,
  DOCKER_API_VERSION: DOCKER_API,
});

/** One check of a report of the doctor. */
function checkOf(json: string, id: string): Check | undefined {
  return (JSON.parse(json) as DoctorReport).checks.find((check) => check.id === id);
}

/** What the daemon still has of ours: containers, images, volumes. */
async function leftIn(daemon: Dockerd): Promise<string> {
  const lists = [
    ['ps', '--all', '--quiet'],
    ['images', '--all', '--quiet'],
    ['volume', 'ls', '--quiet'],
  ];
  return (await Promise.all(lists.map((words) => daemon.docker(words)))).join('');
}

function isStepRunning(): boolean {
  return readdirSync('/proc').some((name) => {
    try {
      const [program, argument] = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return program === '/bin/sleep-forever' && argument === MARK;
    } catch {
      return false;
    }
  });
}

describe('archparity build with an emulating daemon of the user', () => {
  let daemon: Dockerd;
  beforeAll(async () => {
    daemon = await startDockerd(machine.directory, { qemu: '/usr/bin/qemu-aarch64-static' });
  }, 60_000);
  afterAll(() => daemon.stop());

  it('builds the same as across, several times, and leaves no image', async () => {
    const words = ['build', makeContext(anybody), '--runs', '3', '--network', 'none', '--json'];
    const result = await runCli(anybody, words, { env: environmentOf(daemon) });
    const report = readBuildReport(result);
    expect(result.code, result.stderr).toBe(0);
    expect(report.strategies.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'native built',
      'emulated built',
      'cross built',
    ]);
    for (const { cold, warm, toNative } of report.strategies) {
      expect([cold.wallMs.length, warm.wallMs.length]).toEqual([3, 3]);
      expect(toNative?.interval).toHaveLength(2);
    }
    expect(report.comparisons.map(({ total }) => total)).toEqual([0, 0]);
    expect(strategyOf(report, 'emulated').facts['cpu']).toBe('QEMU max');
    expect(await leftIn(daemon)).toBe('');
    expect(leftWork(anybody)).toEqual([]);
  });

  it('is found to emulate by the doctor, which leaves no image', async () => {
    const result = await runCli(anybody, ['doctor', '--json'], { env: environmentOf(daemon) });
    expect(checkOf(result.stdout, 'docker')).toMatchObject({
      state: 'ok',
      found: expect.stringContaining(`linux/amd64 (unix://${daemon.socket})`) as string,
    });
    expect(checkOf(result.stdout, 'docker-emulation')).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^it ran a linux\/arm64 program, CPU QEMU max/) as string,
    });
    expect(await leftIn(daemon)).toBe('');
  });

  it('leaves nothing when it is interrupted', async () => {
    const context = makeContext(anybody, {
      programs: ['sleep-forever'],
      dockerfile: [
        'FROM scratch',
        'COPY sleep-forever-amd64 /bin/sleep-forever',
        `RUN ["/bin/sleep-forever", "${MARK}"]`,
      ],
    });
    const running = startCli(
      anybody,
      ['build', context, '--strategy', 'emulated', '--network', 'none'],
      {
        env: environmentOf(daemon),
      },
    );
    await waitFor('the step to run', isStepRunning, 60_000);
    const family = inspectFamily(running.pid);
    running.child.kill('SIGINT');
    expect((await running.result).code).toBe(130);
    await expectNoSurvivors(family);
    await waitFor('the step to end', () => !isStepRunning(), 30_000);
    expect(await leftIn(daemon)).toBe('');
    expect(leftWork(anybody)).toEqual([]);
  });
});

it('builds with buildx, whose times are exact', async () => {
  const words = ['build', makeContext(anybody), '--private-daemon', '--strategy', 'emulated'];
  const result = await runCli(anybody, [...words, '--no-cache', '--json'], {
    env: { PATH: `${join(ROOT, 'build/buildx')}:${process.env['PATH'] ?? ''}` },
  });
  const report = readBuildReport(result);
  expect(result.code, result.stderr).toBe(0);
  expect(strategyOf(report, 'emulated').facts['client']).toMatch(/^buildx /);
  expect(report.comparisons.map(({ total }) => total)).toEqual([0]);
  const [step] = report.steps;
  expect(step?.instruction).toBe('RUN ["/bin/hello"]');
  // Plain progress has tenths of seconds.
  expect(Object.values(step?.wallMs ?? {}).every((ms) => ms % 100 === 0)).toBe(false);
  expect(leftWork(anybody)).toEqual([]);
});

it('says what helps when the daemon of the user has no emulator', async () => {
  const daemon = await startDockerd(machine.directory);
  try {
    const words = ['build', makeContext(anybody), '--network', 'none', '--json'];
    const result = await runCli(anybody, words, { env: environmentOf(daemon) });
    const report = readBuildReport(result);
    expect(result.code).toBe(3);
    const { state, failure } = strategyOf(report, 'emulated');
    expect([state, failure?.code]).toEqual(['unsupported', 'BUILD_NO_HANDLER']);
    expect(failure?.advice).toMatch(/binfmt --install arm64.*--private-daemon/);
    const examined = await runCli(anybody, ['doctor', '--json'], { env: environmentOf(daemon) });
    expect(examined.code).toBe(0);
    expect(checkOf(examined.stdout, 'docker-emulation')).toMatchObject({
      state: 'warning',
      found: expect.stringContaining('has no emulator for linux/arm64') as string,
      fix: { otherwise: { command: 'sudo archparity binfmt install arm64' } },
    });
    expect(strategyOf(report, 'cross').state).toBe('built');
    expect(await leftIn(daemon)).toBe('');
  } finally {
    await daemon.stop();
  }
});

it.each(callers)('tells $name of a disk that is full', async (caller) => {
  const cache = join(makeDirectory(caller, 'full'), 'cache');
  const namespaces = caller.name === 'root' ? ['-m'] : ['-U', '--map-root-user', '-m'];
  const script = 'mkdir "$0" && mount -t tmpfs -o size=6m,mode=0755 none "$0" && exec "$@"';
  const result = await runCli(
    caller,
    [
      ...['build', makeContext(caller), '--strategy', 'cross', '--json'],
      ...['--cross-command', 'head -c 4000000 /dev/urandom >$OUTPUT/data'],
    ],
    {
      through: ['unshare', ...namespaces, 'sh', '-c', script, cache],
      env: { ARCHPARITY_CACHE: cache },
    },
  );
  const { failure } = strategyOf(readBuildReport(result), 'cross');
  expect([result.code, failure?.code]).toEqual([3, 'BUILD_NO_SPACE']);
  expect(failure?.advice).toContain('ARCHPARITY_CACHE');
});
