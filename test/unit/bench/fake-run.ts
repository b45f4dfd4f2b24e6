import { bareCase } from '../../../src/app/bare-case.ts';
import type { BenchRun } from '../../../src/bench/index.ts';
import { SampleLog } from '../../../src/bench/sample-log.ts';
import type {
  BenchDefinition,
  BenchMetric,
  BenchSample,
  LaneInfo,
  Observation,
} from '../../../src/core/index.ts';
import { captureBytes } from '../../../src/core/index.ts';

/** A benchmark that is only data. */
export function makeBench(
  name: string,
  metrics: readonly BenchMetric[] = ['wallMs'],
): BenchDefinition {
  const definition = bareCase(`bench/${name}`, {
    subject: { kind: 'binary', paths: { 'linux/amd64': '/bin/true' } },
    command: { kind: 'subject' },
    deadlineMs: 1000,
  });
  return { name, definition, metrics, prepare: [], conclude: [], usesShell: false };
}

/** A lane that is only data. */
export function makeLane(id: string, fingerprint: Readonly<Record<string, string>> = {}): LaneInfo {
  const isNative = id === 'native';
  return {
    id,
    kind: isNative ? 'native' : 'emulated',
    platform: isNative ? 'linux/amd64' : 'linux/arm64',
    capabilities: [],
    fingerprint,
    mode: '',
    referee: { kernel: 'borrowed', cpu: isNative ? 'hardware' : 'tcg' },
  };
}

/** What a command that ended well printed. */
function makeObservation(stdout: string): Observation {
  return {
    termination: { kind: 'exit', code: 0 },
    stdout: captureBytes(Buffer.from(stdout)),
    stderr: captureBytes(Buffer.from('')),
    wallMs: 1,
    userMs: 1,
    sysMs: 0,
    maxRssKb: 1000,
  };
}

/** Wall times of one benchmark on one lane, one a block; the order follows. */
export interface FakeSeries {
  readonly bench: string;
  readonly lane: string;
  readonly walls: readonly number[];
  readonly counts?: readonly number[];
  readonly stdout?: string;
}

/** A run as if these had been measured. */
export function makeRun(all: readonly FakeSeries[], parts: Partial<BenchRun> = {}): BenchRun {
  const log = new SampleLog(
    () => undefined,
    () => new Date(0),
  );
  const add = (sample: Omit<BenchSample, 'order' | 'userMs' | 'sysMs' | 'maxRssKb'>): void => {
    const order = log.samples.length + 1;
    log.samples.push({ ...sample, order, userMs: 0, sysMs: 0, maxRssKb: 1000 });
  };
  for (const { bench, counts = [], lane, walls } of all) {
    walls.forEach((wallMs, at) => {
      add({ bench, lane, block: at + 1, phase: 'sample', wallMs });
    });
    counts.forEach((instructions, at) => {
      add({ bench, lane, block: at + 1, phase: 'count', wallMs: 1, instructions });
    });
  }
  return {
    log,
    looked: all.map(({ bench, lane, stdout = 'same\n' }) => ({
      bench,
      lane: makeLane(lane),
      observation: makeObservation(stdout),
    })),
    failed: [],
    ownCost: new Map(),
    warnings: [],
    interrupted: false,
    ...parts,
  };
}
