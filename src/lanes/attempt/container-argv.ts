import { posix } from 'node:path';
import { expandVariables, usageError } from '../../core/index.ts';
import { resolveInRoot } from '../../image/index.ts';
import { parseEnvironment } from '../environment.ts';
import { QEMU_IN_CONTAINER } from './bundle-config.ts';
import type { ContainerRun } from './container-run.ts';
import type { Translation } from './translation.ts';

/** argv as docker makes it: Entrypoint, then arguments or Cmd. */
export function containerArgv(run: Pick<ContainerRun, 'command' | 'subject'>): readonly string[] {
  const { entrypoint = [], cmd = [] } = run.subject.config;
  switch (run.command.kind) {
    case 'run':
      return run.command.argv;
    case 'shell':
      return ['sh', '-c', run.command.script];
    case 'inspect':
      throw new TypeError('an inspection starts nothing');
    case 'subject': {
      const argv = [...entrypoint, ...(run.command.args ?? cmd)];
      if (argv.length > 0) return argv;
      throw usageError(
        'IMAGE_NO_COMMAND',
        'The image has neither Entrypoint nor Cmd, so there is nothing to start.',
        'Name a command.',
      );
    }
  }
}

/** `qemu -0 NAME PROGRAM ARGS`: QEMU takes a path, so the image's PATH is searched here. */
export function prefixedArgv(
  argv: readonly string[],
  root: string,
  path: string,
): readonly string[] {
  const [name = '', ...args] = argv;
  return [QEMU_IN_CONTAINER, '-0', name, findProgram(name, root, path), ...args];
}

/** The path of a command in an image; the name itself where there is none. */
export function findProgram(name: string, root: string, path: string): string {
  const candidates = name.includes('/')
    ? [name]
    : path.split(':').map((directory) => posix.join(directory, name));
  return (
    candidates.find((candidate) => resolveInRoot(root, candidate)?.stats.isFile() === true) ?? name
  );
}

/** argv as it is started: by the emulator in front of it, by what watches it, or as it is. */
export function startedArgv(
  argv: readonly string[],
  { instrument, subject: { root } }: ContainerRun,
  { translation, path }: { readonly translation: Translation; readonly path: string },
): readonly string[] {
  const { wrap } = instrument ?? {};
  if (wrap !== undefined) {
    const program = findProgram(argv[0] ?? '', root, path);
    const file = resolveInRoot(root, program)?.hostPath;
    return wrap({ argv, path, program, ...(file === undefined ? {} : { file }) });
  }
  return translation.kind === 'prefix' ? prefixedArgv(argv, root, path) : argv;
}

/** argv and the case's variables, with those of the image in the place of what stands for them. */
export function expandedCommand(
  run: Pick<ContainerRun, 'command' | 'subject' | 'env' | 'expand'>,
): {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const argv = containerArgv(run);
  const { env, expand } = run;
  if (expand === undefined) return { argv, env };
  const image = parseEnvironment(run.subject.config.env);
  const replace = (text: string): string => expandVariables(text, (name) => image[name] ?? '');
  const values = Object.entries(env).map(([name, value]): [string, string] => [
    name,
    expand.env.includes(name) ? replace(value) : value,
  ]);
  return { argv: expand.words ? argv.map(replace) : argv, env: Object.fromEntries(values) };
}
