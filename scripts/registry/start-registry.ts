// A registry on loopback that holds images of build/images, in namespaces of its own.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openAgent } from '../../src/lanes/local/open-agent.ts';
import { createExec, requireTool } from '../../src/process/index.ts';

/** The images that the Dockerfiles of images/ start from. */
export const BASES = ['build-base', 'go-base', 'run-base'] as const;

export interface Registry {
  /** `127.0.0.1:PORT`. A docker daemon takes one there without TLS. */
  readonly address: string;
  /** How a Dockerfile names an image that was pushed. */
  reference(name: string): string;
  /** Gives it the images of build/images, every platform of them. */
  push(names: readonly string[]): Promise<void>;
  /** Ends it; its images are gone. */
  close(): Promise<void>;
}

/** In a tmpfs of the registry's own: gone with it, also after kill -9. */
const PLACE = '/run';
const CONFIG = join(PLACE, 'registry.yml');
const START_TIMEOUT_MS = 30_000;

/** Port 0: the kernel chooses a free one, and the registry says which (docker-registry's configuration.md). */
const SETTINGS = {
  version: '0.1',
  log: { level: 'info', accesslog: { disabled: true } },
  storage: { filesystem: { rootdirectory: join(PLACE, 'registry') }, delete: { enabled: true } },
  http: { addr: '127.0.0.1:0' },
};

/**
 * Starts Debian's docker-registry.
 * @param images - where images are, as scripts/build-images leaves them
 * @throws Error when it does not start
 */
export async function startRegistry(images = 'build/images'): Promise<Registry> {
  const program = await requireTool('docker-registry');
  const skopeo = await requireTool('skopeo');
  const exec = createExec();
  const { agent } = await openAgent({ isolation: 'auto' });
  try {
    const port = await serve(agent.client, program);
    const address = `127.0.0.1:${port}`;
    const reference = (name: string): string => `${address}/${name}:latest`;
    const push = async (name: string): Promise<void> => {
      const source = join(images, name);
      if (!existsSync(source))
        throw new Error(`${source} is missing: run scripts/build-images ${name}`);
      const options = [
        '--quiet',
        '--all',
        '--preserve-digests',
        '--dest-tls-verify=false',
        '--dest-no-creds',
      ];
      const words = ['--insecure-policy', 'copy', ...options];
      const { exitCode, stderr } = await exec(skopeo, [
        ...words,
        `oci:${source}:latest`,
        `docker://${reference(name)}`,
      ]);
      if (exitCode !== 0) throw new Error(`${name} could not be pushed: ${stderr.trim()}`);
    };
    return {
      address,
      reference,
      push: async (names) => {
        for (const name of names) await push(name);
      },
      close: () => agent.close(),
    };
  } catch (error) {
    await agent.close();
    throw error;
  }
}

type Client = Awaited<ReturnType<typeof openAgent>>['agent']['client'];

/** Starts the program. @returns its port, once it listens */
async function serve(client: Client, program: string): Promise<string> {
  await client.mount([
    { kind: 'tmpfs', target: PLACE, options: 'mode=0755' },
    { kind: 'write', path: CONFIG, content: JSON.stringify(SETTINGS) },
  ]);
  const listening = Promise.withResolvers<string>();
  let said = '';
  const running = client.spawn(
    { argv: [program, 'serve', CONFIG], env: {}, stdin: 'null' },
    {
      onOutput: (_stream, data) => {
        said = (said + data.toString()).slice(-16_384);
        const port = /listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
        if (port !== undefined) listening.resolve(port);
      },
    },
  );
  running.outcome.then(
    () => listening.reject(new Error(`the registry ended: ${said.slice(-1500)}`)),
    // It was closed.
    () => undefined,
  );
  const timer = setTimeout(
    () => listening.reject(new Error(`the registry did not start: ${said.slice(-1500)}`)),
    START_TIMEOUT_MS,
  );
  return listening.promise.finally(() => clearTimeout(timer));
}
