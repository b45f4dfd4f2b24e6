import type { RunEvent, RunListener } from '../core/index.ts';
import type { Reporter } from './reporter.ts';

export interface NamedReporter {
  /** For messages, as the user wrote it (`junit=out.xml`). */
  readonly name: string;
  readonly reporter: Reporter;
}

/** A reporter that threw and was switched off. */
export interface ReporterFailure {
  readonly name: string;
  readonly error: unknown;
}

/** Listener for a run; `finish` never rejects and names the reporters that were switched off. */
export type MultiplexedReporters = RunListener & {
  finish(): Promise<readonly ReporterFailure[]>;
};

/**
 * Feeds every event to every reporter, in order for each. A reporter that throws gets nothing more
 * and is named by `finish`; neither the run nor the other reporters notice.
 */
export function multiplexReporters(reporters: readonly NamedReporter[]): MultiplexedReporters {
  const failures: ReporterFailure[] = [];
  const channels = reporters.map(({ name, reporter }) => {
    let alive = true;
    let tail: Promise<void> = Promise.resolve();
    return (call: (reporter: Reporter) => void | Promise<void>): Promise<void> => {
      // Chained even when nobody awaits the listener: a reporter must see one event at a time.
      tail = tail.then(async () => {
        if (!alive) return;
        try {
          await call(reporter);
        } catch (error) {
          alive = false;
          failures.push({ name, error });
        }
      });
      return tail;
    };
  });
  const tellAll = async (call: (reporter: Reporter) => void | Promise<void>): Promise<void> => {
    await Promise.all(channels.map((tell) => tell(call)));
  };
  return Object.assign((event: RunEvent) => tellAll((reporter) => reporter.onEvent(event)), {
    async finish() {
      await tellAll((reporter) => reporter.finish?.());
      return failures;
    },
  });
}
