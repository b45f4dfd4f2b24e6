import {
  isFailure,
  type Attempt,
  type CaseDefinition,
  type Difference,
  type LaneInfo,
  type RunListener,
  type Summary,
} from '../core/index.ts';
import {
  addToSummary,
  compareObservations,
  createSummary,
  judgeCase,
  type LaneAttempts,
} from '../judge/index.ts';
import type { Lane } from '../lanes/index.ts';
import { decideLane, timeoutFor } from '../plan/index.ts';
import { attemptOnLane } from './attempt-on-lane.ts';
import { Slots } from './slots.ts';

export interface CaseSessionOptions {
  readonly lanes: readonly Lane[];
  /** Lanes that could not be opened. */
  readonly absent: readonly LaneInfo[];
  readonly listener: RunListener;
  /** Overrides every deadline, in milliseconds. */
  readonly timeoutMs?: number;
  /** Told of the output of every case as it comes. */
  readonly onOutput?: (data: Buffer) => void;
  readonly cancelSignal: AbortSignal;
  readonly now: () => Date;
}

interface OpenCase {
  readonly definition: CaseDefinition;
  readonly attempts: Map<string, Attempt[]>;
}

/** Cases that are run one attempt at a time, as a test framework goes through them, and judged at the end. */
export class CaseSession {
  readonly #options: CaseSessionOptions;
  readonly #cases = new Map<string, OpenCase>();
  readonly #slots = new Slots(1);

  constructor(options: CaseSessionOptions) {
    this.#options = options;
  }

  /** The lane that others are compared with: the first native one, else the first. */
  get base(): string | undefined {
    const { lanes } = this.#options;
    return (lanes.find(({ info }) => info.kind === 'native') ?? lanes[0])?.info.id;
  }

  /** Makes an attempt at a case on a lane; what the lane cannot do for it is `unsupported`. */
  async attempt(definition: CaseDefinition, laneId: string): Promise<Attempt> {
    const { attempts } = await this.#open(definition);
    const seen = attempts.get(laneId) ?? [];
    const attempt = await this.#make(definition, { laneId, number: seen.length + 1 });
    attempts.set(laneId, [...seen, attempt]);
    return attempt;
  }

  /** The last attempt at a case on a lane. */
  lastAttempt(caseId: string, laneId: string): Attempt | undefined {
    return this.#cases.get(caseId)?.attempts.get(laneId)?.at(-1);
  }

  /** How a lane's last observation of a case differs from another's; `undefined` when one has none. */
  compare(
    caseId: string,
    [base, other]: readonly [string, string],
  ): readonly Difference[] | undefined {
    const definition = this.#cases.get(caseId)?.definition;
    const left = this.lastAttempt(caseId, base)?.observation;
    const right = this.lastAttempt(caseId, other)?.observation;
    const lanes = [this.#info(base), this.#info(other)] as const;
    if (definition === undefined || left === undefined || right === undefined) return undefined;
    if (lanes[0] === undefined || lanes[1] === undefined) return undefined;
    return compareObservations(left, right, {
      definition,
      lanes: [lanes[0], lanes[1]],
      today: this.#today(),
    }).differences;
  }

  /** Judges every case of all that was seen of it. */
  async finish(): Promise<{ readonly summary: Summary; readonly failures: number }> {
    const { listener, now } = this.#options;
    let summary = createSummary();
    let failures = 0;
    for (const { definition, attempts } of this.#cases.values()) {
      const seen = this.#infos().flatMap((info): LaneAttempts[] => {
        const made = attempts.get(info.id);
        return made === undefined ? [] : [{ info, attempts: made }];
      });
      const result = judgeCase(definition, seen, {
        today: this.#today(),
        comparisonWanted: seen.length > 1,
      });
      summary = addToSummary(summary, result);
      if (isFailure(result, false)) failures += 1;
      await listener({ type: 'case-finished', at: now().toISOString(), result });
    }
    this.#cases.clear();
    return { summary, failures };
  }

  async #open(definition: CaseDefinition): Promise<OpenCase> {
    const known = this.#cases.get(definition.id);
    if (known !== undefined) return known;
    const opened = { definition, attempts: new Map<string, Attempt[]>() };
    this.#cases.set(definition.id, opened);
    const { listener, now } = this.#options;
    await listener({ type: 'case-started', at: now().toISOString(), definition });
    return opened;
  }

  async #make(
    definition: CaseDefinition,
    { laneId, number }: { readonly laneId: string; readonly number: number },
  ): Promise<Attempt> {
    const info = this.#info(laneId);
    if (info === undefined) throw new TypeError(`no lane ${laneId}`);
    const decision = decideLane(definition, info);
    if (decision.kind !== 'run') return { number, unsupported: decision.reason };
    const lane = this.#options.lanes.find((one) => one.info.id === laneId);
    if (lane === undefined) return { number, unsupported: 'the lane could not be opened' };
    const { timeoutMs = timeoutFor(definition, info, lane.emulationFactor) } = this.#options;
    const request = { definition, number, deadlineMs: timeoutMs, notes: decision.notes };
    const made = await attemptOnLane(lane, request, { ...this.#options, slots: this.#slots });
    return made ?? { number, infra: { code: 'CANCELLED', message: 'it was cancelled' } };
  }

  #infos(): readonly LaneInfo[] {
    return [...this.#options.lanes.map(({ info }) => info), ...this.#options.absent];
  }

  #info(laneId: string): LaneInfo | undefined {
    return this.#infos().find(({ id }) => id === laneId);
  }

  #today(): string {
    return this.#options.now().toISOString().slice(0, 10);
  }
}
