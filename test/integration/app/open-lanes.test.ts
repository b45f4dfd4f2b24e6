// Lanes of this machine, of which nothing may stay when what comes with them goes wrong.
import { expect, it } from 'vitest';
import type { LaneSpec } from '../../../src/core/index.ts';
import { openLanes } from '../../../src/app/open-lanes.ts';
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
