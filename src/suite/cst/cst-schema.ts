import * as z from 'zod';
import { strictMapping } from '../scalar-schemas.ts';
import { findRegularExpressionProblem } from '../regular-expression.ts';
import { list, patterns, steps, text, texts, truth, wholeNumber } from './cst-values.ts';

// The keys of container-structure-test's configuration. Source: its pkg/types/v1, v2 and unversioned.

const envVarShape = { key: text, value: text.optional(), isRegex: truth.optional() };

const commonCommandShape = {
  name: text.optional(),
  setup: steps.optional(),
  teardown: steps.optional(),
  envVars: list(
    strictMapping('a variable', envVarShape).superRefine(requireKeyAndValue),
  ).optional(),
  exitCode: wholeNumber.nullable().optional(),
  expectedOutput: patterns.optional(),
  excludedOutput: patterns.optional(),
  expectedError: patterns.optional(),
  excludedError: patterns.optional(),
};

const commonExistenceShape = {
  name: text.optional(),
  path: text.optional(),
  shouldExist: truth.nullable().optional(),
  permissions: text.optional(),
};

const contentShape = {
  name: text.optional(),
  path: text.optional(),
  expectedContents: patterns.optional(),
  excludedContents: patterns.optional(),
};

const licenseShape = { debian: truth.nullable().optional(), files: texts.optional() };

const EXECUTABLE_BY = ['owner', 'group', 'other', 'any'] as const;

const existenceShape = {
  ...commonExistenceShape,
  uid: wholeNumber.nullable().optional(),
  gid: wholeNumber.nullable().optional(),
  isExecutableBy: z
    .enum(EXECUTABLE_BY, { error: () => `must be one of ${EXECUTABLE_BY.join(', ')}` })
    .optional(),
};

const filled = text.refine((value) => value !== '', { error: () => 'cannot be empty' });

const metadataShape = {
  envVars: list(strictMapping('a variable', envVarShape).superRefine(checkPair)).optional(),
  unboundEnvVars: list(strictMapping('a variable', envVarShape)).optional(),
  labels: list(strictMapping('a label', envVarShape).superRefine(checkPair)).optional(),
  entrypoint: z
    .array(text, { error: () => 'must be a list' })
    .nullable()
    .optional(),
  cmd: z
    .array(text, { error: () => 'must be a list' })
    .nullable()
    .optional(),
  exposedPorts: list(filled).optional(),
  unexposedPorts: texts.optional(),
  volumes: list(filled).optional(),
  unmountedVolumes: texts.optional(),
  workdir: text.optional(),
  user: text.optional(),
};

const runOptionsShape = {
  user: text.optional(),
  privileged: truth.nullable().optional(),
  allocateTty: truth.nullable().optional(),
  envFile: text.optional(),
  envVars: texts.optional(),
  capabilities: texts.optional(),
  drop_capabilities: texts.optional(),
  bindMounts: texts.optional(),
  sysctls: z
    .record(z.string(), text, { error: () => 'must be a mapping' })
    .nullable()
    .optional(),
  network: text.optional(),
};

/** The tool fails a command test that has less. */
function requireKeyAndValue(
  pair: { readonly key: string; readonly value?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (pair.key === '')
    context.addIssue({ code: 'custom', path: ['key'], message: 'cannot be empty' });
  if ((pair.value ?? '') === '')
    context.addIssue({
      code: 'custom',
      message: 'needs a value that is not empty',
    });
}

function checkPair(
  pair: { readonly value?: string | undefined; readonly isRegex?: boolean | undefined },
  context: z.RefinementCtx,
): void {
  const problem =
    pair.isRegex === true ? findRegularExpressionProblem(pair.value ?? '') : undefined;
  if (problem === undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['value'],
    message: problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`,
  });
}

/** What a test must have, which the reader of the tool finds missing only when it runs it. */
function requireFilled(keys: readonly string[]) {
  return (test: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    for (const key of keys) {
      const value = test[key];
      const isEmpty =
        value === undefined || (Array.isArray(value) ? value.length === 0 : value === '');
      if (isEmpty)
        context.addIssue({
          code: 'custom',
          message: `has no ${key}\nevery test needs one`,
        });
    }
  };
}

const commandTest = strictMapping('a command test', {
  ...commonCommandShape,
  command: text.optional(),
  args: texts.optional(),
});
const commandTestOfV1 = strictMapping('a command test of schema version 1.0.0', {
  ...commonCommandShape,
  command: texts.optional(),
});
const existenceTest = strictMapping('a file existence test', existenceShape);
const contentTest = strictMapping('a file content test', contentShape);
const metadataTest = strictMapping('the metadata test', metadataShape);
const licenseTest = strictMapping('a license test', licenseShape);
const globalEnvVars = list(strictMapping('a variable', envVarShape)).optional();

/** A file of schema version 2.0.0. */
export const documentOfV2 = strictMapping('a container-structure-test file', {
  schemaVersion: text,
  globalEnvVars,
  commandTests: list(commandTest.superRefine(requireFilled(['name', 'command']))).optional(),
  fileExistenceTests: list(existenceTest.superRefine(requireFilled(['name', 'path']))).optional(),
  fileContentTests: list(contentTest.superRefine(requireFilled(['name', 'path']))).optional(),
  metadataTest: metadataTest.nullable().optional(),
  licenseTests: list(licenseTest).optional(),
  containerRunOptions: strictMapping('the container run options', runOptionsShape)
    .nullable()
    .optional(),
});

/** A file of schema version 1.0.0. */
export const documentOfV1 = strictMapping(
  'a container-structure-test file of schema version 1.0.0',
  {
    schemaVersion: text,
    globalEnvVars,
    commandTests: list(commandTestOfV1.superRefine(requireFilled(['name', 'command']))).optional(),
    fileExistenceTests: list(
      strictMapping(
        'a file existence test of schema version 1.0.0',
        commonExistenceShape,
      ).superRefine(requireFilled(['name', 'path'])),
    ).optional(),
    fileContentTests: list(contentTest.superRefine(requireFilled(['name', 'path']))).optional(),
    licenseTests: list(licenseTest).optional(),
  },
);

const skip = z.string({ error: () => 'must be the reason in words' }).optional();

/** What is otherwise on one platform: tests by their name, with the keys that differ. */
export const platformLayer = strictMapping('what differs on a platform', {
  commandTests: list(
    strictMapping('a command test', {
      ...commonCommandShape,
      command: z.union([text, texts]).optional(),
      args: texts.optional(),
      skip,
    }).superRefine(requireFilled(['name'])),
  ).optional(),
  fileExistenceTests: list(
    strictMapping('a file existence test', { ...existenceShape, skip }).superRefine(
      requireFilled(['name']),
    ),
  ).optional(),
  fileContentTests: list(
    strictMapping('a file content test', { ...contentShape, skip }).superRefine(
      requireFilled(['name']),
    ),
  ).optional(),
  metadataTest: metadataTest.nullable().optional(),
});

export type DocumentOfV2 = z.output<typeof documentOfV2>;
export type DocumentOfV1 = z.output<typeof documentOfV1>;
export type PlatformLayer = z.output<typeof platformLayer>;
export type CommandTest = z.output<typeof commandTest>;
export type ExistenceTest = z.output<typeof existenceTest>;
export type ContentTest = z.output<typeof contentTest>;
export type MetadataTest = z.output<typeof metadataTest>;
export type LicenseTest = z.output<typeof licenseTest>;
export type RunOptions = NonNullable<DocumentOfV2['containerRunOptions']>;
export type EnvVar = NonNullable<DocumentOfV2['globalEnvVars']>[number];
