// The services of images/ that are built from a Dockerfile, by a daemon of the test's own whose arm64 programs run
// under emulation: here the one that compiles nothing; scripts/soak builds all, with each platform's compiler.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASES, startRegistry, type Registry } from '../../scripts/registry/start-registry.ts';
import { deriveCachedQemu, inspectQemu } from '../../src/lanes/emulated/qemu.ts';
import { startDockerd, type Dockerd } from '../setup/dockerd.ts';
import { joinImages } from '../setup/join-images.ts';
import { anyCaller, makeDirectory, ROOT, runCli, unprivileged } from './cli.ts';
import { parseReport, verdictsOf } from './records.ts';

interface Build {
  readonly service: 'c-service' | 'go-service' | 'static-site';
  readonly file: 'Dockerfile' | 'Dockerfile.cross';
  readonly platform: 'linux/amd64' | 'linux/arm64';
}

/** scripts/soak builds all: compilers take a minute, and several under emulation. */
const ALL = process.env['ARCHPARITY_ALL_BUILDS'] !== undefined;
const SERVICES = ALL
  ? (['static-site', 'c-service', 'go-service'] as const)
  : (['static-site'] as const);

/** An arm64 build that takes little, and what it has to be equal to. */
const BUILDS: readonly Build[] = [
  { service: 'static-site', file: 'Dockerfile', platform: 'linux/arm64' },
  { service: 'static-site', file: 'Dockerfile.cross', platform: 'linux/arm64' },
  { service: 'static-site', file: 'Dockerfile', platform: 'linux/amd64' },
];
const SLOW_BUILDS: readonly Build[] = [
  { service: 'c-service', file: 'Dockerfile.cross', platform: 'linux/arm64' },
  { service: 'c-service', file: 'Dockerfile', platform: 'linux/amd64' },
  { service: 'go-service', file: 'Dockerfile.cross', platform: 'linux/arm64' },
  { service: 'go-service', file: 'Dockerfile', platform: 'linux/amd64' },
  { service: 'c-service', file: 'Dockerfile', platform: 'linux/arm64' },
  { service: 'go-service', file: 'Dockerfile', platform: 'linux/arm64' },
];

function tagOf({ service, file, platform }: Build): string {
  return `${service}:${file.toLowerCase()}-${platform.slice('linux/'.length)}`;
}

describe('services that are built from a Dockerfile', () => {
  const directory = makeDirectory(anyCaller, 'builds');
  // Whoever runs the suites reads the images there.
  chmodSync(directory, 0o755);
  let daemon: Dockerd;
  let registry: Registry;

  beforeAll(async () => {
    registry = await startRegistry(join(ROOT, 'build/images'));
    await registry.push(ALL ? BASES : ['run-base']);
    const { cacheDir } = anyCaller;
    const qemu = await inspectQemu('/usr/bin/qemu-aarch64-static', 'linux/arm64', { cacheDir });
    const derived = await deriveCachedQemu(qemu, { cpu: 'neoverse-n1' }, { cacheDir });
    daemon = await startDockerd(directory, { qemu: derived.path });
  }, 120_000);

  afterAll(async () => {
    await daemon.stop();
    await registry.close();
  });

  /** @returns the digest of the image's configuration */
  async function build(wanted: Build, words: readonly string[] = []): Promise<string> {
    const context = join(ROOT, 'images', wanted.service);
    const base = ['--build-arg', `REGISTRY=${registry.address}`];
    const what = ['--file', join(context, wanted.file), '--platform', wanted.platform];
    const tag = ['--tag', tagOf(wanted), '--network', 'none', '--quiet'];
    return daemon.docker(['build', ...base, ...what, ...tag, ...words, context]);
  }

  /** Its layers, which depend on nothing but the files and their times. */
  async function layersOf(wanted: Build): Promise<unknown> {
    const format = '{{json .RootFS.Layers}}';
    return JSON.parse(
      await daemon.docker(['image', 'inspect', '--format', format, tagOf(wanted)]),
    ) as unknown;
  }

  it.each(ALL ? [...BUILDS, ...SLOW_BUILDS] : BUILDS)(
    'builds $service with $file for $platform',
    { timeout: 1_200_000 },
    async (wanted) => {
      await build(wanted);
      const platform = ['image', 'inspect', '--format', '{{.Os}}/{{.Architecture}}', tagOf(wanted)];
      expect((await daemon.docker(platform)).trim()).toBe(wanted.platform);
    },
  );

  it.each(SERVICES)('makes the same layers of %s with both Dockerfiles', async (service) => {
    const cross = await layersOf({ service, file: 'Dockerfile.cross', platform: 'linux/arm64' });
    const plain = await layersOf({ service, file: 'Dockerfile', platform: 'linux/arm64' });
    expect(cross).toEqual(plain);
  });

  it('makes the same layers again without a cache', async () => {
    const site: Build = {
      service: 'static-site',
      file: 'Dockerfile.cross',
      platform: 'linux/arm64',
    };
    const layers = await layersOf(site);
    await build(site, ['--no-cache']);
    expect(await layersOf(site)).toEqual(layers);
  });

  it.each(SERVICES)('%s does what its suite says', { timeout: 300_000 }, async (service) => {
    const image = joinImages(daemon.socket, join(directory, `${service}-joined`), {
      amd64: tagOf({ service, file: 'Dockerfile', platform: 'linux/amd64' }),
      arm64: tagOf({ service, file: 'Dockerfile', platform: 'linux/arm64' }),
    });
    const suite = join(ROOT, 'images', service, 'suite.yaml');
    const words = ['test', suite, '--image', image, '--reporter', 'json'];
    const { stdout, stderr, code } = await runCli(unprivileged, words);
    expect(stdout, stderr).not.toBe('');
    const verdicts = verdictsOf(parseReport(stdout));
    expect(new Set(Object.values(verdicts)), stdout).toEqual(new Set(['match']));
    expect(code).toBe(0);
  });
});
