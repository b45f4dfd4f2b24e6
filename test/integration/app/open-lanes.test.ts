// Lanes of this machine, of which nothing may stay when what comes with them goes wrong.
import { expect, it, vi } from 'vitest';
import type { LaneSpec } from '../../../src/core/index.ts';
import { endOnCancel } from '../../../src/app/end-on-cancel.ts';
import { closeLanes, openLanes } from '../../../src/app/open-lanes.ts';
import { runTests } from '../../../src/app/test-run.ts';
import { parseLaneSpec } from '../../../src/lanes/index.ts';
import { cacheDirectory, findAgents } from '../lanes/lanes.ts';

const NATIVE = parseLaneSpec('native');

function open(...specs: LaneSpec[]): ReturnType<typeof openLanes> {
  const cacheDir = cacheDirectory();
  return openLanes(specs, { platform: 'linux/arm64', cacheDir, measure: false });
}

it('closes what was opened when another lane fails as nobody expects', async () => {
  const impossible: LaneSpec = { id: 'pool', kind: 'ssh', settings: {}, pool: [] };
  await expect(open(NATIVE, impossible)).rejects.toThrow('a pool without hosts');
  expect(findAgents()).toEqual([]);
});

it('closes lanes to end what is prepared in them', async () => {
  const { lanes } = await open(NATIVE);
  const controller = new AbortController();
  let ended = false;
  const prepared = endOnCancel(lanes, controller.signal, async () => {
    controller.abort();
    await vi.waitUntil(() => findAgents().length === 0, { timeout: 10_000 });
    ended = true;
  });
  expect(await prepared).toBeUndefined();
  expect(ended).toBe(true);
  await closeLanes(lanes);
});

it('prepares nothing that was cancelled before, and keeps what fails by itself a failure', async () => {
  const { signal } = new AbortController();
  expect(await endOnCancel([], signal, () => Promise.resolve(1))).toBe(1);
  const fail = (): Promise<number> => Promise.reject(new Error('no room'));
  await expect(endOnCancel([], signal, fail)).rejects.toThrow('no room');
  expect(await endOnCancel([], AbortSignal.abort(), fail)).toBeUndefined();
});

it('was interrupted, when that is why a required lane is missing', async () => {
  const missing = parseLaneSpec('emulated,qemu=/nonexistent');
  const run = (cancelSignal: AbortSignal): ReturnType<typeof runTests> =>
    runTests({
      ...{ argv: [], cwd: '/', suites: [], lanes: [NATIVE, missing], requiredLanes: [missing.id] },
      ...{ referees: { specs: [], required: false }, platform: 'linux/arm64', filters: [] },
      ...{ shard: undefined, jobs: 1, retries: 0, failFast: false, strict: false },
      cacheDir: cacheDirectory(),
      openOutputs: () => Promise.reject(new Error('nothing is reported')),
      cancelSignal,
      now: () => new Date(),
    });
  await expect(run(new AbortController().signal)).rejects.toThrow('/nonexistent');
  expect(await run(AbortSignal.abort())).toMatchObject({ exitCode: 130, interrupted: true });
  expect(findAgents()).toEqual([]);
});
