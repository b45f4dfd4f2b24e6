import { expandVariables, type CaseDefinition, type FileExpectation } from '../../core/index.ts';
import { patternChecks, type ConvertOptions } from './convert-command.ts';
import type { ContentTest, ExistenceTest, LicenseTest } from './cst-schema.ts';
import type { CstTests } from './cst-tests.ts';

type FileCase = Pick<CaseDefinition, 'command' | 'expand' | 'expect'>;

/** What the words of licenses that the tool refuses look like in any case. */
const REFUSED_LICENSES = '(?i)AGPL|WTFPL';

function inspect(
  what: 'paths' | 'licenses',
  { isStrict }: ConvertOptions,
): CaseDefinition['command'] {
  return { kind: 'inspect', what, ...(isStrict ? { view: 'docker-cp' as const } : {}) };
}

/** In the path of an existence test variables stand for those of the file, then of the image. */
export function convertExistence(
  test: ExistenceTest,
  { globalEnvVars }: Pick<CstTests, 'globalEnvVars'>,
  options: ConvertOptions & { readonly expandsPaths: boolean; readonly isJson: boolean },
): FileCase {
  const globals = new Map(globalEnvVars.map(({ key, value = '' }) => [key, value]));
  const written = test.path ?? '';
  const path = options.expandsPaths
    ? expandVariables(written, (name) => globals.get(name) ?? `\${${name}}`)
    : written;
  return {
    command: inspect('paths', options),
    expand: { words: options.expandsPaths, env: [] },
    expect: { files: [{ path, ...existenceChecks(test, options) }] },
  };
}

function existenceChecks(
  { gid, isExecutableBy, permissions, shouldExist, uid }: ExistenceTest,
  { isJson, isStrict }: ConvertOptions & { readonly isJson: boolean },
): Omit<FileExpectation, 'path'> {
  // The tool's defaults come from its reader of YAML: in JSON what is not written is false, and 0.
  const bare = isStrict && isJson;
  if (!(shouldExist ?? !bare)) return { exists: false };
  const owner = uid ?? (bare ? 0 : -1);
  const group = gid ?? (bare ? 0 : -1);
  return {
    exists: true,
    ...(permissions === undefined || permissions === '' ? {} : { permissions }),
    ...(owner === -1 ? {} : { uid: owner }),
    ...(group === -1 ? {} : { gid: group }),
    ...(isExecutableBy === undefined ? {} : { executableBy: isExecutableBy }),
  };
}

/** The path of a content test is what it is: nothing in it stands for anything. */
export function convertContent(test: ContentTest, options: ConvertOptions): FileCase {
  const content = patternChecks(test.expectedContents, test.excludedContents);
  return {
    command: inspect('paths', options),
    expect: { files: [{ path: test.path ?? '', content }] },
  };
}

/** Licenses of all Debian packages, and of files by their path. */
export function convertLicense(
  { debian, files = [] }: LicenseTest,
  options: ConvertOptions,
): FileCase {
  const checked = files.map((path) => ({
    path,
    content: [{ not: { matches: REFUSED_LICENSES } }],
  }));
  const isDebian = debian === true;
  return {
    command: inspect(isDebian || files.length === 0 ? 'licenses' : 'paths', options),
    expect: {
      ...(isDebian ? { stdout: { equals: '' } } : {}),
      ...(checked.length === 0 ? {} : { files: checked }),
    },
  };
}
