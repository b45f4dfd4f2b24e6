import {
  ArchParityError,
  ExitCode,
  usageError,
  type CaseDefinition,
  type Difference,
} from '../core/index.ts';
import { compareObservations } from '../judge/index.ts';
import { ensureCacheRoot } from '../store/index.ts';
import type {
  BisectAxis,
  BisectReport,
  Candidate,
  FoundChange,
  TriedCandidate,
} from './bisect/bisect-report.ts';
import { chooseCase, type CaseRequest } from './bisect/choose-case.ts';
import { isSuiteName } from './bisect/debian-qemus.ts';
import { planCandidates, type CandidatePlan } from './bisect/plan-candidates.ts';
import { searchChanges, type Change } from './bisect/search-changes.ts';
import {
  tryCandidate,
  tryNative,
  type Tried,
  type TryOptions,
  type Unusable,
} from './bisect/try-candidate.ts';
import { openImageAccess, type ImageAccessRequest } from './image-access.ts';
import { readVersion } from './version.ts';

export {
  BISECT_AXES,
  bisectExitCode,
  type BisectAxis,
  type BisectReport,
  type Candidate,
  type FoundChange,
  type TriedCandidate,
} from './bisect/bisect-report.ts';
export { DEBIAN_SUITES } from './bisect/debian-qemus.ts';
export { shortVersion } from './bisect/qemu-version.ts';

/** What `archparity bisect` was asked to do. */
export interface BisectRequest extends Omit<CaseRequest, 'cacheDir' | 'imageAccess'> {
  readonly by: BisectAxis;
  readonly qemus: readonly string[];
  readonly cpus: readonly string[];
  readonly features: readonly string[];
  /** Releases of Debian. */
  readonly debian: readonly string[];
  readonly offline: boolean;
  readonly all: boolean;
  readonly runs: number;
  readonly access: ImageAccessRequest;
  readonly cancelSignal: AbortSignal;
  /** Told of what goes on: one line. */
  readonly say: (note: string) => void;
}

/**
 * Finds between which emulators a case changes what it does.
 * @throws ArchParityError for bad usage, `NOTHING_TO_BISECT` (exit 4), and when no emulator can be used
 */
export async function bisectCase(request: BisectRequest): Promise<BisectReport> {
  checkWords(request);
  const { cancelSignal, say } = request;
  const cacheDir = ensureCacheRoot();
  const imageAccess = openImageAccess(request.access, { cancelSignal, say });
  const { definition, platform, secrets } = await chooseCase({ ...request, cacheDir, imageAccess });
  const plan = await planCandidates({
    ...request,
    programs: request.qemus,
    suites: request.debian,
    platform,
    cacheDir,
    now: () => Date.now(),
  });
  if (plan.candidates.length < 2) throw nothingToBisect(request, plan);
  const bisection = new Bisection(plan, {
    ...request,
    definition,
    platform,
    secrets,
    cacheDir,
    imageAccess,
    now: () => new Date(),
  });
  return bisection.run();
}

function checkWords({ debian, qemus, by, offline }: BisectRequest): void {
  const wrong = debian.find((suite) => !isSuiteName(suite));
  if (wrong !== undefined)
    throw usageError('USAGE', `--debian takes the name of a release, not "${wrong}".`);
  if (debian.length === 0) return;
  if (by !== 'qemu' || qemus.length > 0 || offline)
    throw usageError(
      'USAGE',
      '--debian goes with --by qemu, and neither with --qemu nor with --offline.',
      'See archparity bisect --help.',
    );
}

function nothingToBisect(
  { by, offline }: BisectRequest,
  { candidates, notes }: CandidatePlan,
): ArchParityError {
  const what = { qemu: 'version of QEMU', cpu: 'CPU model', feature: 'feature' }[by];
  const [only] = candidates;
  const found =
    by === 'feature' || only === undefined ? `no ${what}` : `one ${what}, ${only.label}`;
  return new ArchParityError({
    code: 'NOTHING_TO_BISECT',
    message: `There is ${found} to try the case on${notes.length === 0 ? '' : ` (${notes.join('; ')})`}.`,
    advice:
      by === 'qemu'
        ? `Name others: --qemu PATH${offline ? ', or leave --offline out' : ''}.`
        : `Name some: --${by} NAME`,
    exitCode: ExitCode.nothingRan,
  });
}

interface BisectionOptions extends TryOptions {
  readonly by: BisectAxis;
  readonly say: (note: string) => void;
}

/** One search. */
class Bisection {
  readonly #plan: CandidatePlan;
  readonly #options: BisectionOptions;
  readonly #results = new Map<string, Tried | Unusable>();

  constructor(plan: CandidatePlan, options: BisectionOptions) {
    this.#plan = plan;
    this.#options = options;
  }

  async run(): Promise<BisectReport> {
    const { candidates, strategy, notes } = this.#plan;
    const { by, definition, platform } = this.#options;
    const native = await tryNative(this.#options);
    const { changes, isWhole } = await searchChanges<Tried>({
      count: candidates.length,
      strategy,
      observe: (index) => this.#try(this.#at(index)),
      alike: (left, right) => isAlike(definition, left, right),
    });
    this.#requireUsable();
    const feature = by === 'feature' ? await this.#judgeFeature(changes) : undefined;
    return {
      version: 1,
      archparity: readVersion(),
      by,
      case: definition.id,
      platform,
      candidates: this.#describeAll('info' in native ? native : undefined),
      changes: by === 'cpu' ? this.#describeTurns() : changes.map((each) => this.#describe(each)),
      isWhole,
      ...(feature === undefined ? {} : { feature }),
      notes,
    };
  }

  #at(index: number): Candidate {
    const candidate = this.#plan.candidates[index];
    if (candidate === undefined) throw new TypeError(`no candidate ${String(index)}`);
    return candidate;
  }

  async #try(candidate: Candidate): Promise<Tried | undefined> {
    this.#options.say(`trying ${candidate.label}`);
    const result = await tryCandidate(candidate, this.#options);
    this.#results.set(candidate.label, result);
    return 'info' in result ? result : undefined;
  }

  /** One that is out of order is left out; when all are, their trouble is the user's. */
  #requireUsable(): void {
    const results = [...this.#results.values()];
    if (results.some((result) => 'info' in result)) return;
    const first = results.find((result) => 'reason' in result);
    if (first?.error !== undefined) throw first.error;
    throw new ArchParityError({
      code: 'CASE_NOT_RUN',
      message: `The case could be run nowhere: ${first?.reason ?? 'nothing was tried'}.`,
      exitCode: ExitCode.nothingRan,
    });
  }

  /** Whether the feature that turned the case in company does so alone. */
  async #judgeFeature(changes: readonly Change[]): Promise<BisectReport['feature']> {
    const [change] = changes;
    if (change === undefined) return undefined;
    const setting = this.#plan.settings[change.at - 1];
    const base = this.#at(0);
    const before = this.#results.get(base.label);
    if (setting === undefined || before === undefined || !('info' in before)) return undefined;
    if (change.at === 1) return { setting, alone: true };
    const cpu = `${base.cpu ?? 'max'},${setting}`;
    const alone = await this.#try({ ...base, label: cpu, cpu });
    const turns = alone !== undefined && !isAlike(this.#options.definition, before, alone);
    return { setting, alone: turns };
  }

  #describe({ after, at }: Change): FoundChange {
    const [old, young] = [this.#at(after), this.#at(at)];
    return {
      after: old.label,
      at: young.label,
      bracket: this.#plan.settings[at - 1] ?? `(${old.label}, ${young.label}]`,
      differences: this.#differences(old, young),
    };
  }

  /** CPU models have no order: each behaviour is shown against the first one. */
  #describeTurns(): readonly FoundChange[] {
    const tried = this.#plan.candidates.filter(({ label }) => this.#tried(label) !== undefined);
    const [first] = tried;
    if (first === undefined) return [];
    const leaders = this.#leaders(tried).slice(1);
    return leaders.map((other) => ({
      after: first.label,
      at: other.label,
      bracket: `${first.label} | ${other.label}`,
      differences: this.#differences(first, other),
    }));
  }

  #differences(left: Candidate, right: Candidate): readonly Difference[] {
    const [one, other] = [this.#tried(left.label), this.#tried(right.label)];
    if (one === undefined || other === undefined) return [];
    return differencesOf(this.#options.definition, one, other);
  }

  #tried(label: string): Tried | undefined {
    const result = this.#results.get(label);
    return result !== undefined && 'info' in result ? result : undefined;
  }

  /** The first candidate of each behaviour. */
  #leaders(candidates: readonly Candidate[]): readonly Candidate[] {
    const leaders: Candidate[] = [];
    for (const candidate of candidates)
      if (this.#groupIn(candidate, leaders) === -1) leaders.push(candidate);
    return leaders;
  }

  #groupIn({ label }: Candidate, leaders: readonly Candidate[]): number {
    const tried = this.#tried(label);
    if (tried === undefined) return 0;
    return leaders.findIndex((leader) => {
      const other = this.#tried(leader.label);
      return other !== undefined && isAlike(this.#options.definition, other, tried);
    });
  }

  #describeAll(native: Tried | undefined): readonly TriedCandidate[] {
    const { definition } = this.#options;
    const leaders = this.#leaders(
      this.#plan.candidates.filter(({ label }) => this.#tried(label) !== undefined),
    );
    return this.#plan.candidates.map((candidate): TriedCandidate => {
      const result = this.#results.get(candidate.label);
      if (result === undefined) return { ...candidate, state: 'untried' };
      if ('reason' in result) return { ...candidate, state: 'unusable', reason: result.reason };
      return {
        ...candidate,
        state: 'tried',
        behaviour: result.behaviour,
        group: String.fromCodePoint(65 + this.#groupIn(candidate, leaders)),
        ...(native === undefined ? {} : { likeNative: isAlike(definition, native, result) }),
      };
    });
  }
}

/** What varies from run to run is like what varies, too: more cannot be said of either. */
function isAlike(definition: CaseDefinition, left: Tried, right: Tried): boolean {
  const varies = [left, right].map(({ behaviour }) => behaviour.otherwise !== undefined);
  if (varies.includes(true)) return varies.every(Boolean);
  return differencesOf(definition, left, right).length === 0;
}

function differencesOf(
  definition: CaseDefinition,
  left: Tried,
  right: Tried,
): readonly Difference[] {
  return compareObservations(left.behaviour.observation, right.behaviour.observation, {
    definition,
    lanes: [left.info, right.info],
  }).differences;
}
