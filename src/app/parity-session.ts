import {
  ExitCode,
  RECORD_VERSION,
  type Attempt,
  type CaseDefinition,
  type Difference,
  type LaneInfo,
  type Platform,
} from '../core/index.ts';
import { SharedConnections } from '../lanes/index.ts';
import { CaseSession } from '../run/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import { parseSuiteObject, type CaseDocument } from '../suite/index.ts';
import { describeHost } from './describe-host.ts';
import { openImageAccess } from './image-access.ts';
import {
  announceLanes,
  closeLanes,
  describeAbsent,
  openLanes,
  type OpenedLanes,
} from './open-lanes.ts';
import { readLanes } from './read-lanes.ts';
import { openOutputs, type RunOutputs } from './run-outputs.ts';
import { secretValues } from './secret-values.ts';
import { readVersion } from './version.ts';

export type { CaseDocument } from '../suite/index.ts';

/** What is under test in a session, and where. */
export interface ParityOptions {
  /** As in a suite: an image, or a binary for each platform. Relative paths start at `cwd`. */
  readonly subject:
    { readonly image: string } | { readonly binary: Readonly<Record<string, string>> };
  /** Lanes as `--lane` takes them; names of `archparity.yaml`, too. Absent = native and emulated. */
  readonly lanes?: readonly string[];
  /** What all commands have in common, as a suite's `defaults`. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Names of variables whose values are never recorded. */
  readonly secrets?: readonly string[];
  /** Of emulated, vm and ssh lanes that name none. Absent = linux/arm64. */
  readonly platform?: Platform;
}

/** A command on the subject, as a case of a suite has it. */
export type ParityCommand = Omit<CaseDocument, 'name'>;

export interface ParitySessionOptions extends ParityOptions {
  /** The suite that its cases are of. */
  readonly suite: string;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly logger?: (command: string) => void;
}

export const DEFAULT_PARITY_LANES: readonly string[] = ['native', 'emulated'];

/** Runs commands on lanes for a test framework, and writes the record of all of them. */
export class ParitySession {
  readonly #options: ParitySessionOptions;
  readonly #opened: OpenedLanes;
  readonly #outputs: RunOutputs;
  readonly #session: CaseSession;
  readonly #started = performance.now();

  private constructor(
    options: ParitySessionOptions,
    parts: {
      readonly opened: OpenedLanes;
      readonly outputs: RunOutputs;
      readonly session: CaseSession;
    },
  ) {
    this.#options = options;
    this.#opened = parts.opened;
    this.#outputs = parts.outputs;
    this.#session = parts.session;
  }

  /** @throws ArchParityError for bad usage, and when no lane can be opened */
  static async open(options: ParitySessionOptions): Promise<ParitySession> {
    const { cwd, lanes = DEFAULT_PARITY_LANES, logger, platform = 'linux/arm64' } = options;
    // A mistake of the subject shows before any lane is opened.
    const suite = parseSuiteObject(suiteOf(options, [{ name: 'any' }]), `<${options.suite}>`);
    const cancelSignal = new AbortController().signal;
    const now = (): Date => new Date();
    const opened = await openLanes(await readLanes(lanes, cwd), {
      platform,
      cacheDir: ensureCacheRoot(),
      measure: true,
      cancelSignal,
      connections: new SharedConnections(),
      imageAccess: openImageAccess(
        { pull: 'missing', insecure: false },
        { cancelSignal, say: () => undefined },
      ),
      ...(logger === undefined ? {} : { logger }),
    });
    try {
      const outputs = await openOutputs({
        cwd,
        reporters: [],
        secrets: secretValues([suite], process.env),
        terminal: {
          write: () => undefined,
          color: false,
          width: 80,
          tty: false,
          quiet: true,
          verbose: false,
        },
      });
      const { listener } = outputs;
      const absent = opened.failed.map(describeAbsent);
      const session = new CaseSession({ lanes: opened.lanes, absent, listener, cancelSignal, now });
      await listener({
        type: 'run-started',
        recordVersion: RECORD_VERSION,
        runId: outputs.runId,
        at: now().toISOString(),
        archparity: readVersion(),
        argv: options.argv,
        cwd,
        host: describeHost(),
        suites: [{ name: suite.name, file: suite.file }],
        caseCount: 0,
        attemptCount: 0,
        strict: false,
      });
      await announceLanes(opened, listener, now);
      return new ParitySession(options, { opened, outputs, session });
    } catch (error) {
      await closeLanes(opened.lanes);
      throw error;
    }
  }

  /** Path of the record. */
  get recordPath(): string {
    return this.#outputs.recordPath;
  }

  /** The lane that others are compared with. */
  get base(): string | undefined {
    return this.#session.base;
  }

  /** `undefined` for a lane that could not be opened, and why it could not. */
  lane(id: string): { readonly info?: LaneInfo; readonly problem?: string } {
    const info = this.#opened.lanes.find((lane) => lane.info.id === id)?.info;
    if (info !== undefined) return { info };
    const failed = this.#opened.failed.find(({ laneId }) => laneId === id);
    return { problem: failed?.error.message ?? `there is no lane ${id}` };
  }

  /** @throws ArchParityError `SUITE_INVALID` (exit 2) for a command that no suite would take */
  readCase(name: string, command: ParityCommand): CaseDefinition {
    const document = suiteOf(this.#options, [{ ...command, name }]);
    const [definition] = parseSuiteObject(document, `<${this.#options.suite}>`).cases;
    if (definition === undefined) throw new TypeError('a suite of one case has none');
    return definition;
  }

  attempt(definition: CaseDefinition, laneId: string): Promise<Attempt> {
    return this.#session.attempt(definition, laneId);
  }

  lastAttempt(caseId: string, laneId: string): Attempt | undefined {
    return this.#session.lastAttempt(caseId, laneId);
  }

  compare(caseId: string, lanes: readonly [string, string]): readonly Difference[] | undefined {
    return this.#session.compare(caseId, lanes);
  }

  /** Judges what was seen, ends the record, and closes the lanes. */
  async close(): Promise<void> {
    try {
      const { summary, failures } = await this.#session.finish();
      await this.#outputs.listener({
        type: 'run-finished',
        at: new Date().toISOString(),
        summary,
        durationMs: Math.round(performance.now() - this.#started),
        exitCode: failures > 0 ? ExitCode.caseFailed : ExitCode.ok,
        interrupted: false,
      });
    } finally {
      await closeLanes(this.#opened.lanes);
      await this.#outputs.finish();
    }
  }
}

function suiteOf(
  { defaults, secrets, subject, suite }: ParitySessionOptions,
  cases: readonly object[],
): object {
  return {
    version: 1,
    name: suite,
    subject,
    ...(defaults === undefined ? {} : { defaults }),
    ...(secrets === undefined ? {} : { secrets }),
    cases,
  };
}
