import type * as z from 'zod';
import {
  findPlatform,
  type ConfigExpectation,
  type Expectation,
  type FileExpectation,
  type Platform,
  type PlatformExpectation,
  type TextExpectation,
} from '../core/index.ts';
import type { TextExpectationDocument } from './expectation-schemas.ts';
import { omitUndefined } from './omit-undefined.ts';
import type { caseDocument } from './suite-schema.ts';

type ValidExpectation = NonNullable<z.output<typeof caseDocument>['expect']>;
type ValidPlatformExpectation = NonNullable<ValidExpectation['platform']>[string];

/** Makes the core's {@link Expectation} of one that was validated. */
export function buildExpectation(expect: ValidExpectation): Expectation {
  const platform = expect.platform;
  return {
    ...buildPlatformExpectation(expect),
    ...omitUndefined({
      platform: platform === undefined ? undefined : buildPlatformExpectations(platform),
    }),
  };
}

function buildPlatformExpectations(
  platforms: NonNullable<ValidExpectation['platform']>,
): NonNullable<Expectation['platform']> {
  const built: Partial<Record<Platform, PlatformExpectation>> = {};
  for (const [name, there] of Object.entries(platforms)) {
    const platform = findPlatform(name);
    if (platform !== undefined) built[platform] = buildPlatformExpectation(there);
  }
  return built;
}

function buildPlatformExpectation(expect: ValidPlatformExpectation): PlatformExpectation {
  return omitUndefined({
    exit: expect.exit,
    signal: expect.signal,
    stdout: buildText(expect.stdout),
    stderr: buildText(expect.stderr),
    files: expect.files?.map((file): FileExpectation => ({
      path: file.path,
      ...omitUndefined({
        exists: file.exists,
        type: file.type,
        mode: file.mode === undefined ? undefined : file.mode.padStart(4, '0'),
        permissions: file.permissions,
        uid: file.uid,
        gid: file.gid,
        executableBy: file.executableBy,
        content: buildText(file.content),
      }),
    })),
    config: buildConfig(expect.config),
  });
}

function buildConfig(config: ValidPlatformExpectation['config']): ConfigExpectation | undefined {
  if (config === undefined) return undefined;
  const { env, labels, ...rest } = config;
  return omitUndefined({
    ...rest,
    env: env === undefined ? undefined : buildValues(env),
    labels: labels === undefined ? undefined : buildValues(labels),
  });
}

function buildValues(
  values: Readonly<Record<string, string | false | TextExpectationDocument>>,
): Readonly<Record<string, TextExpectation | false>> {
  const built = Object.entries(values).map(([name, value]): [string, TextExpectation | false] => {
    if (value === false) return [name, false];
    return [name, typeof value === 'string' ? { equals: value } : buildText(value)];
  });
  return Object.fromEntries(built);
}

/** Makes the core's {@link TextExpectation} of one that was validated. */
export function buildText(document: TextExpectationDocument): TextExpectation;
export function buildText(
  document: TextExpectationDocument | undefined,
): TextExpectation | undefined;
export function buildText(
  document: TextExpectationDocument | undefined,
): TextExpectation | undefined {
  if (document === undefined) return undefined;
  if (isExpectationList(document)) return document.map((item) => buildText(item));
  if (document.contains !== undefined) return { contains: document.contains };
  if (document.equals !== undefined) return { equals: document.equals };
  if (document.matches !== undefined) return { matches: document.matches };
  return { not: buildText(document.not ?? []) };
}

function isExpectationList(
  document: TextExpectationDocument,
): document is readonly TextExpectationDocument[] {
  return Array.isArray(document);
}
