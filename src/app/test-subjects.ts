import { writeFile } from 'node:fs/promises';
import {
  ArchParityError,
  errorMessage,
  ExitCode,
  hostPlatform,
  type LaneSpec,
  type Platform,
  type RunListener,
  type Suite,
} from '../core/index.ts';
import { parseLaneSpecs } from '../lanes/index.ts';
import type { Filter, Shard } from '../plan/index.ts';
import type { ReporterOptions } from '../report/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { serializeSuite } from '../suite/index.ts';
import { collectDivergences } from './accept-known.ts';
import { listCases } from './list-cases.ts';
import { loadTargets } from './load-targets.ts';
import { openOutputs, type ReporterRequest } from './run-outputs.ts';
import { runTests } from './test-run.ts';

/** What `archparity test` was asked to do. */
export interface TestRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Suite files and images; without any the `image`. */
  readonly targets: readonly string[];
  readonly image?: string;
  readonly binaries?: Readonly<Partial<Record<Platform, string>>>;
  /** Lanes as written; none = the suites' own, else native and emulated. */
  readonly lanes: readonly string[];
  readonly requiredLanes: readonly string[];
  readonly platform: Platform;
  readonly reporters: readonly ReporterRequest[];
  readonly record?: string;
  readonly filters: readonly Filter[];
  /** List what would run, and run nothing. */
  readonly list: boolean;
  readonly shard?: Shard;
  readonly jobs: number;
  readonly retries: number;
  readonly timeoutMs?: number;
  readonly failFast: boolean;
  readonly accept: boolean;
  readonly strict: boolean;
  /** Told of the output of every case as it comes (`--no-capture`). */
  readonly onOutput?: (data: Buffer) => void;
  readonly save?: string;
  readonly logger?: (command: string) => void;
  readonly terminal: Omit<ReporterOptions, 'recordPath'>;
  /** Tells a person something beside the reports. */
  readonly say: (text: string) => void;
  readonly cancelSignal: AbortSignal;
}

const DEFAULT_LANES = ['native', 'emulated'];

function chooseLanes(request: TestRequest, suites: readonly Suite[]): LaneSpec[] {
  if (request.lanes.length > 0) return parseLaneSpecs(request.lanes);
  const written = [...new Set(suites.flatMap((suite) => suite.lanes))];
  return parseLaneSpecs(written.length === 0 ? DEFAULT_LANES : written);
}

/** Values of the variables that suites name as secrets, where they are set. */
function secretValues(suites: readonly Suite[]): string[] {
  const names = new Set(suites.flatMap((suite) => suite.secrets));
  return [...names].flatMap((name) => process.env[name] ?? []);
}

async function saveSuite(suites: readonly Suite[], file: string): Promise<void> {
  const made = suites.find((suite) => suite.file.startsWith('<'));
  if (made === undefined) {
    throw new ArchParityError({
      code: 'NOTHING_TO_SAVE',
      message: 'No suite was made in this run: --save is for an image without a suite.',
      exitCode: ExitCode.usage,
    });
  }
  try {
    await writeFile(file, serializeSuite(made));
  } catch (cause) {
    throw new ArchParityError({
      code: 'SAVE_FAILED',
      message: `The suite cannot be written to ${file}: ${errorMessage(cause)}.`,
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

/**
 * Tests suites and images on their lanes and reports; the whole of `archparity test` but for words and
 * streams.
 * @returns the exit code
 * @throws ArchParityError for bad usage, and when the run cannot begin
 */
export async function testSubjects(request: TestRequest): Promise<number> {
  const cacheDir = await ensureCacheRoot();
  const suites = await loadTargets({
    ...request,
    platforms: [hostPlatform(), request.platform],
    cacheDir,
  });
  const lanes = chooseLanes(request, suites);
  if (request.save !== undefined) await saveSuite(suites, request.save);
  if (request.list) {
    await request.terminal.write(listCases(suites, lanes, request));
    return ExitCode.ok;
  }
  const outputs = await openOutputs({ ...request, secrets: secretValues(suites) });
  const divergences = collectDivergences();
  const listener: RunListener = async (event) => {
    divergences.listen(event);
    await outputs.listener(event);
  };
  let exitCode: number;
  let failures: Awaited<ReturnType<typeof outputs.finish>> = [];
  try {
    const outcome = await runTests({
      ...request,
      runId: outputs.runId,
      suites,
      lanes,
      cacheDir,
      listener,
      now: () => new Date(),
    });
    exitCode = outcome.exitCode;
  } finally {
    failures = await outputs.finish();
  }
  for (const { name, error } of failures)
    request.say(`archparity: the reporter ${name} failed: ${errorMessage(error)}`);
  if (request.accept) {
    const accepted = await divergences.accept(suites);
    request.say(
      accepted.length === 0
        ? 'Nothing to accept: no case diverged.'
        : `Declared as known in ${accepted.join(', ')}.`,
    );
  }
  return failures.length > 0 && exitCode === ExitCode.ok ? ExitCode.environment : exitCode;
}
