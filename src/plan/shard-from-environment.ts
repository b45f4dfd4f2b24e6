import { type ArchParityError, usageError } from '../core/index.ts';
import { isShard, type Shard } from './shard.ts';

/** The environment of a process. */
export type Environment = Readonly<Partial<Record<string, string>>>;

/** How an engine tells a job which of how many it is. */
interface Engine {
  readonly name: string;
  /** The variable that is there when a job of it is one of several. */
  readonly index: string;
  /** The number of the first job. */
  readonly first: 0 | 1;
  readonly total: string;
  /** What to do when `total` is missing. */
  readonly advice?: string;
}

/** What a user sets, where an engine says nothing or not what is wanted. It goes before all engines. */
const OWN: Engine = {
  name: 'archparity',
  index: 'ARCHPARITY_SHARD_INDEX',
  first: 1,
  total: 'ARCHPARITY_SHARD_TOTAL',
};

/** Sources: the pages on environment variables in each engine's documentation. */
const ENGINES: readonly Engine[] = [
  { name: 'GitLab', index: 'CI_NODE_INDEX', first: 1, total: 'CI_NODE_TOTAL' },
  { name: 'CircleCI', index: 'CIRCLE_NODE_INDEX', first: 0, total: 'CIRCLE_NODE_TOTAL' },
  {
    name: 'Buildkite',
    index: 'BUILDKITE_PARALLEL_JOB',
    first: 0,
    total: 'BUILDKITE_PARALLEL_JOB_COUNT',
  },
  {
    name: 'Kubernetes',
    index: 'JOB_COMPLETION_INDEX',
    first: 0,
    total: OWN.total,
    // An Indexed Job tells a pod its index, and not how many there are.
    advice: `Set ${OWN.total} in the pod template to the Job's completions.`,
  },
];

const SLURM_ID = 'SLURM_ARRAY_TASK_ID';

/** Which part of a run this job is, and who says so. */
export interface EngineShard {
  readonly engine: string;
  readonly shard: Shard;
}

/**
 * Reads `--shard auto`: the part that the engine gives this job.
 * @throws ArchParityError `SHARD_NOT_GIVEN` when no engine does, `SHARD_AMBIGUOUS` when two do differently,
 *   `SHARD_INVALID` for numbers that name no part (exit 2)
 */
export function readShardFromEnvironment(environment: Environment): EngineShard {
  if (environment[OWN.index] !== undefined) return readEngine(OWN, environment);
  const given = [
    ...ENGINES.filter(({ index }) => environment[index] !== undefined).map((engine) =>
      readEngine(engine, environment),
    ),
    ...(environment[SLURM_ID] === undefined ? [] : [readSlurm(environment)]),
  ];
  const [first, ...others] = given;
  if (first === undefined) throw notGiven();
  const other = others.find(
    ({ shard }) => shard.index !== first.shard.index || shard.count !== first.shard.count,
  );
  if (other === undefined) return first;
  throw usageError(
    'SHARD_AMBIGUOUS',
    `${first.engine} says shard ${formatShard(first.shard)}, ${other.engine} says ${formatShard(other.shard)}.`,
    `Say which with --shard i/n, or set ${OWN.index} and ${OWN.total}.`,
  );
}

function readEngine(engine: Engine, environment: Environment): EngineShard {
  const index = environment[engine.index] ?? '';
  const total = environment[engine.total];
  if (total === undefined) {
    throw usageError(
      'SHARD_NOT_GIVEN',
      `${engine.index} is set, but not ${engine.total}: one of how many is not known.`,
      engine.advice ?? `Set ${engine.total}, or write --shard i/n.`,
    );
  }
  const shard = { index: wholeNumber(index) + 1 - engine.first, count: wholeNumber(total) };
  if (isShard(shard)) return { engine: engine.name, shard };
  throw impossible([
    [engine.index, index],
    [engine.total, total],
  ]);
}

/** Ids of an array may begin anywhere and have a step (`--array=10-30:10`). Source: sbatch(1). */
function readSlurm(environment: Environment): EngineShard {
  const read = (name: string, otherwise: string): readonly [string, string] => [
    name,
    environment[name] ?? otherwise,
  ];
  const variables = [
    read(SLURM_ID, ''),
    read('SLURM_ARRAY_TASK_COUNT', ''),
    read('SLURM_ARRAY_TASK_MIN', '0'),
    read('SLURM_ARRAY_TASK_STEP', '1'),
  ];
  const [id = Number.NaN, count = Number.NaN, least = 0, step = 1] = variables.map(([, text]) =>
    wholeNumber(text),
  );
  const shard = { index: (id - least) / step + 1, count };
  if (isShard(shard)) return { engine: 'Slurm', shard };
  throw impossible(variables);
}

function wholeNumber(text: string): number {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
}

function formatShard({ index, count }: Shard): string {
  return `${index}/${count}`;
}

function impossible(variables: readonly (readonly [string, string])[]): ArchParityError {
  const said = variables.map(([name, text]) => `${name}=${JSON.stringify(text)}`).join(' ');
  return usageError(
    'SHARD_INVALID',
    `These name no shard: ${said}.`,
    'Number the jobs without gaps, or write --shard i/n.',
  );
}

function notGiven(): ArchParityError {
  const names = [...ENGINES.map(({ index }) => index), SLURM_ID].join(', ');
  return usageError(
    'SHARD_NOT_GIVEN',
    `Nothing says which shard this is: none of ${names} is set.`,
    `Set ${OWN.index} (from 1) and ${OWN.total}, or write --shard i/n.`,
  );
}
