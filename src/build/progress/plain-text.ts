import { LOG_BYTES, type BuildStep, type ProgressReader } from './build-step.ts';

interface Step {
  readonly name: string;
  startedMs: number | undefined;
  durationMs: number;
  cached: boolean;
  completed: boolean;
  error: string | undefined;
  log: string;
}

/**
 * Reads `--progress plain`, which every BuildKit client has: lines `#N NAME`, then `#N SECONDS OUTPUT`, and
 * `#N DONE SECONDSs`, `#N CACHED` or `#N ERROR: …` (util/progress/progressui/printer.go). Durations are
 * BuildKit's, to a tenth of a second; when a step began is taken from the arrival of its line.
 * @param now - milliseconds of any clock that only goes forward
 */
export function readPlainText(now: () => number = () => performance.now()): ProgressReader {
  const steps = new Map<string, Step>();
  let pending = '';
  const other: string[] = [];
  const first = now();
  const takeLine = (line: string): void => {
    const [, id = '', text = ''] = /^#(\d+) (.*)$/.exec(line) ?? [];
    if (id === '') {
      if (line.trim() !== '' && !/^#\d+$/.test(line)) other.push(line);
      return;
    }
    const step = steps.get(id);
    if (step === undefined) steps.set(id, newStep(text, now() - first));
    else takeStepLine(step, text);
  };
  return {
    push: (text) => {
      const lines = (pending + text).split(/\r?\n/);
      pending = lines.pop() ?? '';
      lines.forEach(takeLine);
    },
    steps: () => [...steps.values()].map(toStep),
    rest: () => [...other, pending].join('\n').trim(),
  };
}

function newStep(name: string, startedMs: number): Step {
  return {
    name,
    startedMs,
    durationMs: 0,
    cached: false,
    completed: false,
    error: undefined,
    log: '',
  };
}

function takeStepLine(step: Step, text: string): void {
  const done = /^DONE (\d+(?:\.\d+)?)s$/.exec(text);
  const failed = /^ERROR:? ?(.*)$/.exec(text);
  const output = /^\d+\.\d+ (.*)$/.exec(text);
  if (done !== null) {
    step.completed = true;
    step.durationMs += Number(done[1]) * 1000;
  } else if (text === 'CACHED') {
    step.completed = true;
    step.cached = true;
  } else if (failed !== null) {
    step.completed = true;
    step.error = failed[1] ?? '';
  } else if (output !== null) step.log = `${step.log}${output[1] ?? ''}\n`.slice(-LOG_BYTES);
}

function toStep({ startedMs, error, ...rest }: Step): BuildStep {
  return {
    ...rest,
    durationMs: rest.cached ? 0 : rest.durationMs,
    ...(startedMs === undefined ? {} : { startedMs }),
    ...(error === undefined ? {} : { error }),
  };
}
