import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import type { ContainerOptions } from '../../core/index.ts';
import type { Problem } from '../mistake.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { RunOptions } from './cst-schema.ts';

/** What `containerRunOptions` ask of the containers of commands. */
export interface RunSettings {
  readonly user?: string;
  readonly network?: 'none' | 'host';
  readonly container?: ContainerOptions;
  /** Variables of the caller and of a file. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of variables whose values are the caller's. */
  readonly secrets: readonly string[];
  /** Whether any option is set: then the tool gives a command no variables of its test. */
  readonly replacesEnv: boolean;
}

export interface RunSettingsContext {
  /** Where relative paths begin: the tool takes its working directory. */
  readonly cwd: string;
  /** Directory of the file, where a path is looked for next. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isStrict: boolean;
}

/** A mistake in one of the options, by its key. */
export type RunSettingsMistake = Problem & {
  readonly key: keyof RunOptions;
  readonly index?: number;
};

/** Reads the run options; what is wrong with them comes beside. */
export function readRunSettings(
  options: RunOptions | undefined,
  context: RunSettingsContext,
): { readonly settings: RunSettings; readonly mistakes: readonly RunSettingsMistake[] } {
  if (options === undefined)
    return { settings: { env: {}, secrets: [], replacesEnv: false }, mistakes: [] };
  const names = (options.envVars ?? []).filter((name) => (context.environment[name] ?? '') !== '');
  const file = readEnvFile(options, context);
  const binds = (options.bindMounts ?? []).map((written, index) =>
    readBind(written, index, context),
  );
  const mistakes = [
    ...file.mistakes,
    ...binds.flatMap((bind) => ('key' in bind ? [bind] : [])),
    ...findNetworkMistake(options),
  ];
  const fromCaller = Object.fromEntries(
    names.map((name) => [name, context.environment[name] ?? '']),
  );
  return {
    mistakes,
    settings: {
      env: { ...file.env, ...fromCaller },
      secrets: names,
      replacesEnv: Object.values(options).some(
        (value) => value !== null && value !== '' && value !== false && !isEmptyList(value),
      ),
      ...omitUndefined({
        user: options.user === '' ? undefined : options.user,
        network: readNetwork(options),
        container: readContainer(
          options,
          binds.flatMap((bind) => ('key' in bind ? [] : [bind])),
        ),
      }),
    },
  };
}

/** A network of the machine's is what docker's bridge leads to. */
function readNetwork({ network = '' }: RunOptions): RunSettings['network'] {
  if (network === '') return undefined;
  return network === 'none' ? 'none' : 'host';
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

type Bind = NonNullable<ContainerOptions['binds']>[number];

function readContainer(
  { allocateTty, capabilities = [], drop_capabilities = [], privileged, sysctls }: RunOptions,
  binds: readonly Bind[],
): ContainerOptions | undefined {
  const container: ContainerOptions = omitUndefined({
    privileged: privileged === true ? (true as const) : undefined,
    terminal: allocateTty === true ? (true as const) : undefined,
    addedCapabilities: capabilities.length === 0 ? undefined : capabilities,
    droppedCapabilities: drop_capabilities.length === 0 ? undefined : drop_capabilities,
    sysctls: sysctls ?? undefined,
    binds: binds.length === 0 ? undefined : binds,
  });
  return Object.keys(container).length === 0 ? undefined : container;
}

/** `HOST:CONTAINER[:OPTIONS]` as docker's `--volume`. */
function readBind(
  written: string,
  index: number,
  { cwd }: RunSettingsContext,
): Bind | RunSettingsMistake {
  const [source = '', target = '', options = ''] = written.split(':');
  if (source === '' || !target.startsWith('/'))
    return {
      key: 'bindMounts',
      index,
      message: `is no bind mount: ${JSON.stringify(written)}`,
      hint: 'write HOST-PATH:/PATH-IN-THE-CONTAINER, with :ro behind it for a read-only one',
    };
  const absolute = path.resolve(cwd, source);
  if (!existsSync(absolute))
    return {
      key: 'bindMounts',
      index,
      message: `names a path that does not exist: ${JSON.stringify(source)}`,
      hint: `it was looked for at ${absolute}`,
    };
  return { source: absolute, target, readonly: options.split(',').includes('ro') };
}

function readEnvFile(
  { envFile }: RunOptions,
  { cwd, directory, isStrict }: RunSettingsContext,
): {
  readonly env: Readonly<Record<string, string>>;
  readonly mistakes: readonly RunSettingsMistake[];
} {
  if (envFile === undefined || envFile === '') return { env: {}, mistakes: [] };
  const found = [path.resolve(cwd, envFile), path.resolve(directory, envFile)].find((candidate) =>
    existsSync(candidate),
  );
  if (found === undefined) {
    // The tool says so and goes on.
    const mistake: RunSettingsMistake = {
      key: 'envFile',
      message: `names a file that does not exist: ${JSON.stringify(envFile)}`,
      hint: `it was looked for in ${cwd} and ${directory}`,
    };
    return { env: {}, mistakes: isStrict ? [] : [mistake] };
  }
  const pairs = Object.entries(parseEnv(readFileSync(found, 'utf8')));
  const filled = pairs.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as const],
  );
  return { env: Object.fromEntries(filled), mistakes: [] };
}

function findNetworkMistake({ network = '' }: RunOptions): RunSettingsMistake[] {
  if (['', 'none', 'host', 'bridge', 'default'].includes(network)) return [];
  return [
    {
      key: 'network',
      message: `names a network that is not to be had here: ${JSON.stringify(network)}`,
      hint: 'none, host, bridge and default are',
    },
  ];
}
