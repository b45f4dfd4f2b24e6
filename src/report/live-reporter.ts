import { BenchProgress } from './bench/bench-progress.ts';
import { escapeControl } from './escape-control.ts';
import { formatDuration } from './format-duration.ts';
import { OrderedOutput } from './ordered-output.ts';
import { BlockPainter, formatProgress } from './progress-block.ts';
import type { Clock, Reporter, ReporterOptions } from './reporter.ts';
import type { RunStarted } from './run-context.ts';
import { RunningCases } from './running-cases.ts';
import { RunPrinter } from './run-printer.ts';

/** Often enough to look alive, rarely enough to cost nothing. */
const REDRAW_MS = 200;
/** In a log, a running attempt is named after this long, and each time that doubles. */
const LOG_SLOW_MS = 10_000;

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  every(ms, call) {
    const timer = setInterval(call, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/**
 * Follows a run: on a terminal a block with counts and running cases below the cases that went
 * wrong, in a pipe one line per finished case; with `quiet` nothing. At the end the failures in full
 * and a summary.
 */
export function createLiveReporter(options: ReporterOptions): Reporter {
  if (options.quiet) return createQuietReporter(options);
  return options.tty ? createTerminalReporter(options) : createLogReporter(options);
}

function createQuietReporter(options: ReporterOptions): Reporter {
  const printer = new RunPrinter(options);
  return {
    onEvent(event) {
      printer.print(event);
    },
    async finish() {
      const text = printer.finish();
      if (text !== '') await options.write(text);
    },
  };
}

function createTerminalReporter(options: ReporterOptions): Reporter {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const printer = new RunPrinter(options);
  const running = new RunningCases(() => clock.now());
  const output = new OrderedOutput(options.write);
  const painter = new BlockPainter();
  const bench = new BenchProgress();
  const start = clock.now();
  let drawing = false;
  const stop = clock.every(REDRAW_MS, () => {
    // A terminal that cannot keep up is not given more; one that is gone ends the redrawing.
    if (drawing || printer.context.start === undefined) return;
    drawing = true;
    output.write(painter.paint('', progressLines())).then(() => (drawing = false), stop);
  });

  function progressLines(): readonly string[] {
    if (printer.context.start?.benchCount !== undefined)
      return bench.list(formatDuration(clock.now() - start), options.width);
    const progress = {
      done: printer.tally.summary.total,
      total: printer.context.start?.caseCount ?? 0,
      elapsedMs: clock.now() - start,
      counts: printer.tally.describe(),
      running: running.list(),
    };
    return formatProgress(progress, printer.palette, options.width);
  }

  return {
    async onEvent(event) {
      running.observe(event);
      bench.observe(event);
      const printed = printer.print(event);
      if (printed === undefined) return;
      if (printed.routine && !options.verbose && !isMade(printer.context.start)) return;
      await output.write(painter.paint(printed.text, progressLines()));
    },
    async finish() {
      stop();
      await output.write(painter.paint(printer.finish(), []));
    },
  };
}

/** A suite that was made for an image has few cases, and nobody knows them: what went well is news too. */
function isMade(start: RunStarted | undefined): boolean {
  return start?.suites.every(({ file }) => file.startsWith('<')) === true;
}

function createLogReporter(options: ReporterOptions): Reporter {
  const clock = options.clock ?? SYSTEM_CLOCK;
  const printer = new RunPrinter(options);
  const running = new RunningCases(() => clock.now());
  const output = new OrderedOutput(options.write);
  const named = new Map<string, number>();
  const stop = clock.every(1000, () => {
    for (const { caseId, laneId, number, ms } of running.list()) {
      const key = JSON.stringify([caseId, laneId, number]);
      if (ms < (named.get(key) ?? LOG_SLOW_MS)) continue;
      named.set(key, 2 * ms);
      const what = `${escapeControl(caseId)}  ${escapeControl(laneId)} ${formatDuration(ms)} so far`;
      output.write(`${printer.palette.warning('slow'.padEnd(11))}  ${what}\n`).catch(stop);
    }
  });
  return {
    async onEvent(event) {
      running.observe(event);
      const printed = printer.print(event);
      if (printed !== undefined) await output.write(printed.text);
    },
    async finish() {
      stop();
      await output.write(printer.finish());
    },
  };
}
