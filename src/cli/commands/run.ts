import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { runCommand, type Interactive } from '../../app/run-command.ts';
import { runEnding } from '../../app/run-exit-code.ts';
import { parsePlatform, usageError } from '../../core/index.ts';
import type { Command } from '../command.ts';
import { commandLogger, listOf } from '../common-options.ts';
import { ENGINE_OPTION, readEngineOption, type EngineArguments } from '../engine-option.ts';
import { IMAGE_OPTIONS, readImageAccess, type ImageArguments } from '../image-options.ts';
import { attachStreams } from '../attach-streams.ts';
import { isTerminal, terminalSize } from '../terminal-size.ts';

interface RunArguments extends EngineArguments, ImageArguments {
  readonly _: readonly string[];
  readonly lane?: string;
  readonly platform?: string;
  readonly env?: string | readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  readonly write?: string | readonly string[];
  readonly network: 'none' | 'host';
  readonly pid1: 'init' | 'subject';
  readonly sysroot?: string;
  readonly tty: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** `NAME=VALUE`, or `NAME` for the caller's own value, as docker's -e. */
function readEnvironment(words: readonly string[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    if (name === '')
      throw usageError('ENV_INVALID', `"${word}" is no environment variable.`, 'Write NAME=VALUE.');
    const value = at < 0 ? process.env[name] : word.slice(at + 1);
    if (value !== undefined) env[name] = value;
  }
  return env;
}

function readWritable(paths: readonly string[]): string[] {
  return paths.map((path) => {
    if (!existsSync(path) || !statSync(path).isDirectory())
      throw usageError(
        'WRITE_NOT_A_DIRECTORY',
        `${path} is not a directory.`,
        'Name a directory that the program may write to.',
      );
    return resolve(path);
  });
}

export const runCommandModule: Command = {
  usage: 'run [options] TARGET [ARGS…]',
  describe:
    'Run one program or image on the lane that fits it, with your stdin, stdout, stderr, signals and exit code.\n' +
    'TARGET is a path (./app, /usr/bin/app) or an image (oci:DIR, docker-archive:FILE, …). ARGS follow a\n' +
    'program, and replace an image’s Cmd. The file system of this machine is read-only to a program.',
  examples: [
    ['archparity run ./hello_arm64 --its-own-option', 'an arm64 program on this machine'],
    ['archparity run -t oci:build/app sh', 'a shell in the arm64 image'],
    ['archparity run --lane emulated,cpu=max ./app', 'with another CPU model'],
  ],
  stopsAtFirstWord: true,
  options: {
    lane: {
      type: 'string',
      requiresArg: true,
      describe: 'Lane to run on, e.g. emulated,qemu=/path (default: what fits the target)',
    },
    ...ENGINE_OPTION,
    platform: {
      type: 'string',
      requiresArg: true,
      describe: 'Platform of an image (default: that of the lane, else the foreign one)',
    },
    tty: {
      type: 'boolean',
      alias: 't',
      default: false,
      describe: 'Give it a terminal',
    },
    env: {
      type: 'string',
      repeatable: true,
      alias: 'e',
      requiresArg: true,
      describe: 'NAME=VALUE, or NAME for your own value; repeatable',
    },
    user: {
      type: 'string',
      alias: 'u',
      requiresArg: true,
      describe: 'User of an image',
    },
    workdir: {
      type: 'string',
      alias: 'w',
      requiresArg: true,
      describe: 'Working directory',
    },
    write: {
      type: 'string',
      repeatable: true,
      requiresArg: true,
      describe: 'Directory that a program may write to; repeatable',
    },
    network: {
      choices: ['none', 'host'],
      default: 'none',
      describe: 'none is loopback alone, host is the network of this machine',
    },
    pid1: {
      choices: ['init', 'subject'],
      default: 'init',
      describe: 'Who is PID 1 of a container',
    },
    ...IMAGE_OPTIONS,
    sysroot: {
      type: 'string',
      requiresArg: true,
      describe: 'Directory with loader and libraries for a dynamic program',
    },
  },
  run: async (argv) => {
    const options = argv as unknown as RunArguments;
    const words = options._[0] === '--' ? options._.slice(1) : options._;
    const [target, ...rest] = words;
    if (target === undefined)
      throw usageError('USAGE', 'There is no TARGET.', 'See archparity run --help.');
    if (options.tty && !isTerminal(process.stdin))
      throw usageError('NOT_A_TERMINAL', '-t needs a terminal on stdin.', 'Leave -t out.');
    let detach: (() => Promise<void>) | undefined;
    try {
      const attempt = await runCommand({
        target,
        args: rest[0] === '--' ? rest.slice(1) : rest,
        env: readEnvironment(listOf(options.env)),
        writable: readWritable(listOf(options.write)),
        network: options.network,
        pid1: options.pid1,
        access: readImageAccess(options),
        ...readEngineOption(options),
        ...commandLogger(options),
        ...(options.lane === undefined ? {} : { lane: options.lane }),
        ...(options.platform === undefined ? {} : { platform: parsePlatform(options.platform) }),
        ...(options.user === undefined ? {} : { user: options.user }),
        ...(options.workdir === undefined ? {} : { workdir: options.workdir }),
        ...(options.sysroot === undefined ? {} : { sysroot: resolve(options.sysroot) }),
        ...(options.tty ? { terminal: terminalSize(process.stdout) } : {}),
        onOutput: (stream, data) => {
          process[stream].write(data);
        },
        onNote: (note) => {
          process.stderr.write(`archparity: ${note}\n`);
        },
        onStarted: (interactive: Interactive) => {
          detach = attachStreams(interactive, options.tty);
        },
      });
      const { exitCode, message } = runEnding(attempt);
      if (message !== undefined) process.stderr.write(`archparity: ${message}\n`);
      return exitCode;
    } finally {
      await detach?.();
    }
  },
};
