import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { errorMessage, usageError, type BenchMetric } from '../../core/index.ts';

/** What an earlier run measured. */
export interface Baseline {
  readonly file: string;
  /** Absent = a file of hyperfine's, which knows no lanes. */
  readonly lanes?: readonly BaselineLane[];
  readonly benchmarks: readonly {
    readonly name: string;
    /** Samples by lane and metric; the lane is absent in a file of hyperfine's. */
    readonly series: readonly {
      readonly lane?: string;
      readonly metric: BenchMetric;
      readonly samples: readonly number[];
    }[];
  }[];
}

export interface BaselineLane {
  readonly id: string;
  readonly kind: string;
  readonly platform: string;
  readonly fingerprint: Readonly<Record<string, string>>;
}

const samples = z.array(z.number()).min(1);
const summary = z.object({ samples });

const ours = z.object({
  version: z.literal(1),
  lanes: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      platform: z.string(),
      fingerprint: z.record(z.string(), z.string()),
    }),
  ),
  benchmarks: z.array(
    z.object({
      name: z.string(),
      lanes: z.record(
        z.string(),
        z.partialRecord(z.enum(['wallMs', 'userMs', 'sysMs', 'maxRssKb', 'instructions']), summary),
      ),
    }),
  ),
});

const hyperfine = z.object({
  results: z.array(z.object({ command: z.string(), times: samples, lane: z.string().optional() })),
});

function fromOurs(file: string, { lanes, benchmarks }: z.output<typeof ours>): Baseline {
  return {
    file,
    lanes,
    benchmarks: benchmarks.map((one) => ({
      name: one.name,
      series: Object.entries(one.lanes).flatMap(([lane, metrics]) =>
        Object.entries(metrics).map(([metric, measured]) => ({
          lane,
          metric: metric as BenchMetric,
          samples: measured.samples,
        })),
      ),
    })),
  };
}

function fromHyperfine(file: string, { results }: z.output<typeof hyperfine>): Baseline {
  return {
    file,
    benchmarks: results.map(({ command, times }) => ({
      name: command,
      series: [{ metric: 'wallMs', samples: times.map((seconds) => seconds * 1000) }],
    })),
  };
}

/**
 * Reads a baseline: what `--save-baseline` or `--json` wrote, or hyperfine's `--export-json`.
 * @throws ArchParityError `BASELINE_UNREADABLE`, `BASELINE_INVALID` (exit 2)
 */
export async function readBaseline(file: string): Promise<Baseline> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw usageError(
      'BASELINE_UNREADABLE',
      `The baseline ${file} cannot be read: ${errorMessage(cause)}.`,
      'Make one: archparity bench … --save-baseline FILE',
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(file, 'it is not JSON');
  }
  const own = ours.safeParse(value);
  if (own.success) return fromOurs(file, own.data);
  const foreign = hyperfine.safeParse(value);
  if (foreign.success) return fromHyperfine(file, foreign.data);
  const [issue] = own.error.issues;
  throw invalid(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown shape'}`);
}

function invalid(file: string, why: string) {
  return usageError(
    'BASELINE_INVALID',
    `The baseline ${file} has neither archparity's nor hyperfine's shape: ${why}.`,
    'Give a file of --save-baseline, --json, or hyperfine --export-json.',
  );
}
