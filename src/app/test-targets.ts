import { availableParallelism } from 'node:os';
import { ArchParityError, foreignPlatform, hostPlatform } from '../core/index.ts';
import { testSubjects, type TestRequest } from './test-subjects.ts';

export { readRecord } from '../record/index.ts';

/** What {@link testTargets} takes: all but `targets` is as `archparity test` has it without options. */
export type TestOptions = Pick<TestRequest, 'targets'> &
  Partial<
    Pick<
      TestRequest,
      | 'access'
      | 'binaries'
      | 'cancelSignal'
      | 'cwd'
      | 'failFast'
      | 'filters'
      | 'image'
      | 'jobs'
      | 'lanes'
      | 'logger'
      | 'onOutput'
      | 'platform'
      | 'record'
      | 'referees'
      | 'reporters'
      | 'requiredLanes'
      | 'retries'
      | 'shard'
      | 'strict'
      | 'timeout'
    >
  >;

/** How a test run ended. */
export interface TestOutcome {
  /** That of `archparity test`: 0 all well, 1 a case failed, 3 a lane broke, 4 nothing was compared. */
  readonly exitCode: number;
  /** The record of the run: {@link readRecord} gives its events, results of cases among them. */
  readonly recordPath: string;
}

/**
 * Runs suites and images on lanes, compares what they did, and records it, as `archparity test` does. Nothing is
 * printed; `reporters` may write to files (`junit=FILE`).
 * @throws ArchParityError for bad suites, references and lanes, before anything has run
 */
export async function testTargets(options: TestOptions): Promise<TestOutcome> {
  let recordPath: string | undefined;
  const { targets, lanes = [] } = options;
  const exitCode = await testSubjects({
    // For the commands that reports print.
    argv: ['test', ...targets, ...lanes.flatMap((lane) => ['--lane', lane])],
    cwd: process.cwd(),
    referees: [],
    requiredLanes: [],
    platform: foreignPlatform(hostPlatform()),
    reporters: [],
    filters: [],
    jobs: availableParallelism(),
    retries: 0,
    access: { pull: 'missing', insecure: false },
    failFast: false,
    strict: false,
    cancelSignal: new AbortController().signal,
    ...options,
    lanes,
    list: false,
    accept: false,
    onRecord: (path) => {
      recordPath = path;
    },
    terminal: {
      write: () => undefined,
      ...{ color: false, width: 80, tty: false, verbose: false, quiet: true },
    },
    say: () => undefined,
  });
  // Only a listing has none.
  if (recordPath === undefined)
    throw new ArchParityError({ code: 'RECORD_MISSING', message: 'The run left no record.' });
  return { exitCode, recordPath };
}
