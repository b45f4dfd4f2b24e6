import { readFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { compareDockerfiles, findCompilations, type StrategyContext } from '../../build/index.ts';
import { median } from '../../judge/index.ts';
import { readVersion } from '../version.ts';
import type {
  BuildReport,
  BuildTimes,
  StrategyComparison,
  StrategyReport,
  SuiteResult,
} from './build-report.ts';
import type { BuildRequest } from './build-request.ts';
import type { MeasuredStrategy } from './measure-strategies.ts';
import type { BuildFiles } from './open-strategies.ts';
import type { ProducedImages } from './prove-strategies.ts';
import { pushChosen } from './push-chosen.ts';
import { ratioOf } from './ratio-of.ts';
import { recommend, type Candidate } from './recommend.ts';
import { tabulateSteps } from './step-table.ts';

/** What a report is about. */
export interface Reporting {
  readonly request: BuildRequest;
  readonly files: BuildFiles;
  readonly context: StrategyContext;
}

/** What was measured and produced. */
export interface Proven {
  readonly measured: readonly MeasuredStrategy[];
  readonly produced: readonly ProducedImages[];
  readonly comparisons: readonly StrategyComparison[];
  readonly suites: readonly SuiteResult[];
  readonly layout: string;
}

/** Puts all that is known together, and pushes the index that is recommended. */
export async function makeReport(
  proven: Proven,
  { request, files, context }: Reporting,
): Promise<BuildReport> {
  const { measured, produced, comparisons, suites, layout } = proven;
  const plain = await readFile(files.dockerfile, 'utf8');
  const strategies = await Promise.all(measured.map((one) => describeStrategy(one, proven, plain)));
  const recommendation = recommend(candidates(strategies, proven), findCompilations(plain));
  const chosen = produced.find(({ id }) => id === recommendation.strategy);
  const { output, platforms, runs } = request;
  const pushed = await pushChosen(chosen, { layout, request, directory: context.directory });
  const reference =
    measured.find(({ id, cold }) => cold.length > 0 && id !== 'cross')?.id ?? 'native';
  return {
    version: 1,
    archparity: readVersion(),
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      processors: String(cpus().length),
      kernel: release(),
    },
    context: files.context,
    platforms,
    runs,
    strategies,
    steps: tabulateSteps(
      reference,
      measured.map(({ id, cold }) => ({ id, runs: cold.map(({ steps }) => steps) })),
    ),
    comparisons,
    suites,
    recommendation,
    ...(output === undefined
      ? {}
      : {
          written: {
            layout: output,
            tags: produced.flatMap(({ id, index }) => (index === undefined ? [] : [id])),
          },
        }),
    ...pushed,
  };
}

function timesOf(runs: MeasuredStrategy['cold'], pulls: readonly number[]): BuildTimes {
  const wallMs = runs.map((run, index) => run.wallMs - (pulls[index] ?? 0));
  const cpuMs = runs.flatMap((run) => run.cpuMs ?? []);
  return {
    wallMs,
    cpuMs,
    pullMs: pulls,
    ...(wallMs.length === 0 ? {} : { medianWallMs: median(wallMs) }),
    ...(cpuMs.length === 0 ? {} : { medianCpuMs: median(cpuMs) }),
  };
}

async function describeStrategy(
  one: MeasuredStrategy,
  { measured, produced }: Proven,
  plain: string,
): Promise<StrategyReport> {
  const { id, strategy, cold, warm, pulls, failure } = one;
  const images = produced.find((entry) => entry.id === id);
  const walls = (other: MeasuredStrategy | undefined): readonly number[] =>
    other === undefined ? [] : timesOf(other.cold, other.pulls).wallMs;
  const native = walls(measured.find((other) => other.id === 'native'));
  const [fastest] = measured
    .filter((other) => other.id !== 'native' && other.failure === undefined)
    .map((other) => ({ id: other.id, times: walls(other) }))
    .toSorted((a, b) => median(a.times) - median(b.times));
  const own = walls(one);
  const dockerfile = strategy?.dockerfile;
  const isRatio = own.length > 0 && failure === undefined;
  return {
    id,
    state: failure === undefined ? 'built' : failure.unsupported ? 'unsupported' : 'failed',
    ...(failure === undefined
      ? {}
      : {
          failure: {
            code: failure.code,
            message: failure.message,
            ...(failure.advice === undefined ? {} : { advice: failure.advice }),
          },
        }),
    facts: strategy?.facts ?? {},
    needs: strategy?.needs ?? [],
    ...(dockerfile === undefined
      ? {}
      : { dockerfile: compareDockerfiles(plain, await readFile(dockerfile, 'utf8')) }),
    cold: timesOf(cold, pulls),
    warm: timesOf(warm, []),
    ...(isRatio && native.length > 0 ? { toNative: ratioOf(own, native) } : {}),
    ...(isRatio && id !== 'native' && fastest !== undefined
      ? { toFastest: id === fastest.id ? { value: 1 } : ratioOf(own, fastest.times) }
      : {}),
    distinctImages: new Set(cold.map(({ imageId }) => imageId)).size,
    audits: images?.audits ?? [],
    ...(images?.index === undefined
      ? {}
      : { index: { digest: images.index.digest, bytes: images.index.bytes } }),
  };
}

function candidates(
  strategies: readonly StrategyReport[],
  { comparisons, suites }: Proven,
): Candidate[] {
  return strategies.flatMap((report): Candidate[] => {
    const { id, state, cold, toFastest, dockerfile, audits } = report;
    if (id === 'native' || state !== 'built' || toFastest === undefined) return [];
    const changed = (dockerfile?.added.length ?? 0) + (dockerfile?.removed.length ?? 0);
    const differs = comparisons.some(({ between, total }) => between[1] === id && total > 0);
    const fails = suites.some((suite) => suite.strategy === id && suite.exitCode === 1);
    const broken = audits.some(({ problems }) => problems.length > 0);
    return [
      {
        id,
        coldMs: median(cold.wallMs),
        toFastest,
        changedLines: changed,
        sound: !differs && !fails && !broken,
      },
    ];
  });
}
