import type { Mistake, SuitePath } from '../mistake.ts';
import { unknownName } from '../file-layers.ts';
import type { EnvVar, MetadataTest, PlatformLayer } from './cst-schema.ts';
import type { CstTests } from './cst-tests.ts';

/** The tests of a file as they are on one platform, and why some are not run there. */
export interface LayeredTests {
  readonly tests: CstTests;
  /** Reasons by kind and name. */
  readonly skipped: ReadonlyMap<string, string>;
}

type NamedLists = Pick<CstTests, 'commandTests' | 'fileExistenceTests' | 'fileContentTests'>;

/** What a test is called in {@link LayeredTests.skipped}. */
export function skipKey(kind: keyof NamedLists, name: string): string {
  return `${kind} ${name}`;
}

/** Lays what a platform has otherwise over the tests of a file; what it names and the file lacks is a mistake. */
export function layerTests(
  tests: CstTests,
  layer: PlatformLayer,
  path: SuitePath,
): LayeredTests & { readonly mistakes: readonly Mistake[] } {
  const skipped = new Map<string, string>();
  const mistakes: Mistake[] = [];

  const merge = <Kind extends keyof NamedLists>(kind: Kind): NamedLists[Kind] => {
    const changes: readonly {
      readonly name?: string | undefined;
      readonly skip?: string | undefined;
    }[] = layer[kind] ?? [];
    const base: readonly { readonly name?: string | undefined }[] = tests[kind];
    const names = base.map(({ name = '' }) => name);
    for (const [index, { name = '', skip }] of changes.entries()) {
      if (!names.includes(name))
        mistakes.push(unknownName(name, names, [...path, kind, index, 'name']));
      else if (skip !== undefined) skipped.set(skipKey(kind, name), skip);
    }
    return base.map((test) => {
      const change = changes.findLast(({ name }) => name === test.name);
      if (change === undefined) return test;
      const { skip: _skip, ...changed } = change;
      return { ...test, ...definedOf(changed) };
    });
  };

  const commandTests = merge('commandTests').map((test) => {
    // A file of schema version 1.0.0 writes the whole command as a list, and so does its layer.
    const command: unknown = test.command;
    if (!Array.isArray(command)) return test;
    const [program = '', ...args] = command as string[];
    return { ...test, command: program, args };
  });
  return {
    tests: {
      ...tests,
      commandTests,
      fileExistenceTests: merge('fileExistenceTests'),
      fileContentTests: merge('fileContentTests'),
      metadataTest: layerMetadata(tests.metadataTest, layer.metadataTest ?? undefined),
    },
    skipped,
    mistakes,
  };
}

function definedOf<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, entry]) => entry !== undefined),
  ) as Partial<Value>;
}

/** Variables and labels are replaced by their key, all else as a whole. */
function layerMetadata(
  base: MetadataTest | undefined,
  layer: MetadataTest | undefined,
): MetadataTest | undefined {
  if (layer === undefined || base === undefined) return layer ?? base;
  return {
    ...base,
    ...definedOf(layer),
    envVars: layerPairs(base.envVars, layer.envVars),
    labels: layerPairs(base.labels, layer.labels),
  };
}

function layerPairs(base: readonly EnvVar[] = [], layer: readonly EnvVar[] = []): EnvVar[] {
  const keys = new Set(layer.map(({ key }) => key));
  return [...base.filter(({ key }) => !keys.has(key)), ...layer];
}
