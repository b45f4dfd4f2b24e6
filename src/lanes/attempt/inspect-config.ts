import type { ConfigExpectation, ObservedConfig } from '../../core/index.ts';
import type { ImageConfig } from '../../image/index.ts';
import { parseEnvironment } from '../environment.ts';

/** What an image says about itself, as a case looks at it. */
export function observeConfig(config: ImageConfig): ObservedConfig {
  return {
    env: parseEnvironment(config.env),
    labels: config.labels,
    entrypoint: config.entrypoint ?? [],
    cmd: config.cmd ?? [],
    workdir: config.workdir,
    user: config.user,
    ports: config.exposedPorts,
    volumes: config.volumes,
  };
}

/** The parts that a case asks for as lines that two platforms can be compared by; all when it names none. */
export function describeConfig(
  config: ObservedConfig,
  asked: readonly ConfigExpectation[],
): string[] {
  const asksAll = asked.length === 0;
  const asks = (part: keyof ConfigExpectation): boolean =>
    asksAll || asked.some((expected) => expected[part] !== undefined);
  const names = (part: 'env' | 'labels' | 'ports' | 'volumes'): readonly string[] | undefined =>
    asksAll ? undefined : asked.flatMap((expected) => Object.keys(expected[part] ?? {}));
  return [
    ...(asks('entrypoint') ? [`Entrypoint ${JSON.stringify(config.entrypoint)}`] : []),
    ...(asks('cmd') ? [`Cmd ${JSON.stringify(config.cmd)}`] : []),
    ...(asks('workdir') ? [`WorkingDir ${JSON.stringify(config.workdir)}`] : []),
    ...(asks('user') ? [`User ${JSON.stringify(config.user)}`] : []),
    ...listPairs('Env', config.env, names('env')),
    ...listPairs('Label', config.labels, names('labels')),
    ...listMembers('ExposedPort', config.ports, names('ports')),
    ...listMembers('Volume', config.volumes, names('volumes')),
  ];
}

function listPairs(
  what: string,
  values: Readonly<Record<string, string>>,
  names: readonly string[] | undefined,
): string[] {
  return [...new Set(names ?? Object.keys(values))]
    .toSorted()
    .map((name) =>
      Object.hasOwn(values, name)
        ? `${what} ${name}=${JSON.stringify(values[name])}`
        : `${what} ${name} is not set`,
    );
}

/** A port without its protocol stands for both. */
function listMembers(
  what: string,
  values: readonly string[],
  names: readonly string[] | undefined,
): string[] {
  if (names === undefined) return values.toSorted().map((value) => `${what} ${value}`);
  return [...new Set(names)].toSorted().map((name) => {
    const found = values.filter((value) => value === name || value.startsWith(`${name}/`));
    return `${what} ${name}: ${found.length === 0 ? 'none' : found.toSorted().join(' ')}`;
  });
}
