import {
  ArchParityError,
  ExitCode,
  usageError,
  type Attempt,
  type CaseDefinition,
  type LaneFingerprint,
  type LaneInfo,
  type LaneSpec,
  type Subject,
} from '../../core/index.ts';
import type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from '../lane.ts';

interface Member {
  readonly lane: Lane;
  /** Attempts under way. */
  busy: number;
  /** It broke and gets no more cases. */
  isDown: boolean;
}

/** Hosts that share the cases of one lane: each case runs on the host that has least to do. */
class PoolLane implements Lane {
  readonly info: LaneInfo;
  readonly emulationFactor: number;
  readonly #members: readonly Member[];

  constructor(info: LaneInfo, lanes: readonly Lane[]) {
    this.info = info;
    this.emulationFactor = Math.max(...lanes.map((lane) => lane.emulationFactor));
    this.#members = lanes.map((lane) => ({ lane, busy: 0, isDown: false }));
  }

  async observe(definition: CaseDefinition, options: AttemptOptions): Promise<Attempt> {
    for (;;) {
      const member = this.#choose();
      const attempt = await this.#use(member, () => member.lane.observe(definition, options));
      const isLost = attempt.infra !== undefined && options.cancelSignal?.aborted !== true;
      if (isLost) member.isDown = true;
      // The last one's failure is the answer.
      if (!isLost || this.#members.every(({ isDown }) => isDown)) return attempt;
    }
  }

  async prepare(subject: Subject): Promise<void> {
    await Promise.all(this.#members.map(({ lane }) => lane.prepare(subject)));
  }

  imageRoot(reference: string): Promise<ImageRoot> {
    return this.#choose().lane.imageRoot(reference);
  }

  interact(request: InteractiveRequest): Promise<Interactive> {
    return this.#choose().lane.interact(request);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#members.map(({ lane }) => lane.close()));
  }

  async #use<T>(member: Member, use: () => Promise<T>): Promise<T> {
    member.busy += 1;
    try {
      return await use();
    } finally {
      member.busy -= 1;
    }
  }

  #choose(): Member {
    const living = this.#members.filter(({ isDown }) => !isDown);
    const [first, ...others] = living.length === 0 ? this.#members : living;
    if (first === undefined) throw new TypeError('a pool without hosts');
    return others.reduce((best, member) => (member.busy < best.busy ? member : best), first);
  }
}

/** What the hosts have in common, and where they differ what each has. */
function joinFingerprints(fingerprints: readonly LaneFingerprint[]): LaneFingerprint {
  const keys = new Set(fingerprints.flatMap((fingerprint) => Object.keys(fingerprint)));
  return Object.fromEntries(
    [...keys].map((key) => [
      key,
      [...new Set(fingerprints.map((fingerprint) => fingerprint[key] ?? 'none'))].join(' | '),
    ]),
  );
}

function joinInfos(
  id: string,
  lanes: readonly Lane[],
  failed: readonly ArchParityError[],
): LaneInfo {
  const [first, ...others] = lanes.map((lane) => lane.info);
  if (first === undefined) throw new TypeError('a pool without hosts');
  const other = others.find(({ platform }) => platform !== first.platform);
  if (other !== undefined)
    throw usageError(
      'POOL_PLATFORMS_DIFFER',
      `The pool "${id}" has hosts for ${first.platform} and for ${other.platform}.`,
      'Make a pool for each platform.',
    );
  const missing = failed.map(({ code }) => code).join(', ');
  const modes = [...new Set(lanes.map((lane) => lane.info.mode))].join(' | ');
  return {
    ...first,
    id,
    capabilities: first.capabilities.filter((capability) =>
      others.every(({ capabilities }) => capabilities.includes(capability)),
    ),
    fingerprint: joinFingerprints(lanes.map((lane) => lane.info.fingerprint)),
    mode: `${String(lanes.length)} hosts${missing === '' ? '' : `, ${String(failed.length)} missing (${missing})`}: ${modes}`,
    // The weakest of them: a divergence may have come from any.
    referee: {
      kernel: 'real',
      cpu: lanes.some((lane) => lane.info.referee.cpu === 'tcg') ? 'tcg' : 'hardware',
    },
  };
}

/**
 * Opens the hosts of a pool side by side; those that cannot be used are named in the lane's mode.
 * @throws ArchParityError the first failure when no host can be used, or of bad usage; `POOL_PLATFORMS_DIFFER`
 */
export async function openPool(
  spec: LaneSpec,
  members: readonly LaneSpec[],
  open: (member: LaneSpec) => Promise<Lane>,
): Promise<Lane> {
  const settled = await Promise.allSettled(members.map(open));
  const lanes = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    const failed = settled.flatMap((result) => {
      if (result.status === 'fulfilled') return [];
      if (result.reason instanceof ArchParityError) return [result.reason];
      throw result.reason;
    });
    const fatal =
      failed.find(({ exitCode }) => exitCode !== ExitCode.environment) ??
      (lanes.length === 0 ? failed[0] : undefined);
    if (fatal !== undefined) throw fatal;
    return new PoolLane(joinInfos(spec.id, lanes, failed), lanes);
  } catch (error) {
    await Promise.allSettled(lanes.map((lane) => lane.close()));
    throw error;
  }
}
