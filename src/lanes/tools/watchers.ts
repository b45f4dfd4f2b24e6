import {
  TOOLS_DIRECTORY,
  TRACE_DIRECTORY,
  TRACE_FILE,
  type Instrument,
} from '../attempt/instrument.ts';
import { requireElf } from './require-program.ts';

/** Bytes shown of a text in a trace. */
const TEXT_LIMIT = '200';

/** Bytes kept of a trace. */
export const TRACE_LIMIT = 64 * 1024 ** 2;

/** What tools of a case are found where the lane has them. */
const TOOLS = { source: TOOLS_DIRECTORY, target: TOOLS_DIRECTORY, readonly: true } as const;
export const TRACES = {
  source: TRACE_DIRECTORY,
  target: TRACE_DIRECTORY,
  readonly: false,
} as const;

/** strace(1) around the command, with all that it starts. */
export function straceInstrument(
  words: readonly string[],
  places: { readonly tools: string; readonly traces: string },
): Instrument {
  return {
    binds: [
      { ...TOOLS, source: places.tools },
      { ...TRACES, source: places.traces },
    ],
    // It looks for the command in its own PATH, and what it starts has the command's.
    wrap: ({ argv, path }) => [
      ...words,
      ...['-f', '-q', '-s', TEXT_LIMIT, '-o', TRACE_FILE, '-E', `PATH=${path}`],
      ...argv,
    ],
  };
}

/** gdbserver splits words at blanks where no shell starts the program, and images may have none. */
function howToStart(argv: readonly string[]): readonly string[] {
  const needsShell = argv.some((word) => word === '' || /\s/.test(word));
  return needsShell ? [] : ['--no-startup-with-shell'];
}

/** gdbserver(1) around the command, waiting for its debugger on a port of the case's loopback interface. */
export function gdbserverInstrument(
  words: readonly string[],
  port: number,
  tools: string,
): Instrument {
  return {
    binds: [{ ...TOOLS, source: tools }],
    wrap: ({ argv, file, program }) => {
      requireElf(program, file);
      return [
        ...words,
        ...['--once', ...howToStart(argv), `127.0.0.1:${String(port)}`],
        ...[program, ...argv.slice(1)],
      ];
    },
  };
}

/** An emulator in front of the command that waits for a debugger; what the command starts is emulated as ever. */
export function gdbstubInstrument(qemu: string, port: number): Instrument {
  const target = `${TOOLS_DIRECTORY}/qemu`;
  return {
    binds: [{ source: qemu, target, readonly: true }],
    wrap: ({ argv, file, program }) => {
      requireElf(program, file);
      const [name = program, ...args] = argv;
      return [target, '-g', String(port), '-0', name, program, ...args];
    },
  };
}
