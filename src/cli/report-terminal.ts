import { findCi, type CiSystem } from '../app/ci-system.ts';
import type { ReporterOptions } from '../report/index.ts';
import { wantsColor, type CommonOptions } from './common-options.ts';
import { isTerminal, terminalSize } from './terminal-size.ts';

/** Where the reports and the remarks of a run are shown. */
export interface ReportTerminal {
  readonly terminal: Omit<ReporterOptions, 'recordPath' | 'write'> & {
    readonly write: (text: string) => void;
    readonly tty: boolean;
  };
  readonly say: (text: string) => void;
  /** Whose job this is. */
  readonly ci?: CiSystem;
}

/** Our stdout for reports, our stderr for remarks. */
export function reportTerminal(options: CommonOptions): ReportTerminal {
  const ci = findCi(process.env);
  return {
    ...(ci === undefined ? {} : { ci }),
    terminal: {
      ...(ci?.sourceRoot === undefined ? {} : { sourceRoot: ci.sourceRoot }),
      write: (text) => {
        process.stdout.write(text);
      },
      color: wantsColor(options, process.stdout),
      width: terminalSize(process.stdout).columns,
      tty: isTerminal(process.stdout) && process.env['TERM'] !== 'dumb',
      verbose: options.verbose,
      quiet: options.quiet,
    },
    say: (text) => {
      process.stderr.write(`${text}\n`);
    },
  };
}
