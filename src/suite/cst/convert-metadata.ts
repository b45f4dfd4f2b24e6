import type { CaseDefinition, ConfigExpectation, TextExpectation } from '../../core/index.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { EnvVar, MetadataTest } from './cst-schema.ts';

/** The metadata test as an expectation on the image's config. */
export function convertMetadata(test: MetadataTest): Pick<CaseDefinition, 'command' | 'expect'> {
  const env = { ...absent(test.unboundEnvVars), ...pairs(test.envVars) };
  const config: ConfigExpectation = omitUndefined({
    env: unlessEmpty(contradict(env, test)),
    labels: unlessEmpty(pairs(test.labels)),
    entrypoint: test.entrypoint ?? undefined,
    cmd: test.cmd ?? undefined,
    workdir: test.workdir === '' ? undefined : test.workdir,
    user: test.user === '' ? undefined : test.user,
    ports: unlessEmpty(members(test.exposedPorts, test.unexposedPorts)),
    volumes: unlessEmpty(members(test.volumes, test.unmountedVolumes)),
  });
  return { command: { kind: 'inspect', what: 'config' }, expect: { config } };
}

/** Each of several expectations on one name must hold. */
function pairs(written: readonly EnvVar[] = []): Record<string, TextExpectation> {
  const expected = new Map<string, TextExpectation[]>();
  for (const { key, value = '', isRegex } of written) {
    const check = isRegex === true ? { matches: value } : { equals: value };
    expected.set(key, [...(expected.get(key) ?? []), check]);
  }
  return Object.fromEntries(
    [...expected].map(([key, checks]) => [key, checks.length === 1 ? (checks[0] ?? []) : checks]),
  );
}

function absent(written: readonly EnvVar[] = []): Record<string, false> {
  return Object.fromEntries(written.map(({ key }) => [key, false]));
}

/** A variable that must be there and must not: no image passes. */
function contradict(
  env: Readonly<Record<string, TextExpectation | false>>,
  { envVars = [], unboundEnvVars = [] }: MetadataTest,
): Readonly<Record<string, TextExpectation | false>> {
  const both = unboundEnvVars.filter(({ key }) => envVars.some((pair) => pair.key === key));
  const impossible: TextExpectation = { not: { contains: '' } };
  return { ...env, ...Object.fromEntries(both.map(({ key }) => [key, impossible])) };
}

function members(
  there: readonly string[] = [],
  notThere: readonly string[] = [],
): Record<string, boolean> {
  return Object.fromEntries([
    ...there.map((name) => [name, true] as const),
    ...notThere.map((name) => [name, false] as const),
  ]);
}

function unlessEmpty<Values extends object>(values: Values): Values | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}
