import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listFeatures } from '../../../src/app/bisect/list-features.ts';
import { removeTree } from '../../../src/store/index.ts';

/** A QEMU that does this when it is asked. */
async function makeQemu(script: string): Promise<{ path: string; version: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'parity-features-'));
  onTestFinished(async () => removeTree(directory));
  const path = join(directory, 'qemu');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { path, version: '10.0.2 (Debian 1:10.0.2)' };
}

const { signal: never } = new AbortController();

it('reads what stands below the models, though QEMU ends with 1', async () => {
  const qemu = await makeQemu(
    'printf "x86 qemu64\\n\\nRecognized CPUID flags:\\n  avx sse\\n  sse4.1\\n"; exit 1',
  );
  const commands: string[] = [];
  const logger = (command: string): void => void commands.push(command);
  expect(await listFeatures(qemu, { cancelSignal: never, logger })).toEqual([
    'avx',
    'sse',
    'sse4.1',
  ]);
  expect(commands).toEqual([`${qemu.path} -cpu help`]);
  const silent = await makeQemu('echo "  cortex-a53"; exit 1');
  expect(await listFeatures(silent, { cancelSignal: never })).toEqual([]);
});

it('says when QEMU does not come to its end', async () => {
  const qemu = await makeQemu('kill -KILL $$');
  await expect(listFeatures(qemu, { cancelSignal: never })).rejects.toMatchObject({
    code: 'FEATURES_UNKNOWN',
    message: 'QEMU 10.0.2 does not say which features its CPUs have: SIGKILL.',
  });
});

it('is ended by Ctrl-C', async () => {
  const qemu = await makeQemu('echo $$ >"$0.started"; exec sleep 1000');
  const controller = new AbortController();
  const listing = listFeatures(qemu, { cancelSignal: controller.signal });
  await expect
    .poll(() => readFile(`${qemu.path}.started`, 'utf8').catch(() => ''), { timeout: 10_000 })
    .not.toBe('');
  controller.abort();
  await expect(listing).rejects.toMatchObject({ name: 'AbortError' });
});
