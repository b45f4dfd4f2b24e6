// `archparity build --push`: an index in a registry on loopback, made with either tool.
import { createServer, connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startRegistry, type Registry } from '../../scripts/registry/start-registry.ts';
import type { BuildReport } from '../../src/app/build.ts';
import { buildCallers, leftWork, readBuildReport, strategyOf } from './build-reports.ts';
import { makeContext } from './build-contexts.ts';
import { ROOT, runCli, type CliResult } from './cli.ts';

const { anybody } = buildCallers();
/** Debian's docker, whichever lies before it in PATH. */
const PATH = `${join(ROOT, 'node_modules/.bin')}:/usr/sbin:/usr/bin:/sbin:/bin`;

interface Wire {
  readonly address: string;
  /** Bytes to the registry. */
  sent(): number;
}

/** Counts what comes to a registry, where nothing of the product's looks. */
async function startCountingWire(registry: string): Promise<Wire> {
  let sent = 0;
  const server = createServer((client) => {
    const [host = '', port = ''] = registry.split(':');
    const there = connect(Number(port), host);
    client.on('data', (chunk) => (sent += chunk.length));
    client.pipe(there).pipe(client);
    client.on('error', () => there.destroy());
    there.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${String(port)}`, sent: () => sent };
}

describe('archparity build --push', () => {
  let registry: Registry;
  const context = makeContext(anybody);
  beforeAll(async () => {
    registry = await startRegistry(join(ROOT, 'build/images'));
  }, 60_000);
  afterAll(() => registry.close());

  async function push(reference: string, words: readonly string[] = []): Promise<CliResult> {
    const build = ['build', context, '--strategy', 'cross', '--no-cache', '--json'];
    const cross = ['--cross-command', 'cp hello-$TARGETARCH $OUTPUT/hello'];
    return runCli(anybody, [...build, ...cross, '--push', reference, ...words], {
      env: { PATH },
    });
  }

  async function pushed(reference: string, words?: readonly string[]): Promise<BuildReport> {
    const result = await push(reference, words);
    expect(result.code, result.stderr).toBe(0);
    expect(leftWork(anybody)).toEqual([]);
    return readBuildReport(result);
  }

  /** The digest and the bytes that the registry has under a name. */
  async function readIndex(name: string): Promise<{ digest: string | null; manifests: unknown[] }> {
    const types = [
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.docker.distribution.manifest.list.v2+json',
    ];
    const answer = await fetch(`http://${registry.address}/v2/${name}/manifests/1`, {
      headers: { accept: types.join(', ') },
    });
    const { manifests } = (await answer.json()) as { manifests: unknown[] };
    return { digest: answer.headers.get('docker-content-digest'), manifests };
  }

  it('gives an index the same digest with skopeo as with docker manifest', async () => {
    const digests = new Set<string | null | undefined>();
    for (const tool of ['skopeo', 'docker']) {
      const name = `same/${tool}`;
      // Docker 20.10 bundles no others.
      const words = ['--index-format', 'docker', '--push-with', tool];
      const report = await pushed(`${registry.address}/${name}:1`, words);
      expect(report.pushed).toMatchObject({ strategy: 'cross', tool });
      const there = await readIndex(name);
      expect(there.manifests).toContainEqual(
        expect.objectContaining({
          platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
        }),
      );
      digests.add(report.pushed?.digest).add(there.digest);
    }
    expect([...digests]).toEqual([expect.stringMatching(/^sha256:/)]);
  });

  it('pushes the index that it wrote, and counts what that sends', async () => {
    const wire = await startCountingWire(registry.address);
    const first = await pushed(`${wire.address}/counted:1`);
    expect(first.pushed?.digest).toBe(strategyOf(first, 'cross').index?.digest);
    expect((await readIndex('counted')).digest).toBe(first.pushed?.digest);
    expect(first.pushed?.sentBytes).toBe(wire.sent());
    expect(wire.sent()).toBeGreaterThan(strategyOf(first, 'cross').index?.bytes ?? Infinity);
    const before = wire.sent();
    const second = await pushed(`${wire.address}/counted:1`);
    // The registry has the layers: only their names are sent.
    expect(second.pushed?.sentBytes).toBe(wire.sent() - before);
    expect(wire.sent() - before).toBeLessThan(before / 10);
  });

  it('says which docker cannot bundle, and when there is no registry', async () => {
    const words = ['--push-with', 'docker', '--index-format', 'oci'];
    const old = await push(`${registry.address}/old:1`, words);
    expect([old.code, old.stderr]).toEqual([2, expect.stringContaining('BUILD_PUSH_FORMAT')]);
    const nobody = await push('127.0.0.1:1/nobody:1');
    const { pushFailure, pushed: there } = readBuildReport(nobody);
    expect([nobody.code, pushFailure?.code, there]).toEqual([3, 'BUILD_PUSH_FAILED', undefined]);
    expect(pushFailure?.message).toMatch(/127\.0\.0\.1:1\/nobody/);
    expect(leftWork(anybody)).toEqual([]);
  });
});
