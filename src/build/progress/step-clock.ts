import { isRunStep, type BuildStep, type ProgressReader } from './build-step.ts';

/** Gives the steps of a build their processor time. */
export interface StepClock {
  begin(): Promise<void>;
  /** To be called whenever the reader has taken something. */
  look(): void;
  finish(): Promise<{ readonly steps: readonly BuildStep[]; readonly cpuMs?: number }>;
}

/** Of a step's own time: so much of another one beside it does not spoil its number. */
const TOLERATED = 0.05;
const TOLERATED_MS = 20;

/**
 * The daemon's processor time grows by that of a step when the step has ended and its process was waited for.
 * So what it grew by between two ends belongs to the one that ended, unless another step ran beside it:
 * then nobody can tell, and neither gets a number.
 */
export function createStepClock(
  reader: ProgressReader,
  cpuMs: (() => Promise<number>) | undefined,
): StepClock {
  const times = new Map<string, number | undefined>();
  let first: number | undefined;
  let last: number | undefined;
  let queue = Promise.resolve();
  const read = async (): Promise<number | undefined> => cpuMs?.().catch(() => undefined);
  const look = async (): Promise<void> => {
    const executed = reader.steps().filter(({ cached }) => !cached);
    const ended = executed.filter(({ name, completed }) => completed && !times.has(name));
    if (ended.length === 0) return;
    const now = await read();
    const grown = now === undefined || last === undefined ? undefined : now - last;
    for (const step of ended)
      times.set(step.name, ranAlone(step, executed, ended) ? grown : undefined);
    last = now;
  };
  return {
    begin: async () => {
      first = last = await read();
    },
    look: () => {
      if (cpuMs !== undefined) queue = queue.then(look);
    },
    finish: async () => {
      await queue;
      const end = await read();
      const steps = reader.steps().map((step) => {
        const time = isRunStep(step) ? times.get(step.name) : undefined;
        return time === undefined ? step : { ...step, cpuMs: time };
      });
      return { steps, ...(end === undefined || first === undefined ? {} : { cpuMs: end - first }) };
    },
  };
}

/** Whether a step had the daemon for itself, but for what the next one did since it began. */
function ranAlone(
  step: BuildStep,
  executed: readonly BuildStep[],
  ended: readonly BuildStep[],
): boolean {
  const { startedMs: start = 0, durationMs } = step;
  const beside = executed.reduce((sum, other) => {
    if (other === step || other.startedMs === undefined) return sum;
    const end = other.completed ? other.startedMs + other.durationMs : Number.POSITIVE_INFINITY;
    const overlap = Math.min(end, start + durationMs) - Math.max(other.startedMs, start);
    // One that ended since the last look has its time in the same number, also when it ran before.
    return sum + Math.max(0, ended.includes(other) ? other.durationMs : overlap);
  }, 0);
  return beside <= Math.max(TOLERATED_MS, durationMs * TOLERATED);
}
