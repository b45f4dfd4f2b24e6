import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunPrinter } from './run-printer.ts';

/** Every case on a line, then the failures in full and a summary: for files, logs and replays. */
export function createTextReporter(options: ReporterOptions): Reporter {
  const printer = new RunPrinter(options);
  return {
    async onEvent(event) {
      const printed = printer.print(event);
      if (printed !== undefined && !options.quiet) await options.write(printed.text);
    },
    async finish() {
      const text = printer.finish();
      if (text !== '') await options.write(text);
    },
  };
}
