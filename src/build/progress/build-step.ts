/** One step of a build, as BuildKit calls them vertexes: an instruction, or work of its own (`[internal] …`). */
export interface BuildStep {
  /** As BuildKit names it: `[build 3/6] RUN make -j2`. */
  readonly name: string;
  /** Milliseconds from the first step's start; absent = it was never begun. */
  readonly startedMs?: number;
  /** Milliseconds in which it ran, pauses left out; 0 when it came from the cache. */
  readonly durationMs: number;
  readonly cached: boolean;
  readonly completed: boolean;
  /** Why it failed, as BuildKit says it. */
  readonly error?: string;
  /** The end of what it wrote, both streams. */
  readonly log: string;
  /** Processor time of the daemon and the step; absent where it cannot be told apart, or not be had. */
  readonly cpuMs?: number;
}

/** Reads a progress stream as it comes. */
export interface ProgressReader {
  /** Takes the next piece. */
  push(text: string): void;
  /** The steps so far, in the order of their first mention. */
  steps(): readonly BuildStep[];
  /** What in the stream was no progress: the client's own messages. */
  rest(): string;
}

/** Of each step's output. */
export const LOG_BYTES = 16 * 1024;

/** Where a step stands: its stage, its number, and the instruction itself. */
export interface StepPlace {
  readonly stage?: string;
  readonly instruction: string;
}

/**
 * Takes a step's name apart. BuildKit's names are `[STAGE N/M] INSTRUCTION`, with the platform before the
 * stage where a build has several (frontend/dockerfile/dockerfile2llb, `prefixCommand`).
 */
export function readStepName(name: string): StepPlace {
  const match = /^\[(?:\w+\/[\w/]+ )?(?:([\w.-]+) +)?\d+\/\d+\] (.*)$/s.exec(name);
  if (match === null) return { instruction: name };
  const [, stage, instruction = name] = match;
  return { instruction, ...(stage === undefined ? {} : { stage }) };
}

/** Whether a step executes something of the image: what an emulator is needed for. */
export function isRunStep({ name }: Pick<BuildStep, 'name'>): boolean {
  return /^RUN\b/i.test(readStepName(name).instruction);
}
