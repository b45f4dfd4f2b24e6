// A lane of this machine as a referee, of which an earlier run had answers.
import { expect, it } from 'vitest';
import { prepareReferees } from '../../../src/app/open-referees.ts';
import type { LaneInfo, RunEvent } from '../../../src/core/index.ts';
import { parseLaneSpec } from '../../../src/lanes/index.ts';
import { survey } from '../../unit/record/merge/surveys.ts';
import { cacheDirectory, findAgents } from '../lanes/lanes.ts';

const OPTIONS = { platform: 'linux/arm64', cacheDir: cacheDirectory(), measure: false } as const;

/** What the listener is told when the lane `native` is opened as a referee. */
async function open(before?: LaneInfo): Promise<{ info?: LaneInfo; told: readonly RunEvent[] }> {
  const told: RunEvent[] = [];
  const record = survey('r.ndjson', before === undefined ? {} : { referees: [before], lanes: [] });
  const referees = prepareReferees([parseLaneSpec('native')], OPTIONS, {
    listener: (event) => void told.push(event),
    carried: before === undefined ? undefined : { record, ids: new Set([before.id]) },
    now: () => new Date(),
  });
  const [lane] = await referees.open();
  await referees.close();
  return { ...(lane === undefined ? {} : { info: lane.info }), told };
}

it('is told once, and what is not the same as before', async () => {
  const { info, told } = await open();
  expect(told).toMatchObject([{ type: 'lane-opened', role: 'referee', lane: { id: 'native' } }]);
  if (info === undefined) throw new Error('no lane was opened');
  expect((await open(info)).told).toEqual([]);
  const other = { ...info, fingerprint: { ...info.fingerprint, kernel: '1.0' } };
  expect((await open(other)).told).toMatchObject([
    {
      type: 'warning',
      message: expect.stringContaining('native is not what it was in r.ndjson: kernel') as string,
    },
  ]);
});

it('is closed when nobody can be told of it, and not opened any more', async () => {
  const referees = prepareReferees([parseLaneSpec('native')], OPTIONS, {
    listener: () => Promise.reject(new Error('no space left')),
    carried: undefined,
    now: () => new Date(),
  });
  await expect(referees.open()).rejects.toThrow('no space left');
  expect(findAgents()).toEqual([]);
  await referees.close();
  expect(await referees.open()).toEqual([]);
});
