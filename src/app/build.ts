import { join } from 'node:path';
import { requireManifestTool, type Strategy, type StrategyContext } from '../build/index.ts';
import { ExitCode, type Platform } from '../core/index.ts';
import { createWorkDirectory, ensureCacheRoot, makeDirectory } from '../store/index.ts';
import { hasImageProblem, type BuildReport } from './build/build-report.ts';
import type { BuildRequest } from './build/build-request.ts';
import {
  describeFailure,
  measuredPlatform,
  measureStrategies,
  type MeasuredStrategy,
} from './build/measure-strategies.ts';
import {
  findBuildFiles,
  foreignPlatforms,
  wantStrategies,
  type BuildFiles,
  type WantedStrategy,
} from './build/open-strategies.ts';
import { collectImages, compareProduced } from './build/prove-strategies.ts';
import { runSuites } from './build/run-suites.ts';
import { makeReport, type Reporting } from './build/make-report.ts';

export {
  INDEX_FORMATS,
  PUSH_TOOLS,
  STRATEGIES,
  type BuildRequest,
  type StrategyName,
} from './build/build-request.ts';
export type { BuildReport, StrategyComparison, StrategyReport } from './build/build-report.ts';

/**
 * Builds a context in several ways, measures them, and proves that their images are the same. Nothing of the
 * builders is left when this returns.
 * @throws ArchParityError for bad usage; the reason of `cancelSignal`
 */
export async function buildStrategies(request: BuildRequest): Promise<BuildReport> {
  const files = findBuildFiles(request);
  const foreign = foreignPlatforms(request.platforms);
  // Before anything is built, which may take long.
  if (request.push !== undefined && request.pushTool === 'docker')
    await requireManifestTool(request.indexFormat);
  const cacheDir = ensureCacheRoot();
  const work = await createWorkDirectory(cacheDir, 'build-work');
  const opened: Strategy[] = [];
  try {
    const context = strategyContext(request, { files, foreign, cacheDir, directory: work.path });
    const wanted = await wantStrategies(request, files, context);
    const measured = await openAll(wanted, opened, { request, foreign });
    await measureStrategies(measured, request);
    return await proveAndReport(measured, { request, files, context });
  } finally {
    await closeAll(opened);
    await work.remove();
  }
}

function strategyContext(
  request: BuildRequest,
  found: {
    readonly files: BuildFiles;
    readonly foreign: readonly Platform[];
    readonly cacheDir: string;
    readonly directory: string;
  },
): StrategyContext {
  const { target, storeBytes, qemu, cpu, network, logger, buildArgs, cancelSignal } = request;
  return {
    context: found.files.context,
    buildArgs,
    directory: found.directory,
    cacheDir: found.cacheDir,
    foreign: found.foreign,
    cancelSignal,
    ...(target === undefined ? {} : { target }),
    ...(storeBytes === undefined ? {} : { storeBytes }),
    ...(qemu === undefined ? {} : { qemu }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(network === undefined ? {} : { network }),
    ...(logger === undefined ? {} : { logger }),
  };
}

async function openAll(
  wanted: readonly WantedStrategy[],
  opened: Strategy[],
  { request, foreign }: { readonly request: BuildRequest; readonly foreign: readonly Platform[] },
): Promise<MeasuredStrategy[]> {
  const [platform] = foreign;
  if (platform === undefined) throw new TypeError('nothing foreign is to be built');
  const measured: MeasuredStrategy[] = [];
  for (const { id, open } of wanted) {
    const empty = { id, platform: measuredPlatform(id, platform), cold: [], warm: [], pulls: [] };
    try {
      request.cancelSignal.throwIfAborted();
      const strategy = await open();
      opened.push(strategy);
      measured.push({ ...empty, strategy });
    } catch (error) {
      request.cancelSignal.throwIfAborted();
      const failure = describeFailure(error);
      request.say(`${id}: ${failure.message}`);
      measured.push({ ...empty, failure });
    }
  }
  return measured;
}

async function closeAll(opened: readonly Strategy[]): Promise<void> {
  const ends = await Promise.allSettled(opened.map((strategy) => strategy.close()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function proveAndReport(
  measured: readonly MeasuredStrategy[],
  reporting: Reporting,
): Promise<BuildReport> {
  const { request, context } = reporting;
  const { platforms, output, cancelSignal } = request;
  const layout = output ?? join(context.directory, 'images');
  makeDirectory(layout);
  const produced = await collectImages(measured, {
    platforms,
    directory: context.directory,
    layout,
    cancelSignal,
  });
  const comparisons = await compareProduced(produced, platforms);
  const suites = await runSuites(request, {
    layout,
    strategies: produced.flatMap(({ id, index }) => (index === undefined ? [] : [id])),
  });
  return makeReport({ measured, produced, comparisons, suites, layout }, reporting);
}

/** 0; 1 when images are wrong or differ, or a build failed; 3 when a strategy could not be had; 4 when none could. */
export function buildExitCode(report: BuildReport): ExitCode {
  const foreign = report.strategies.filter(({ id }) => id !== 'native');
  if (hasImageProblem(report)) return ExitCode.caseFailed;
  if (
    report.strategies.some(
      ({ failure }) => failure?.code === 'BUILD_STEP_FAILED' || failure?.code === 'BUILD_FAILED',
    )
  )
    return ExitCode.caseFailed;
  if (foreign.every(({ state }) => state === 'unsupported')) return ExitCode.nothingRan;
  if (report.pushFailure !== undefined) return ExitCode.environment;
  // Without the native build there is nothing to measure by, which spoils nothing else.
  return report.strategies.some(
    ({ id, state }) => state === 'failed' || (id !== 'native' && state !== 'built'),
  )
    ? ExitCode.environment
    : ExitCode.ok;
}
