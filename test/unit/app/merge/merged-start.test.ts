import { describe, expect, it } from 'vitest';
import { rebasePath, startMerged } from '../../../../src/app/merge/merged-start.ts';
import { joinRecords } from '../../../../src/record/index.ts';
import { AMD64, ARM64, EMULATED, survey, VM } from '../../record/merge/surveys.ts';

const ABOUT = { runId: 'merged', archparity: '0.1.0' };
const PLAN = { fingerprint: 'p', caseCount: 2 };
const words = (...more: string[]): string[] => [
  'test',
  's.yaml',
  '--binary',
  'linux/amd64=a',
  ...more,
];

describe('startMerged', () => {
  it('is what one machine with all of the lanes would have been told', () => {
    const shard = (index: number) =>
      survey(`${index}.ndjson`, {
        cases: { [`case ${index}`]: index - 1 },
        start: {
          plan: PLAN,
          shard: { index, count: 2 },
          at: `2026-11-24T03:00:0${index}.000Z`,
          cwd: `/home/${index}`,
          host: { kernel: `6.${index}`, arch: 'x64' },
          suites: [{ name: 's', file: `/home/${index}/s.yaml` }],
          argv: words('--shard', `${index}/2`, '--record=r.ndjson', '-j', '2', '--strict'),
        },
      });
    const vm = survey('vm.ndjson', {
      lanes: [VM],
      cases: { 'case 1': 0, 'case 2': 1 },
      start: { plan: PLAN, cwd: '/home/3', argv: words('--lane', 'vm'), strict: true },
    });
    const start = startMerged(joinRecords([vm, shard(2), shard(1)]), ABOUT);
    expect(start).toMatchObject({
      argv: words('--strict', '--lane', 'native', '--lane', 'emulated', '--lane', 'vm'),
      cwd: '/home/1',
      at: '2026-11-24T03:00:00.000Z',
      caseCount: 2,
      strict: true,
      plan: PLAN,
    });
    expect(start.suites).toContainEqual({ name: 's', file: '/home/1/s.yaml' });
    expect(start.host).toMatchObject({ kernel: '6.1 | 6.18.5 | 6.2', arch: 'x64' });
    expect(start.merged?.map(({ runId, lanes }) => [runId, lanes])).toEqual([
      ['1.ndjson', ['native', 'emulated']],
      ['2.ndjson', ['native', 'emulated']],
      ['vm.ndjson', ['vm']],
    ]);
  });

  it('names a lane as the runs were told it, whatever it is called now', () => {
    const on = (lane: typeof AMD64) =>
      survey(`${lane.platform}.ndjson`, {
        lanes: [lane],
        cases: { a: 0 },
        start: { plan: PLAN, argv: words('--lane', 'native') },
      });
    expect(startMerged(joinRecords([on(ARM64), on(AMD64)]), ABOUT).argv).toEqual(
      words('--lane', 'native'),
    );
  });

  it('names no lanes that nobody named, and has no plan when something is missing', () => {
    const record = survey('1.ndjson', {
      lanes: [AMD64, EMULATED],
      cases: { a: 0 },
      start: { plan: PLAN, shard: { index: 1, count: 2 }, argv: words('--shard=1/2') },
    });
    const start = startMerged(joinRecords([record]), ABOUT);
    expect(start.argv).toEqual(words());
    expect(start.plan).toBeUndefined();
  });
});

describe('rebasePath', () => {
  it.each([
    ['/a/s.yaml', '/b/s.yaml'],
    ['/a/deep/s.yaml', '/b/deep/s.yaml'],
    ['/other/s.yaml', '/other/s.yaml'],
    ['/ab/s.yaml', '/ab/s.yaml'],
    ['<image x>', '<image x>'],
  ])('moves %s to %s', (file, moved) => {
    expect(rebasePath(file, '/a', '/b')).toBe(moved);
  });
});
