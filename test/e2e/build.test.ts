// `archparity build`: the same image in several ways, with real daemons in namespaces of their own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DOCKER_API, startDockerd } from '../setup/dockerd.ts';
import { makeContext } from './build-contexts.ts';
import { buildCallers, leftWork, readBuildReport, strategyOf } from './build-reports.ts';
import { machine, makeDirectory, runCli, startCli, waitFor } from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';

const { callers, anybody } = buildCallers();
/** Three daemons start, and each builds. */
const PATIENCE_MS = 400_000;

describe.each(callers)('archparity build, as $name', (caller) => {
  it(
    'builds one image plainly, tuned and across, and shows that it is the same',
    async () => {
      const mounts = readMounts();
      const output = join(makeDirectory(caller, 'output'), 'layout');
      const result = await runCli(caller, [
        'build',
        makeContext(caller),
        '--private-daemon',
        '--json',
        '--output',
        `oci:${output}`,
      ]);
      const report = readBuildReport(result);
      expect(result.code, result.stderr).toBe(0);
      expect(report.strategies.map(({ id, state }) => `${id} ${state}`)).toEqual([
        'native built',
        'emulated built',
        'emulated-tuned built',
        'cross built',
      ]);
      expect(strategyOf(report, 'emulated').facts['cpu']).toBe('QEMU default');
      expect(strategyOf(report, 'emulated-tuned').facts['cpu']).toBe('neoverse-n1');
      const between = report.comparisons.map(({ between: pair, platform, total }) => [
        ...pair,
        platform,
        total,
      ]);
      expect(between).toContainEqual(['emulated', 'emulated-tuned', 'linux/arm64', 0]);
      expect(between).toContainEqual(['emulated', 'cross', 'linux/arm64', 0]);
      expect(between).toContainEqual(['native', 'cross', 'linux/amd64', 0]);
      const audits = report.strategies.flatMap((entry) => entry.audits);
      expect(audits.map(({ problems, elfFiles }) => [problems, elfFiles])).toEqual(
        audits.map(() => [[], 1]),
      );
      const [step] = report.steps;
      expect(step?.instruction).toBe('RUN ["/bin/hello"]');
      expect(Object.keys(step?.wallMs ?? {})).toEqual([
        'native',
        'emulated',
        'emulated-tuned',
        'cross',
      ]);
      expect(strategyOf(report, 'cross').dockerfile?.added).toContain('ARG BUILDARCH');
      // Each index is in the layout, and what it offers runs.
      const tags = (
        JSON.parse(readFileSync(join(output, 'index.json'), 'utf8')) as { manifests: unknown[] }
      ).manifests;
      expect(tags).toHaveLength(3);
      const ran = await runCli(caller, ['run', '--platform', 'linux/arm64', `oci:${output}:cross`]);
      expect(ran.stdout, ran.stderr).toMatch(/hello/i);
      expect(readMounts()).toEqual(mounts);
      expect(leftWork(caller)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'leaves nothing when it is interrupted, or killed',
    async () => {
      const dockerfile = [
        'FROM scratch',
        'ARG TARGETARCH',
        'COPY sleep-forever-$TARGETARCH /bin/sleep',
        'RUN ["/bin/sleep"]',
      ];
      const context = makeContext(caller, { programs: ['sleep-forever'], dockerfile });
      for (const signal of ['SIGINT', 'SIGKILL'] as const) {
        const running = startCli(caller, [
          'build',
          context,
          '--private-daemon',
          '--strategy',
          'cross',
          '--cross-file',
          join(context, 'Dockerfile'),
        ]);
        await waitFor(
          'the step to run',
          () => inspectCommands(running.pid).includes('/bin/sleep'),
          120_000,
        );
        const family = inspectFamily(running.pid);
        running.child.kill(signal);
        const { code } = await running.result;
        await expectNoSurvivors(family);
        if (signal === 'SIGINT') expect(code).toBe(130);
        expect(leftWork(caller)).toEqual([]);
      }
    },
    PATIENCE_MS,
  );
});

/** The commands of all that descends from a process. */
function inspectCommands(pid: number): string {
  return inspectFamily(pid)
    .members.map(({ command }) => command.split(' ', 1)[0])
    .join(' ');
}

/** Builds a small context in every way that a private daemon allows, with these lines as its Dockerfile.cross. */
async function buildAllWays(cross: readonly string[]) {
  const words = [
    'build',
    makeContext(anybody, { cross }),
    '--private-daemon',
    '--no-cache',
    '--json',
  ];
  const result = await runCli(anybody, words);
  return { result, report: readBuildReport(result) };
}

describe('archparity build, what it finds', () => {
  it(
    'a program of another platform in the image',
    async () => {
      const cross = [
        'FROM scratch',
        'ARG TARGETARCH',
        'COPY hello-$TARGETARCH /bin/hello',
        'COPY hello-amd64 /bin/tool',
        'ENTRYPOINT ["/bin/hello"]',
      ];
      const { result, report } = await buildAllWays(cross);
      expect(result.code).toBe(1);
      const problems = strategyOf(report, 'cross').audits.flatMap((audit) => audit.problems);
      expect(problems).toEqual(['/bin/tool: built for linux/amd64, does not run on linux/arm64']);
      const differs = report.comparisons.find(
        ({ between, platform }) => between[1] === 'cross' && platform === 'linux/arm64',
      );
      expect(differs?.differences.map(({ path, what }) => `${path} ${what}`)).toEqual([
        '/bin/tool missing',
      ]);
      expect(report.recommendation.strategy).not.toBe('cross');
    },
    PATIENCE_MS,
  );

  it(
    'an image that says it is for another platform',
    async () => {
      const daemon = await startDockerd(machine.directory);
      onTestFinished(() => daemon.stop());
      // Docker 20.10 takes --platform and records its own.
      const command = [
        'tar -c hello-$TARGETARCH | docker import --platform $TARGETPLATFORM - made:$TARGETARCH >&2',
        'docker save --output $OUTPUT/image.tar made:$TARGETARCH',
      ].join(' && ');
      const words = ['build', makeContext(anybody), '--strategy', 'cross', '--json'];
      const result = await runCli(anybody, [...words, '--cross-command', command], {
        env: {
          DOCKER_HOST: `unix://${daemon.socket}`,
          DOCKER_API_VERSION: DOCKER_API,
        },
      });
      const report = readBuildReport(result);
      const cross = strategyOf(report, 'cross');
      expect(result.code).toBe(1);
      expect(cross.audits.flatMap(({ problems }) => problems).join()).toContain(
        'its config says that it is for linux/amd64, and it was built for linux/arm64',
      );
      expect([cross.index, report.recommendation.strategy]).toEqual([undefined, undefined]);
    },
    PATIENCE_MS,
  );

  it(
    'a step that needs an emulator where there is none, and goes on with the others',
    async () => {
      const cross = ['FROM scratch', 'COPY hello-arm64 /bin/hello', 'RUN ["/bin/hello"]'];
      const { result, report } = await buildAllWays(cross);
      expect(result.code).toBe(1);
      const { failure } = strategyOf(report, 'cross');
      expect(failure?.code).toBe('BUILD_STEP_FAILED');
      expect(failure?.message).toContain('RUN ["/bin/hello"]');
      expect(failure?.advice).toContain('$BUILDPLATFORM');
      expect(strategyOf(report, 'emulated-tuned').state).toBe('built');
    },
    PATIENCE_MS,
  );

  it(
    'a store that is full',
    async () => {
      const context = makeContext(anybody, { dockerfile: ['FROM scratch', 'COPY big /big'] });
      writeFileSync(join(context, 'big'), Buffer.alloc(40 * 1024 * 1024, 'x'));
      const result = await runCli(anybody, [
        ...['build', context, '--private-daemon', '--strategy', 'emulated', '--no-cache', '--json'],
        ...['--store-size', '24M'],
      ]);
      expect(result.code).toBe(3);
      const { failure } = strategyOf(readBuildReport(result), 'emulated');
      expect(failure?.code).toBe('BUILD_STORE_FULL');
      expect(failure?.advice).toContain('--store-size');
    },
    PATIENCE_MS,
  );

  it('no daemon, and says what helps', async () => {
    const result = await runCli(
      anybody,
      ['build', makeContext(anybody), '--strategy', 'emulated', '--json'],
      {
        env: { DOCKER_HOST: 'unix:///nonexistent/docker.sock' },
      },
    );
    expect(result.code).toBe(4);
    const { state, failure } = strategyOf(readBuildReport(result), 'emulated');
    expect([state, failure?.code]).toEqual(['unsupported', 'BUILD_DAEMON_UNREACHABLE']);
    expect(failure?.advice).toContain('--private-daemon');
  });

  it.each([
    ['a context that is not there', ['./nowhere'], 'BUILD_CONTEXT_MISSING'],
    ['cross without a way to cross', ['.', '--strategy', 'cross'], 'BUILD_CROSS_MISSING'],
    ['remote without a machine', ['.', '--strategy', 'remote'], 'BUILD_REMOTE_MISSING'],
    ['an unknown strategy', ['.', '--strategy', 'magic'], 'USAGE'],
    ['its own platform alone', ['.', '--platform', 'linux/amd64'], 'BUILD_NOTHING_FOREIGN'],
  ])('%s', async (_what, words, code) => {
    const cwd = makeDirectory(anybody, 'usage');
    writeFileSync(join(cwd, 'Dockerfile'), 'FROM scratch\n');
    const result = await runCli(anybody, ['build', ...words], { cwd });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(code);
  });
});

describe('archparity build --cross-command', () => {
  it('bundles what a command leaves into one index, the same each time', async () => {
    const context = makeContext(anybody);
    const digests = new Set<string | undefined>();
    for (let time = 0; time < 2; time += 1) {
      const result = await runCli(anybody, [
        ...['build', context, '--strategy', 'cross', '--json'],
        ...['--cross-command', 'cp hello-$TARGETARCH $OUTPUT/hello'],
      ]);
      expect(result.code, result.stderr).toBe(0);
      const cross = strategyOf(readBuildReport(result), 'cross');
      expect(cross.audits.map(({ written, problems }) => [written, problems])).toEqual([
        ['linux/amd64', []],
        ['linux/arm64', []],
      ]);
      digests.add(cross.index?.digest);
    }
    expect([...digests]).toEqual([expect.stringMatching(/^sha256:/)]);
  });

  it('tells what a failing command said', async () => {
    const result = await runCli(anybody, [
      ...['build', makeContext(anybody), '--strategy', 'cross', '--json'],
      ...['--cross-command', 'echo no compiler here >&2; exit 3'],
    ]);
    expect(result.code).toBe(1);
    expect(strategyOf(readBuildReport(result), 'cross').failure?.message).toMatch(
      /exit 3[\s\S]*no compiler here/,
    );
  });
});
