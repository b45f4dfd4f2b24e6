import { basename, resolve } from 'node:path';
import {
  bundleCase,
  isBundle,
  reproduceCase,
  reproExitCode,
  type ReproRequest,
  type WrittenBundle,
} from '../../app/repro.ts';
import { debugCase } from '../../app/repro-debugger.ts';
import { openCaseShell } from '../../app/repro-shell.ts';
import { traceCase } from '../../app/repro-trace.ts';
import { runEnding } from '../../app/run-exit-code.ts';
import { ExitCode, usageError } from '../../core/index.ts';
import { escapeControl } from '../../report/index.ts';
import { attachStreams } from '../attach-streams.ts';
import { cancelOnSignals, type CancelledBy } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, wantsColor, type CommonOptions } from '../common-options.ts';
import { IMAGE_OPTIONS, readImageAccess, type ImageArguments } from '../image-options.ts';
import { formatSize } from '../inspect-report/format-size.ts';
import { formatReproText } from '../repro-report/text.ts';
import { formatTraceText } from '../repro-report/trace-text.ts';
import { isTerminal, terminalSize } from '../terminal-size.ts';

interface ReproArguments extends CommonOptions, ImageArguments {
  readonly _: readonly string[];
  readonly record: string;
  readonly lane?: string;
  readonly shell: boolean;
  readonly strace: boolean;
  readonly gdb: boolean;
  readonly core?: string;
  readonly bundle?: string;
  readonly json: boolean;
  readonly capture: boolean;
}

function readRequest(options: ReproArguments): Omit<ReproRequest, 'cancelSignal'> {
  const [caseId, ...others] = options._;
  if (others.length > 0)
    throw usageError('USAGE', 'Name one case.', 'See archparity repro --help.');
  return {
    cwd: process.cwd(),
    record: options.record,
    access: readImageAccess(options),
    say: (note) => {
      if (!options.quiet) process.stderr.write(`archparity: ${note}\n`);
    },
    ...commandLogger(options),
    ...(caseId === undefined ? {} : isBundle(caseId) ? { bundle: caseId } : { caseId }),
    ...(options.lane === undefined ? {} : { lane: options.lane }),
  };
}

/** What is done with the case is one thing. */
function refuseTwoModes({
  bundle: file,
  core,
  gdb,
  shell: opensShell,
  strace,
}: ReproArguments): void {
  const modes = [
    ...(opensShell ? ['--shell'] : []),
    ...(strace ? ['--strace'] : []),
    ...(gdb ? ['--gdb'] : []),
    ...(core === undefined ? [] : ['--core']),
    ...(file === undefined ? [] : ['--bundle']),
  ];
  if (modes.length > 1)
    throw usageError('USAGE', `${modes.join(' and ')} exclude each other.`, 'Leave one out.');
}

async function trace(options: ReproArguments, cancelSignal: AbortSignal): Promise<ExitCode> {
  const report = await traceCase({ ...readRequest(options), cancelSignal });
  process.stdout.write(
    options.json
      ? `${JSON.stringify(report, null, 2)}\n`
      : formatTraceText(report, wantsColor(options, process.stdout)),
  );
  return report.comparison.first === undefined ? ExitCode.ok : ExitCode.caseFailed;
}

/** What ends the making ready of a case, and who has its signals once that is done. */
interface Cancellation {
  readonly cancelSignal: AbortSignal;
  readonly leave: (names: readonly CancelledBy[]) => void;
}

/** The debugger has our terminal: Ctrl-C is its own, and it stops the program. */
async function debug(
  options: ReproArguments,
  { cancelSignal, leave }: Cancellation,
): Promise<number> {
  return debugCase({
    ...readRequest(options),
    cancelSignal,
    ...(options.core === undefined ? {} : { core: resolve(options.core) }),
    isBatch: !isTerminal(process.stdin),
    onOutput: (stream, data) => {
      process[stream].write(data);
    },
    onTerminalTaken: () => {
      leave(['SIGINT']);
    },
  });
}

/** A shell has our terminal and our signals, as `archparity run -t`. */
async function shell(
  options: ReproArguments,
  { cancelSignal, leave }: Cancellation,
): Promise<number> {
  const terminal = isTerminal(process.stdin) && isTerminal(process.stdout);
  let detach: (() => Promise<void>) | undefined;
  try {
    const attempt = await openCaseShell({
      ...readRequest(options),
      cancelSignal,
      ...(terminal ? { terminal: terminalSize(process.stdout) } : {}),
      onOutput: (stream, data) => {
        process[stream].write(data);
      },
      onStarted: (interactive) => {
        detach = attachStreams(interactive, terminal);
        leave(['SIGINT', 'SIGTERM', 'SIGHUP']);
      },
    });
    const { exitCode, message } = runEnding(attempt);
    if (message !== undefined) process.stderr.write(`archparity: ${message}\n`);
    return exitCode;
  } finally {
    await detach?.();
  }
}

async function bundle(
  file: string,
  options: ReproArguments,
  cancelSignal: AbortSignal,
): Promise<ExitCode> {
  const written = await bundleCase({ ...readRequest(options), cancelSignal }, file);
  if (options.json) process.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
  else if (!options.quiet) process.stdout.write(formatBundle(written));
  return ExitCode.ok;
}

function formatBundle({ bytes, case: id, file, files, images }: WrittenBundle): string {
  const contents = [...files, ...images].map((name) => `  ${escapeControl(name)}\n`);
  return `${escapeControl(id)} is in ${file} (${formatSize(bytes)}):\n${contents.join('')}Run it elsewhere with: archparity repro ${basename(file)}\n`;
}

async function rerun(options: ReproArguments, cancelSignal: AbortSignal): Promise<ExitCode> {
  const report = await reproduceCase({
    ...readRequest(options),
    cancelSignal,
    ...(options.capture ? {} : { onOutput: (data: Buffer) => void process.stderr.write(data) }),
  });
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (!options.quiet || report.reproduced !== true)
    process.stdout.write(
      formatReproText(report, {
        color: wantsColor(options, process.stdout),
        verbose: options.verbose,
      }),
    );
  return reproExitCode(report);
}

export const reproCommand: Command = {
  usage: 'repro [options] [CASE | BUNDLE]',
  describe:
    'Run one recorded case again exactly as it was run, and say what it does as recorded and what not.\n' +
    'CASE is the id of a case or a part of it that no other has; without it, the only one that failed.\n' +
    'BUNDLE is a file that --bundle wrote.',
  examples: [
    ['archparity repro', 'the case that failed in the last run, on the arm64 lane it had'],
    ["archparity repro 'app/reads its config' --lane vm", 'on a real arm64 kernel'],
    ['archparity repro crash --record ci.ndjson', 'from the record of a CI job'],
    ['archparity repro crash --shell', 'a shell where the case ran'],
    ['archparity repro crash --strace', 'the first system call that is not as on native'],
    ['archparity repro crash --gdb', 'the line that crashes'],
    ['archparity repro crash --bundle crash.tar', 'the case in one file, for somebody else'],
    ['archparity repro crash.tar', 'there'],
  ],
  options: {
    record: {
      type: 'string',
      requiresArg: true,
      default: 'last',
      describe: 'Record that has the case: a file, a run’s id, or last',
    },
    lane: {
      type: 'string',
      requiresArg: true,
      describe: 'Lane, an id of the record or a spec (default: the record’s arm64 one)',
    },
    shell: {
      type: 'boolean',
      default: false,
      describe:
        'Open a shell in the place of the case’s command, all else made ready as for the case',
    },
    strace: {
      type: 'boolean',
      default: false,
      describe:
        'Trace its system calls here and on the native lane, and show where they part first',
    },
    gdb: {
      type: 'boolean',
      default: false,
      describe: 'Run it under gdb: until it crashes again, if it did, else to its main function',
    },
    core: {
      type: 'string',
      requiresArg: true,
      describe: 'Open a core dump of its program in gdb, with its symbols and libraries',
    },
    bundle: {
      type: 'string',
      requiresArg: true,
      describe: 'Write the case with all it needs into this tar file, and run nothing',
    },
    json: { type: 'boolean', default: false, describe: 'Print what came of it as JSON' },
    capture: {
      type: 'boolean',
      default: true,
      describe: 'Keep the output of the case (--no-capture shows it as it comes)',
    },
    ...IMAGE_OPTIONS,
  },
  run: async (argv) => {
    const options = argv as unknown as ReproArguments;
    refuseTwoModes(options);
    return cancelOnSignals(async (cancelSignal, leave) => {
      try {
        if (options.shell) return await shell(options, { cancelSignal, leave });
        if (options.gdb || options.core !== undefined)
          return await debug(options, { cancelSignal, leave });
        if (options.strace) return await trace(options, cancelSignal);
        return options.bundle === undefined
          ? await rerun(options, cancelSignal)
          : await bundle(options.bundle, options, cancelSignal);
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
