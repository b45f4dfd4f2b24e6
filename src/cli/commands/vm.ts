import {
  buildVm,
  listVms,
  runVmShell,
  startVm,
  stopVms,
  type RunningVm,
  type VmOptions,
} from '../../app/vm.ts';
import { ExitCode, usageError } from '../../core/index.ts';
import { attachStreams } from '../attach-streams.ts';
import type { Command } from '../command.ts';
import { commandLogger, type CommonOptions } from '../common-options.ts';
import { isTerminal, terminalSize } from '../terminal-size.ts';

interface VmArguments extends CommonOptions {
  readonly _: readonly string[];
  readonly lane?: string;
  readonly fresh: boolean;
  readonly all: boolean;
  readonly json: boolean;
}

const DEFAULT_LANE = 'vm';

function laneOptions(lane: string, options: VmArguments): VmOptions {
  return {
    lane,
    ...commandLogger(options),
    ...(options.quiet
      ? {}
      : { onFetch: (what: string) => void process.stderr.write(`fetching ${what}\n`) }),
  };
}

function print(options: VmArguments, value: unknown, lines: readonly string[]): number {
  if (options.json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  else if (!options.quiet) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return ExitCode.ok;
}

function describe({ lane, pid, startedAt, pages, cpu, memoryMb, qemu }: RunningVm): string {
  return `${lane}  pid ${String(pid)} · since ${startedAt} · pages ${pages} · cpu ${cpu} · ${String(memoryMb)} MiB · QEMU ${qemu}`;
}

async function build(lane: string, options: VmArguments): Promise<number> {
  const built = await buildVm({ ...laneOptions(lane, options), fresh: options.fresh });
  return print(options, built, [
    `${built.lane} is ready (${(built.tookMs / 1000).toFixed(1)} s)`,
    `  kernel    ${built.kernel}`,
    `  initrd    ${built.initrd}`,
    `  snapshot  ${built.memory}`,
    `  QEMU      ${built.qemu}, cpu ${built.cpu}`,
  ]);
}

async function start(lane: string, options: VmArguments): Promise<number> {
  const running = await startVm(laneOptions(lane, options));
  const word = lane === DEFAULT_LANE ? '' : ` --lane ${running.lane}`;
  return print(options, running, [
    describe(running),
    `  archparity vm shell${word}   archparity vm stop${word}`,
  ]);
}

async function status(options: VmArguments): Promise<number> {
  const running = await listVms();
  const lines = running.length === 0 ? ['no microVM was started'] : running.map(describe);
  return print(options, running, lines);
}

async function stop(lane: string, options: VmArguments): Promise<number> {
  const stopped = await stopVms(options.all ? undefined : lane);
  const lines = stopped.map((machine) => `stopped ${machine.lane}`);
  return print(options, stopped, stopped.length === 0 ? ['no microVM was started'] : lines);
}

async function shell(lane: string, argv: readonly string[]): Promise<number> {
  const hasTerminal = isTerminal(process.stdin) && isTerminal(process.stdout);
  let detach: (() => Promise<void>) | undefined;
  try {
    const { exitCode, message } = await runVmShell({
      lane,
      argv: argv.length === 0 && !hasTerminal ? ['sh'] : argv,
      ...(hasTerminal ? { terminal: terminalSize(process.stdout) } : {}),
      onOutput: (stream, data) => {
        process[stream].write(data);
      },
      onStarted: (interactive) => {
        detach = attachStreams(interactive, hasTerminal);
      },
    });
    if (message !== undefined) process.stderr.write(`archparity: ${message}\n`);
    return exitCode;
  } finally {
    await detach?.();
  }
}

export const vmCommand: Command = {
  usage: 'vm build|start|status|shell|stop [-- COMMAND…]',
  describe:
    'Build, and keep for yourself, the arm64 microVMs that --lane vm uses.\n' +
    'build fetches kernel and libraries and makes a snapshot; start keeps a machine until stop; shell opens\n' +
    'a terminal in it, or runs a command.',
  examples: [
    ['archparity vm build', 'make all that --lane vm needs'],
    ['archparity vm build --lane vm,pages=16k', 'with a kernel of 16 KiB pages'],
    ['archparity vm start', 'keep a machine'],
    ['archparity vm shell', 'a terminal in it'],
    ['archparity vm shell -- uname -a', 'one command in it'],
    ['archparity vm stop', 'end it'],
  ],
  options: {
    lane: {
      type: 'string',
      requiresArg: true,
      describe: 'The machine as a lane is written: vm (default), vm,pages=16k, NAME=vm,cpu=…',
    },
    fresh: { type: 'boolean', default: false, describe: 'build: fetch the packages anew' },
    all: { type: 'boolean', default: false, describe: 'stop: all of them' },
    json: { type: 'boolean', default: false, describe: 'Print the answer as JSON' },
  },
  run: async (argv) => {
    const options = argv as unknown as VmArguments;
    const [action, ...words] = options._.map(String);
    if (action !== 'shell' && words.length > 0)
      throw usageError(
        'USAGE',
        `vm ${action ?? ''} takes no further words, and there is "${words.join(' ')}".`,
        'Write the lane as --lane vm,pages=16k; see archparity vm --help.',
      );
    const lane = options.lane ?? DEFAULT_LANE;
    switch (action) {
      case 'build':
        return build(lane, options);
      case 'start':
        return start(lane, options);
      case 'status':
        return status(options);
      case 'stop':
        return stop(lane, options);
      case 'shell':
        return shell(lane, words);
      default:
        throw usageError(
          'USAGE',
          action === undefined
            ? 'vm needs an action.'
            : `There is no action "${action}": build, start, status, shell, stop.`,
          'See archparity vm --help.',
        );
    }
  },
};
