// `archparity build --remote`: machines that cannot build, each told within its deadline while the other strategies
// go on, and one that can: a microVM behind ssh.
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DOCKER_API, startDockerd } from '../setup/dockerd.ts';
import { startSshd, writeClientConfig } from '../setup/sshd.ts';
import { buildCallers, leftWork, readBuildReport, strategyOf } from './build-reports.ts';
import { makeContext } from './build-contexts.ts';
import { machine, runCli, startCli, waitFor, type CliResult } from './cli.ts';
import { keepNode } from './kept-node.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';
import { startHost } from './ssh-hosts.ts';
import { callersWithNodes } from './vm-callers.ts';

const { anybody } = buildCallers();
const CROSS = ['--cross-command', 'cp hello-$TARGETARCH $OUTPUT/hello'];

async function buildOn(remote: string): Promise<CliResult> {
  const words = ['build', makeContext(anybody), '--strategy', 'remote', '--strategy', 'cross'];
  return runCli(anybody, [...words, ...CROSS, '--remote', remote, '--json'], {
    // No daemon here: nothing of this test is about one.
    env: { DOCKER_HOST: 'unix:///nonexistent/docker.sock' },
  });
}

/** What becomes of a build on it; the other strategy is built all the same, and nothing is left. */
async function expectFailure(remote: string): Promise<{ code: string; message: string }> {
  const mounts = readMounts();
  const result = await buildOn(remote);
  const report = readBuildReport(result);
  expect(result.code).toBe(3);
  expect(strategyOf(report, 'cross').state).toBe('built');
  const { failure, state } = strategyOf(report, 'remote');
  expect(state).toBe('failed');
  expect(failure?.advice).toBeDefined();
  expect(leftWork(anybody)).toEqual([]);
  expect(readMounts()).toEqual(mounts);
  return { code: failure?.code ?? '', message: failure?.message ?? '' };
}

describe('archparity build --remote, what it finds', () => {
  it('nobody there', async () => {
    const { code, message } = await expectFailure('ssh://127.0.0.1:1');
    expect(code).toBe('SSH_REFUSED');
    expect(message).toContain('127.0.0.1:1');
  });

  it('somebody who never answers', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const remote = `ssh:127.0.0.1:${String(port)},connect-timeout=1`;
    expect((await expectFailure(remote)).message).toMatch(/within the time|timed out/i);
  });

  it('an unknown host key', async () => {
    const sshd = await startSshd({ parent: machine.directory });
    const config = writeClientConfig(machine.directory, [{ alias: 'board', sshd, unknown: true }]);
    const { code, message } = await expectFailure(`ssh:board,config=${config}`);
    expect(code).toBe('SSH_HOST_KEY_UNKNOWN');
    expect(message).toContain(sshd.fingerprint);
  });

  it('a machine of this platform', async () => {
    const daemon = await startDockerd(machine.directory);
    onTestFinished(() => daemon.stop());
    const variables = `DOCKER_HOST=unix://${daemon.socket} DOCKER_API_VERSION=${DOCKER_API}`;
    const { lane } = await startHost(anybody, { config: [`SetEnv ${variables}`] });
    const { code, message } = await expectFailure(lane);
    expect(code).toBe('SSH_WRONG_PLATFORM');
    expect(message).toMatch(/linux\/amd64, not for linux\/arm64/);
    expect(await daemon.docker(['ps', '--all', '--quiet'])).toBe('');
  });
});

/** A part of scripts/soak: build-services.test.ts has a node in every run. */
const nodeCallers = process.env['ARCHPARITY_ALL_BUILDS'] === undefined ? [] : callersWithNodes();

describe.each(nodeCallers)(
  'archparity build --remote, on an arm64 machine, as $name',
  (nodeCaller) => {
    it(
      'builds the image that cross-compilation gives, and tells when the machine goes away',
      { timeout: 400_000 },
      async () => {
        const node = await keepNode(nodeCaller, []);
        const remote = ['--remote', `ssh:archparity-node,config=${node.reach.sshConfig}`];
        const words = [...remote, '--strategy', 'remote', '--strategy', 'cross', '--json'];
        const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
        const dockerfile = [
          'FROM scratch',
          'ARG TARGETARCH',
          'COPY hello-$TARGETARCH /hello',
          'RUN ["/hello"]',
          'ENTRYPOINT ["/hello"]',
        ];
        const context = makeContext(nodeCaller, { dockerfile });
        const built = await runCli(nodeCaller, ['build', context, ...words, ...CROSS], { env });
        const report = readBuildReport(built);
        expect(strategyOf(report, 'remote').failure).toBeUndefined();
        const compared = report.comparisons.find(({ platform }) => platform === 'linux/arm64');
        expect(compared).toMatchObject({ between: ['remote', 'cross'], total: 0 });
        // A RUN step leaves what the runtime mounts on.
        expect(compared?.hidden.map(({ reason }) => reason).join()).toMatch(/mount points/);
        // Nothing of ours stays there, either.
        expect(await node.run('/usr/bin/docker', ['images', '--all', '--quiet'])).toBe('');

        const waiting = makeContext(nodeCaller, {
          programs: ['sleep-forever'],
          dockerfile: [
            'FROM scratch',
            'COPY sleep-forever-arm64 /bin/sleep-forever',
            'RUN ["/bin/sleep-forever"]',
          ],
        });
        const running = startCli(nodeCaller, ['build', waiting, ...words, ...CROSS], { env });
        const family = inspectFamily(running.pid);
        await waitFor(
          'the step to run there',
          async () => (await node.run('ssh', ['archparity-node', 'ps'])).includes('sleep-forever'),
          120_000,
        );
        node.running.child.kill('SIGKILL');
        const ended = await running.result;
        const lost = readBuildReport(ended);
        expect(ended.code).toBe(3);
        expect(strategyOf(lost, 'remote').failure?.code).toBe('BUILD_DAEMON_LOST');
        expect(strategyOf(lost, 'cross').state).toBe('built');
        await expectNoSurvivors(family);
        expect(leftWork(nodeCaller)).toEqual([]);
      },
    );
  },
);
