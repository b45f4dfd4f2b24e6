// Debian's docker-registry on loopback, with its files below a directory of the test run.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Registry {
  /** `localhost:PORT`. */
  readonly host: string;
  /** Copies an image with all its platforms. */
  push(reference: string, name: string): void;
  stop(): Promise<void>;
}

async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}

/** Starts a registry without TLS. */
export async function startRegistry(parent: string): Promise<Registry> {
  const directory = mkdtempSync(join(parent, 'registry-'));
  const host = `localhost:${String(await findPort())}`;
  const config = join(directory, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${join(directory, 'data')}}}\nhttp: {addr: '${host}'}\n`,
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (let round = 0; ; round += 1) {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.ok === true) break;
    if (round > 100 || child.exitCode !== null) throw new Error('docker-registry did not start');
    await sleep(50);
  }
  return {
    host,
    push: (reference, name) => {
      const target = `docker://${host}/${name}`;
      const flags = ['--insecure-policy', 'copy', '--quiet', '--all', '--dest-tls-verify=false'];
      execFileSync('skopeo', [...flags, reference, target]);
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
