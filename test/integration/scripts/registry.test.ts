// The registry that serves bases to Dockerfiles.
import { execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRegistry } from '../../../scripts/registry/start-registry.ts';

/** Of an index of build/images. */
interface Index {
  readonly manifests: readonly { readonly platform: { readonly architecture: string } }[];
}

async function fetchIndex(address: string, name: string): Promise<Index> {
  const response = await fetch(`http://${address}/v2/${name}/manifests/latest`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Index;
}

async function isServing(address: string): Promise<boolean> {
  return fetch(`http://${address}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Waits for the end of a registry that nobody closed. */
async function waitUntilGone(address: string): Promise<void> {
  for (let tries = 0; tries < 100 && (await isServing(address)); tries += 1) await sleep(50);
  expect(await isServing(address)).toBe(false);
}

describe('startRegistry', () => {
  it('serves images with all their platforms, and is gone when it is closed', async () => {
    const registry = await startRegistry();
    onTestFinished(() => registry.close());
    await registry.push(['run-base', 'divergence']);
    const { manifests } = await fetchIndex(registry.address, 'run-base');
    expect(manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    expect(registry.reference('run-base')).toBe(`${registry.address}/run-base:latest`);
    await expect(registry.push(['unheard-of'])).rejects.toThrow(/scripts\/build-images unheard-of/);
    await registry.close();
    await waitUntilGone(registry.address);
  });

  it('lives beside another', async () => {
    const registries = await Promise.all([startRegistry(), startRegistry()]);
    onTestFinished(async () => {
      for (const registry of registries) await registry.close();
    });
    const [first, second] = registries;
    expect(first.address).not.toBe(second.address);
  });

  it('leaves nothing when its owner is killed', async () => {
    const mounts = execFileSync('cat', ['/proc/self/mounts']).toString();
    const script = `import { startRegistry } from './scripts/registry/start-registry.ts';
      console.log((await startRegistry()).address);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    const address = await new Promise<string>((resolve) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    });
    expect(await isServing(address)).toBe(true);
    child.kill('SIGKILL');
    await waitUntilGone(address);
    expect(execFileSync('cat', ['/proc/self/mounts']).toString()).toBe(mounts);
  });
});
