import { writeFile } from 'node:fs/promises';
import {
  ArchParityError,
  errorMessage,
  ExitCode,
  type LaneSpec,
  usageError,
  type Platform,
  type Suite,
} from '../core/index.ts';
import { findPattern } from '../judge/index.ts';
import { parseFilter, parseShard, readShardFromEnvironment, type Shard } from '../plan/index.ts';
import type { ReporterFailure, ReporterOptions } from '../report/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { serializeSuite } from '../suite/index.ts';
import { collectDivergences, refuseReadOnly } from './accept-known.ts';
import { chooseReferees } from './choose-referees.ts';
import type { CiSystem } from './ci-system.ts';
import { findRecord } from './find-record.ts';
import { platformOf } from './lane-platform.ts';
import { openImageAccess, type ImageAccessRequest } from './image-access.ts';
import { listCases } from './list-cases.ts';
import { loadTargets } from './load-targets.ts';
import { readDurationOption } from './read-duration.ts';
import type { LaneEngine } from '../lanes/index.ts';
import { readLanes } from './read-lanes.ts';
import { parseReporterRequests, refuseRecords, refuseSameFile } from './reporter-request.ts';
import { openOutputs, type RunOutputs } from './run-outputs.ts';
import { readEarlier } from './read-earlier.ts';
import { readTimings } from './read-timings.ts';
import { secretValues } from './secret-values.ts';
import { setEngine } from './set-engine.ts';
import { runTests } from './test-run.ts';

export type { Clock as ReporterClock, ReporterOptions } from '../report/index.ts';

/** What `archparity test` was asked to do. */
export interface TestRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Suite files and images; without any the `image`. */
  readonly targets: readonly string[];
  readonly image?: string;
  /** How images that are no files are got. */
  readonly access: ImageAccessRequest;
  readonly binaries?: Readonly<Partial<Record<Platform, string>>>;
  /** Lanes as written; none = the suites' own, else native and emulated. */
  readonly lanes: readonly string[];
  /** Runs the images of lanes of this machine that name none; absent = crun. */
  readonly engine?: LaneEngine;
  /** Lanes that are asked about cases on which the others differ, as written; `none` for none. */
  readonly referees: readonly string[];
  readonly requiredLanes: readonly string[];
  readonly platform: Platform;
  /** `NAME[=FILE]`; none on stdout = live. */
  readonly reporters: readonly string[];
  /** Whose job this is: without `reporters` there are reports that it shows. */
  readonly ci?: CiSystem;
  readonly record?: string;
  /** Parts of case ids, or expressions: `tag(abi) & lane(emulated)`. */
  readonly filters: readonly string[];
  /** List what would run, and run nothing. */
  readonly list: boolean;
  /** `i/n`, or `auto`: what the CI engine says. */
  readonly shard?: string;
  /** A record by whose times shards are balanced. */
  readonly timingsFrom?: string;
  /** A record whose finished cases are carried over. */
  readonly resume?: string;
  /** A record whose cases that went well are carried over. */
  readonly rerunFailed?: string;
  readonly jobs: number;
  readonly retries: number;
  /** RE2, unanchored: only what fails in words that one of them matches is retried. */
  readonly retryOn?: readonly string[];
  /** Every case is run so many times. */
  readonly repeat?: { readonly times: number; readonly untilDiverged: boolean };
  /** Deadline of every case, e.g. `30s`. */
  readonly timeout?: string;
  readonly failFast: boolean;
  readonly accept: boolean;
  readonly strict: boolean;
  /** container-structure-test files are run as that tool does, also where it is surprising. */
  readonly isCstStrict?: boolean;
  /** Files of variables for the templates of goss files. */
  readonly varsFiles?: readonly string[];
  /** Told of the output of every case as it comes (`--no-capture`). */
  readonly onOutput?: (data: Buffer) => void;
  readonly save?: string;
  readonly logger?: (command: string) => void;
  readonly terminal: Omit<ReporterOptions, 'recordPath'>;
  /** Tells a person something beside the reports. */
  readonly say: (text: string) => void;
  /** Told where the record is, once all input has been checked. */
  readonly onRecord?: (path: string) => void;
  readonly cancelSignal: AbortSignal;
}

/** The words of the request that have a grammar of their own. */
function readWords(request: TestRequest) {
  refuseContradictions(request);
  const reporters = parseReporterRequests(
    request.reporters,
    request.ci === undefined ? {} : { ci: request.ci },
  );
  refuseSameFile(reporters, request.record);
  return {
    reporters,
    filters: request.filters.map(parseFilter),
    shard: readShard(request),
    ...(request.timeout === undefined
      ? {}
      : { timeoutMs: readDurationOption(request.timeout, 'timeout', 1) }),
  };
}

/** Refuses options that need or exclude each other, and patterns that are none. */
function refuseContradictions(request: TestRequest): void {
  const { resume, rerunFailed, repeat, retries, retryOn = [], shard, timingsFrom } = request;
  if (timingsFrom !== undefined && shard === undefined)
    throw usageError('USAGE', '--timings balances shards: it needs --shard.');
  if (resume !== undefined && rerunFailed !== undefined)
    throw usageError('USAGE', '--resume and --rerun-failed exclude each other.');
  const again = retries > 0 ? '--retries' : retryOn.length > 0 ? '--retry-on' : undefined;
  if (repeat !== undefined && again !== undefined)
    throw usageError('USAGE', `--repeat and ${again} exclude each other.`);
  for (const pattern of retryOn) findPattern(pattern, '');
}

function readShard({ shard, say, terminal }: TestRequest): Shard | undefined {
  if (shard !== 'auto') return shard === undefined ? undefined : parseShard(shard);
  const found = readShardFromEnvironment(process.env);
  const { index, count } = found.shard;
  if (!terminal.quiet) say(`archparity: shard ${index}/${count}, as ${found.engine} says`);
  return found.shard;
}

const DEFAULT_LANES = ['native', 'emulated'];

async function chooseLanes(request: TestRequest, suites: readonly Suite[]): Promise<LaneSpec[]> {
  const ofSuites = [...new Set(suites.flatMap((suite) => suite.lanes))];
  const written = [request.lanes, ofSuites].find(({ length }) => length > 0) ?? DEFAULT_LANES;
  return setEngine(await readLanes(written, request.cwd), request.engine);
}

/** The platforms of the lanes that were asked for, before any suite is read. */
async function lanePlatforms({ cwd, lanes, platform }: TestRequest): Promise<Platform[]> {
  const written = await readLanes(lanes.length === 0 ? DEFAULT_LANES : lanes, cwd);
  const specs = written.flatMap((spec) => spec.pool ?? [spec]);
  return [...new Set(specs.map((spec) => platformOf(spec, platform)))];
}

/** Tells a person where the cases come from that nobody wrote. */
function announceMade(suites: readonly Suite[], { terminal, save, say, list }: TestRequest): void {
  if (terminal.quiet || list) return;
  for (const { name, file, cases } of suites) {
    if (!file.startsWith('<')) continue;
    const keep = save === undefined ? '--save FILE keeps them as a suite' : `kept in ${save}`;
    say(`Made ${cases.length} cases for the image ${name} (${keep}).`);
  }
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
    // Somebody may have written reasons and checks into it since it was made.
    await writeFile(file, serializeSuite(made), { flag: 'wx' });
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new ArchParityError({
      code: 'SAVE_FAILED',
      message: exists
        ? `The suite cannot be saved: ${file} is there already.`
        : `The suite cannot be written to ${file}: ${errorMessage(cause)}.`,
      ...(exists ? { advice: 'Give another name, or remove it first.' } : {}),
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
  const { timingsFrom, cwd } = request;
  const read = readWords(request);
  const timed = timingsFrom === undefined ? undefined : await findRecord(timingsFrom, cwd);
  const words = { ...read, ...(timed === undefined ? {} : { timings: await readTimings(timed) }) };
  const earlier = await readEarlier(request);
  const records = [timed, earlier?.record.file].filter((file) => file !== undefined);
  refuseRecords(words.reporters, records);
  const cacheDir = ensureCacheRoot();
  const platforms = await lanePlatforms(request);
  const imageAccess = openImageAccess(request.access, {
    cancelSignal: request.cancelSignal,
    say: (note) => {
      if (!request.terminal.quiet) request.say(`archparity: ${note}`);
    },
  });
  const suites = await loadTargets({ ...request, imageAccess, platforms, cacheDir });
  if (request.accept) await refuseReadOnly(suites);
  const lanes = await chooseLanes(request, suites);
  const referees = await chooseReferees({ ...request, cacheDir }, lanes);
  if (request.save !== undefined) await saveSuite(suites, request.save);
  announceMade(suites, request);
  if (request.list) {
    await request.terminal.write(
      listCases(suites, lanes, { ...words, platform: request.platform }),
    );
    return ExitCode.ok;
  }
  const divergences = collectDivergences(() => new Date());
  let outputs: RunOutputs | undefined;
  let exitCode: number;
  let failures: readonly ReporterFailure[] = [];
  try {
    const outcome = await runTests({
      ...request,
      ...words,
      ...(earlier === undefined ? {} : { earlier }),
      suites,
      lanes,
      referees,
      cacheDir,
      imageAccess,
      openOutputs: async () => {
        outputs = await openOutputs({
          ...request,
          ...words,
          ...(earlier === undefined ? {} : { earlier: earlier.record.file }),
          secrets: secretValues(suites, process.env),
        });
        const { listener, recordPath } = outputs;
        request.onRecord?.(recordPath);
        return {
          ...outputs,
          listener: async (event) => {
            divergences.listen(event);
            await listener(event);
          },
        };
      },
      now: () => new Date(),
    });
    exitCode = outcome.exitCode;
  } finally {
    failures = (await outputs?.finish()) ?? [];
  }
  for (const { name, error } of failures) {
    request.say(`archparity: the reporter ${name} failed: ${errorMessage(error)}`);
  }
  if (request.accept) request.say(describeAccepted(await divergences.accept(suites)));
  return failures.length > 0 && exitCode !== ExitCode.interrupted ? ExitCode.environment : exitCode;
}

function describeAccepted(files: readonly string[]): string {
  if (files.length === 0) return 'Nothing to accept: no case of a suite file diverged.';
  return `Declared as known for 90 days in ${files.join(', ')}: say there why.`;
}
