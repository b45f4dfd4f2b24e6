import {
  expandVariables,
  type CaseDefinition,
  type Expansion,
  type TextExpectation,
} from '../../core/index.ts';
import type { CommandTest, EnvVar } from './cst-schema.ts';
import type { CstTests } from './cst-tests.ts';
import type { RunSettings } from './run-settings.ts';

export interface ConvertOptions {
  /** As container-structure-test does it, also where that is surprising. */
  readonly isStrict: boolean;
}

type CommandCase = Required<
  Pick<CaseDefinition, 'command' | 'env' | 'expand' | 'setup' | 'teardown' | 'expect'>
>;

/** The variables of a file, by which others are expanded. The last of a name counts. */
function valuesOf(pairs: readonly EnvVar[]): Map<string, string> {
  return new Map(pairs.map(({ key, value = '' }) => [key, value]));
}

/** Replaces what these variables stand for, and leaves all others to the image. */
function insert(text: string, values: ReadonlyMap<string, string>): string {
  if (values.size === 0) return text;
  return expandVariables(text, (name) => values.get(name) ?? `\${${name}}`);
}

/**
 * A command test as what a case runs and expects. The tool sets `globalEnvVars` in the image first, so that words
 * of the command and other variables see them, and the variables of the test are there for its processes alone.
 */
export function convertCommand(
  test: CommandTest,
  { globalEnvVars }: Pick<CstTests, 'globalEnvVars'>,
  { settings, isStrict }: ConvertOptions & { readonly settings: RunSettings },
): CommandCase {
  const globals = valuesOf(globalEnvVars);
  const own = valuesOf(test.envVars ?? []);
  const setup = test.setup ?? [];
  const ownExpanded = mapValues(own, (value) => insert(value, globals));
  // A setup step commits the variables of the test with its container: only then words see them.
  const seenByWords =
    isStrict && setup.length > 0 ? new Map([...globals, ...ownExpanded]) : globals;
  const words = [test.command ?? '', ...(test.args ?? [])];
  const env = environmentOf({
    globals,
    own,
    ownExpanded,
    settings,
    isStrict,
    hasSetup: setup.length > 0,
  });
  return {
    command: { kind: 'run', argv: words.map((word) => insert(word, seenByWords)) },
    ...env,
    setup,
    // Its docker driver leaves them out.
    teardown: isStrict ? [] : (test.teardown ?? []),
    expect: {
      exit: test.exitCode ?? 0,
      ...textChecks('stdout', test.expectedOutput, test.excludedOutput),
      ...textChecks('stderr', test.expectedError, test.excludedError),
    },
  };
}

function environmentOf(input: {
  readonly globals: ReadonlyMap<string, string>;
  readonly own: ReadonlyMap<string, string>;
  readonly ownExpanded: ReadonlyMap<string, string>;
  readonly settings: RunSettings;
  readonly isStrict: boolean;
  readonly hasSetup: boolean;
}): { readonly env: Readonly<Record<string, string>>; readonly expand: Expansion } {
  const { globals, own, ownExpanded, settings, isStrict, hasSetup } = input;
  // The tool gives a test's own variables to the command as they are written, and not at all where
  // there are run options; those that a setup step has committed are there, expanded.
  const committed = isStrict && !hasSetup ? globals : new Map([...globals, ...ownExpanded]);
  const literal = isStrict && !settings.replacesEnv ? own : new Map<string, string>();
  const env = { ...Object.fromEntries(committed), ...Object.fromEntries(literal), ...settings.env };
  const expanded = [...committed.keys()].filter(
    (name) => !literal.has(name) && !Object.hasOwn(settings.env, name),
  );
  return { env, expand: { words: true, env: expanded } };
}

function mapValues(
  values: ReadonlyMap<string, string>,
  change: (value: string) => string,
): Map<string, string> {
  return new Map([...values].map(([key, value]) => [key, change(value)]));
}

/** Patterns that must match, and those that must not. */
export function patternChecks(
  expected: readonly string[] = [],
  excluded: readonly string[] = [],
): readonly TextExpectation[] {
  return [
    ...expected.map((pattern) => ({ matches: pattern })),
    ...excluded.map((pattern) => ({ not: { matches: pattern } })),
  ];
}

function textChecks(
  stream: 'stdout' | 'stderr',
  expected: readonly string[] | undefined,
  excluded: readonly string[] | undefined,
): Partial<Record<'stdout' | 'stderr', readonly TextExpectation[]>> {
  const checks = patternChecks(expected, excluded);
  return checks.length === 0 ? {} : { [stream]: checks };
}
