import { expect, it } from 'vitest';
import { requireLanes } from '../../../../src/app/merge/require-lanes.ts';
import { joinRecords } from '../../../../src/record/index.ts';
import { AMD64, survey, VM } from '../../record/merge/surveys.ts';

const run = joinRecords([
  {
    ...survey('1.ndjson', {
      lanes: [{ ...AMD64, id: 'runner' }],
      referees: [VM],
      cases: { 's/a': 0 },
    }),
    failedLanes: [
      {
        laneId: 'emulated',
        lane: { ...VM, id: 'emulated', kind: 'emulated' },
        failure: { code: 'QEMU_NOT_FOUND', message: 'there is no QEMU' },
        isReferee: false,
      },
    ],
  },
]);

it.each(['runner', 'runner=native', 'runner@amd64', 'native', 'native@amd64'])(
  'knows a lane as %s',
  (lane) => {
    expect(requireLanes(run, [lane]).gaps).toEqual([]);
  },
);

it.each(['runner@arm64', 'native@arm64', 'other', 'run', ''])('misses %j', (lane) => {
  expect(requireLanes(run, [lane, lane]).gaps).toMatchObject([
    { message: `the lane ${lane} is missing` },
  ]);
});

it('misses one that could be opened nowhere, and one that was only asked about others', () => {
  expect(requireLanes(run, ['emulated', 'vm']).gaps).toHaveLength(2);
});
