import { describe, expect, it } from 'vitest';
import { readShardFromEnvironment, type Environment } from '../../../src/plan/index.ts';

describe('readShardFromEnvironment', () => {
  it.each<readonly [string, Environment, string]>([
    ['GitLab', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' }, '2/3'],
    ['CircleCI', { CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '4' }, '1/4'],
    ['Buildkite', { BUILDKITE_PARALLEL_JOB: '2', BUILDKITE_PARALLEL_JOB_COUNT: '3' }, '3/3'],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '0', ARCHPARITY_SHARD_TOTAL: '2' }, '1/2'],
    [
      'Slurm',
      {
        SLURM_ARRAY_TASK_ID: '30',
        SLURM_ARRAY_TASK_COUNT: '3',
        SLURM_ARRAY_TASK_MIN: '10',
        SLURM_ARRAY_TASK_STEP: '10',
      },
      '3/3',
    ],
    ['Slurm', { SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_TASK_COUNT: '2' }, '2/2'],
    [
      'archparity',
      { ARCHPARITY_SHARD_INDEX: '1', ARCHPARITY_SHARD_TOTAL: '2', CI_NODE_INDEX: 'anything' },
      '1/2',
    ],
  ])('reads what %s says', (engine, environment, expected) => {
    const found = readShardFromEnvironment(environment);
    expect(found.engine).toBe(engine);
    expect(`${found.shard.index}/${found.shard.count}`).toBe(expected);
  });

  it('takes two engines that agree for one', () => {
    const both = { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3', JOB_COMPLETION_INDEX: '1' };
    const { shard } = readShardFromEnvironment({ ...both, ARCHPARITY_SHARD_TOTAL: '3' });
    expect(shard).toEqual({ index: 2, count: 3 });
  });

  it.each<readonly [string, Environment, string, RegExp]>([
    ['nothing says it', { CI_NODE_TOTAL: '1' }, 'SHARD_NOT_GIVEN', /none of CI_NODE_INDEX/],
    [
      'one of how many is not known',
      { JOB_COMPLETION_INDEX: '0' },
      'SHARD_NOT_GIVEN',
      /ARCHPARITY_SHARD_TOTAL/,
    ],
    [
      'two engines differ',
      { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3', CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '3' },
      'SHARD_AMBIGUOUS',
      /GitLab says shard 2\/3, CircleCI says 1\/3/,
    ],
    [
      'the number is beyond the last',
      { CIRCLE_NODE_INDEX: '3', CIRCLE_NODE_TOTAL: '3' },
      'SHARD_INVALID',
      /CIRCLE_NODE_INDEX="3" CIRCLE_NODE_TOTAL="3"/,
    ],
    ['it is no number', { CI_NODE_INDEX: 'x', CI_NODE_TOTAL: '3' }, 'SHARD_INVALID', /"x"/],
    [
      'ids of an array have gaps',
      { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '1' },
      'SHARD_INVALID',
      /SLURM_ARRAY_TASK_ID="5"/,
    ],
    [
      'ids do not stand on steps',
      {
        SLURM_ARRAY_TASK_ID: '2',
        SLURM_ARRAY_TASK_COUNT: '3',
        SLURM_ARRAY_TASK_MIN: '1',
        SLURM_ARRAY_TASK_STEP: '2',
      },
      'SHARD_INVALID',
      /STEP="2"/,
    ],
  ])('refuses when %s', (_when, environment, code, message) => {
    const read = () => readShardFromEnvironment(environment);
    expect(read).toThrow(expect.objectContaining({ code, exitCode: 2 }));
    expect(read).toThrow(message);
  });
});
