// Images of registries, daemons and storages: found, fetched once, run, and refused with a reason.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLayout } from '../fixtures/oci-layout.ts';
import { startDockerd, type Dockerd } from '../setup/dockerd.ts';
import { LOGIN, startRegistry, type Registry } from '../setup/registry.ts';
import {
  anyCaller,
  callerEnvironment,
  CALLERS,
  machine,
  makeDirectory,
  makeSubdirectory,
  program,
  runCli,
  startCli,
  waitFor,
  type Caller,
} from './cli.ts';

const ARCHITECTURES = ['amd64', 'arm64'] as const;
let count = 0;

/** An image of both platforms that says which it is, and its version. */
function makeImage(version = '1'): string {
  count += 1;
  const layout = createLayout(
    join(machine.directory, `transported-${String(process.pid)}-${String(count)}`),
  );
  const images = ARCHITECTURES.map((architecture) =>
    layout.addImage({
      platform: `linux/${architecture}`,
      layers: [
        [
          { name: 'bin/', type: '5' },
          {
            name: 'bin/show',
            content: readFileSync(program('print-context', architecture)),
            mode: 0o755,
          },
        ],
      ],
      config: { Entrypoint: ['/bin/show'], Env: [`VERSION=${version}`] },
    }),
  );
  layout.writeIndex(['v', layout.addIndex(images)]);
  return `oci:${layout.dir}:v`;
}

interface Report {
  readonly images: readonly {
    readonly reference: string;
    readonly lane: string;
    readonly digest: string;
    readonly origin?: string;
  }[];
  readonly summary: { readonly match: number; readonly total: number };
}

interface Call {
  readonly caller?: Caller;
  readonly env: Readonly<Record<string, string>>;
}

const run = (words: readonly string[], { caller = anyCaller, env }: Call) =>
  runCli(caller, ['run', ...words], { env });

/** Expects a version of the image to be printed. */
async function expectVersion(version: string, words: readonly string[], call: Call) {
  const { code, stdout, stderr } = await run(words, call);
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining(`VERSION=${version}`)]);
  return stderr;
}

async function expectFailure(code: string, words: readonly string[], call: Call) {
  const result = await run(words, call);
  expect([result.code, result.stderr]).toEqual([125, expect.stringContaining(`(${code})`)]);
  return result.stderr;
}

async function test(reference: string, { caller = anyCaller, env }: Call): Promise<Report> {
  const { stdout, stderr } = await runCli(caller, ['test', reference, '--reporter', 'json'], {
    env,
  });
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout) as Report;
}

/** Command lines of processes that have a word in them. */
function findProcesses(word: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(word));
}

/** A cache that nothing has used yet. */
function freshCache(caller = anyCaller): Record<string, string> {
  return { ARCHPARITY_CACHE: makeDirectory(caller, 'cache') };
}

describe('a registry', () => {
  it('is asked once for a tag, and its digests are in the report', async () => {
    const registry = await startRegistry(machine.directory);
    const env = freshCache();
    const name = `docker://${registry.host}/app:1`;
    let isStopped = false;
    try {
      // In docker's words, which skopeo would turn into OCI's with other digests.
      registry.push(makeImage(), 'app:1', '--format', 'v2s2');
      const answer = await fetch(`http://${registry.host}/v2/app/manifests/1`, {
        headers: { accept: 'application/vnd.docker.distribution.manifest.list.v2+json' },
      });
      const { manifests } = JSON.parse(await answer.clone().text()) as {
        manifests: { digest: string }[];
      };
      const root = answer.headers.get('docker-content-digest') ?? '';

      const report = await test(name, { env });
      expect(report.images).toEqual(
        manifests.map(({ digest }, index) => ({
          reference: name,
          lane: ['native', 'emulated'][index],
          digest,
          origin: `the registry, ${registry.host}/app@${root}`,
        })),
      );

      registry.push(makeImage('2'), 'app:1');
      expect(await expectVersion('1', [name], { env })).toBe('');
      expect(await expectVersion('2', ['--pull', 'always', name], { env })).toContain('fetching');
      await expectVersion('2', [name], { env });
      await expectVersion('1', [`docker://${registry.host}/app@${root}`], { env });
      const missing = await expectFailure(
        'IMAGE_PLATFORM_MISSING',
        ['--platform', 'linux/riscv64', name],
        { env },
      );
      expect(missing).toContain('only linux/amd64, linux/arm64');
      await expectFailure('IMAGE_NOT_FOUND', [`docker://${registry.host}/app:none`], { env });
      await registry.stop();
      isStopped = true;

      // Nobody is there to be asked any more.
      expect(await expectVersion('2', [name], { env })).toBe('');
      await expectVersion('2', ['--pull', 'never', name], { env });
      await expectFailure('IMAGE_UNREACHABLE', ['--pull', 'always', name], { env });
      const never = ['--pull', 'never', `docker://${registry.host}/other:1`];
      await expectFailure('IMAGE_NOT_CACHED', never, { env });
    } finally {
      if (!isStopped) await registry.stop();
    }
  });

  it('is trusted and logged in to as the user configured it', async () => {
    const registry = await startRegistry(machine.directory, { tls: true, private: true });
    try {
      registry.push(makeImage(), 'app:1');
      const name = `docker://${registry.host}/app:1`;
      const home = makeDirectory(anyCaller, 'home');
      const env = { ...freshCache(), HOME: home };
      const untrusted = await expectFailure('IMAGE_TLS_UNTRUSTED', [name], { env });
      expect(untrusted).toContain('--insecure');
      await expectFailure('IMAGE_AUTH_REFUSED', ['--insecure', name], { env });

      const docker = makeSubdirectory(anyCaller, home, '.docker');
      const auth = Buffer.from(`${LOGIN.name}:${LOGIN.password}`).toString('base64');
      const logins = JSON.stringify({ auths: { [registry.host]: { auth } } });
      writeFileSync(join(docker, 'config.json'), logins);
      await expectVersion('1', ['--insecure', name], { env });
      await expectFailure('IMAGE_TLS_UNTRUSTED', ['--pull', 'always', name], { env });

      // What was got without a check is not taken for checked.
      await expectFailure('IMAGE_TLS_UNTRUSTED', [name], { env });
      const trusted = join(home, '.config/containers/certs.d', registry.host);
      mkdirSync(trusted, { recursive: true });
      execFileSync('chmod', ['-R', 'a+rX', join(home, '.config')]);
      execFileSync('cp', [registry.certificate ?? '', join(trusted, 'ca.crt')]);
      await expectVersion('1', [name], { env });

      const elsewhere = { ...env, ...freshCache(), DOCKER_CONFIG: join(home, 'elsewhere') };
      makeSubdirectory(anyCaller, home, 'elsewhere');
      execFileSync('mv', [join(docker, 'config.json'), join(home, 'elsewhere/config.json')]);
      await expectVersion('1', [name], { env: elsewhere });
    } finally {
      await registry.stop();
    }
  });

  it.each([
    ['run', 'SIGKILL', { signal: 'SIGKILL' }],
    ['run', 'SIGINT', { signal: 'SIGINT' }],
    ['test', 'SIGINT', { code: 130, stderr: '' }],
    ['bench', 'SIGINT', { code: 130, stderr: '' }],
  ] as const)('is left alone by %s after %s', async (command, signal, end) => {
    // Takes connections and answers nobody.
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('there is no port');
    const name = `docker://127.0.0.1:${String(address.port)}/app:1`;
    const words = command === 'bench' ? ['bench', '--image', name, '--', 'true'] : [command, name];
    try {
      const { child, result } = startCli(anyCaller, words, { env: freshCache() });
      await waitFor('skopeo to ask', () =>
        findProcesses(name).some((line) => line.includes('skopeo')),
      );
      child.kill(signal);
      expect(await result).toMatchObject(end);
      await waitFor('skopeo to be gone', () => findProcesses(name).length === 0);
    } finally {
      silent.close();
    }
  });

  it('is replaced by its mirror', async () => {
    const registry = await startRegistry(machine.directory);
    try {
      registry.push(makeImage(), 'mirrored/app:1');
      const home = makeDirectory(anyCaller, 'home');
      const directory = join(home, '.config/containers');
      mkdirSync(directory, { recursive: true });
      writeFileSync(
        join(directory, 'registries.conf'),
        `[[registry]]\nlocation = "registry.invalid"\n[[registry.mirror]]\nlocation = "${registry.host}/mirrored"\ninsecure = true\n`,
      );
      execFileSync('chmod', ['-R', 'a+rX', join(home, '.config')]);
      const env = { ...freshCache(), HOME: home };
      await expectVersion('1', ['docker://registry.invalid/app:1'], { env });
    } finally {
      await registry.stop();
    }
  });
});

describe('a docker daemon', () => {
  let daemon: Dockerd;
  let registry: Registry;
  let reference: string;
  beforeAll(async () => {
    [daemon, registry] = await Promise.all([
      startDockerd(machine.directory),
      startRegistry(machine.directory),
    ]);
    reference = makeImage();
    for (const architecture of ARCHITECTURES) load(`app-${architecture}:1`, architecture);
    load('app:1', 'amd64');
    registry.push(reference, 'app:1');
  }, 60_000);
  afterAll(async () => {
    await Promise.all([daemon.stop(), registry.stop()]);
  });

  function load(name: string, architecture: string, from = reference): void {
    const words = ['--insecure-policy', '--override-arch', architecture, 'copy', '--quiet'];
    const target = ['--dest-daemon-host', `unix://${daemon.socket}`, from, `docker-daemon:${name}`];
    execFileSync('skopeo', [...words, ...target]);
  }

  it('gives its images, as they are now', async () => {
    const env = { ...freshCache(), DOCKER_HOST: `unix://${daemon.socket}` };
    const first = await expectVersion('1', ['docker-daemon:app-arm64:1'], { env });
    expect(first).toContain('copying docker-daemon:app-arm64:1 out of the docker daemon');
    expect(await expectVersion('1', ['docker-daemon:app-arm64:1'], { env })).toBe('');
    // Built again: nobody wants to say so.
    load('app-arm64:1', 'arm64', makeImage('2'));
    await expectVersion('2', ['docker-daemon:app-arm64:1'], { env });
    load('app-arm64:1', 'arm64');
    const id = (await daemon.docker(['image', 'inspect', '-f', '{{.Id}}', 'app-arm64:1'])).trim();
    const bare = await expectVersion('1', ['app-arm64:1'], { env });
    expect(bare).toContain(
      `app-arm64:1 was found in the docker daemon, app-arm64:1, image id ${id}`,
    );
  });

  it('is found by a docker context', async () => {
    const home = makeDirectory(anyCaller, 'home');
    const env = { ...freshCache(), HOME: home };
    execFileSync(
      'docker',
      ['context', 'create', 'other', '--docker', `host=unix://${daemon.socket}`],
      { env: { ...callerEnvironment(anyCaller), HOME: home }, stdio: 'ignore' },
    );
    execFileSync('chown', ['-R', `${String(anyCaller.uid)}:${String(anyCaller.gid)}`, home]);
    const words = ['docker-daemon:app-arm64:1'];
    await expectVersion('1', words, { env: { ...env, DOCKER_CONTEXT: 'other' } });
    const unknown = { ...env, DOCKER_CONTEXT: 'none' };
    await expectFailure('DAEMON_UNREACHABLE', words, { env: unknown });
  });

  it('says what it does not have', async () => {
    const env = { ...freshCache(), DOCKER_HOST: `unix://${daemon.socket}` };
    await expectFailure('IMAGE_NOT_FOUND', ['docker-daemon:none:1'], { env });
    const other = await expectFailure('IMAGE_PLATFORM_MISSING', ['docker-daemon:app:1'], { env });
    expect(other).toContain('docker-daemon:app:1 has no linux/arm64, only linux/amd64');
    expect(other).toContain('keeps one platform under a name');
    const none = { ...env, DOCKER_HOST: `unix://${machine.directory}/none.sock` };
    await expectFailure('DAEMON_UNREACHABLE', ['docker-daemon:app:1'], { env: none });
  });

  it('has its other platforms where they were pulled from', async () => {
    const env = { ...freshCache(), DOCKER_HOST: `unix://${daemon.socket}` };
    const name = `${registry.host}/app:1`;
    await daemon.docker(['pull', '--quiet', '--platform', 'linux/amd64', name]);
    // The tag moves on; what was pulled is of the build before.
    registry.push(makeImage('2'), 'app:1');
    const { images, summary } = await test(name, { env });
    expect(summary.match).toBe(summary.total);
    expect(images.map(({ lane, origin }) => [lane, origin])).toEqual([
      ['native', expect.stringMatching(/^the docker daemon, .*:1, image id sha256:/)],
      ['emulated', expect.stringMatching(/^the registry, .*\/app@sha256:/)],
    ]);
    await expectVersion('1', [name], { env });
  });
});

describe.each(CALLERS)('podman’s storage, as $name', (caller) => {
  it('gives its images and lists', async () => {
    const directory = makeDirectory(caller, 'podman');
    const storage = join(directory, 'storage.conf');
    writeFileSync(
      storage,
      `[storage]\ndriver = "vfs"\ngraphroot = "${directory}/graph"\nrunroot = "${directory}/run"\n`,
    );
    const env = {
      ...freshCache(caller),
      HOME: directory,
      XDG_RUNTIME_DIR: makeSubdirectory(caller, directory, 'runtime'),
      // The machine's own is left alone; of an ordinary user podman takes the one below HOME.
      ...(caller.uid === 0 ? { CONTAINERS_STORAGE_CONF: storage } : {}),
    };
    const asCaller = (file: string, words: readonly string[]): string =>
      execFileSync(file, words, {
        cwd: directory,
        env: { ...callerEnvironment(caller), ...env },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        ...(process.geteuid?.() === 0 ? { uid: caller.uid, gid: caller.gid } : {}),
      }).trim();
    const reference = makeImage();
    for (const architecture of ARCHITECTURES) {
      const words = ['--insecure-policy', '--override-arch', architecture, 'copy', '--quiet'];
      const name = `containers-storage:localhost/app-${architecture}:1`;
      asCaller('skopeo', [...words, reference, name]);
    }
    const call = { caller, env };
    await expectVersion('1', ['containers-storage:app-arm64:1'], call);
    expect(await expectVersion('1', ['containers-storage:app-arm64:1'], call)).toBe('');
    const bare = await expectVersion('1', ['app-arm64:1'], {
      caller,
      env: { ...env, DOCKER_HOST: `unix://${directory}/none.sock` },
    });
    expect(bare).toContain('was found in podman’s storage, localhost/app-arm64:1');
    await expectFailure('IMAGE_NOT_FOUND', ['containers-storage:none:1'], call);
    const other = await expectFailure(
      'IMAGE_PLATFORM_MISSING',
      ['--platform', 'linux/arm64', 'containers-storage:app-amd64:1'],
      call,
    );
    expect(other).toContain('only linux/amd64');

    asCaller('podman', ['manifest', 'create', 'both:1']);
    const empty = await expectFailure('IMAGE_LIST_EMPTY', ['containers-storage:both:1'], call);
    expect(empty).toContain('is a list of no images');
    for (const architecture of ARCHITECTURES) {
      const image = `containers-storage:localhost/app-${architecture}:1`;
      asCaller('podman', ['manifest', 'add', 'both:1', image]);
    }
    const { images, summary } = await test('containers-storage:both:1', call);
    expect(summary.match).toBe(summary.total);
    expect(images.map(({ lane }) => lane)).toEqual(['native', 'emulated']);
    asCaller('podman', ['system', 'reset', '--force']);
  });
});
