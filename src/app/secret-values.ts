import type { Suite } from '../core/index.ts';

/**
 * The values of the variables that suites name as secrets: what our own environment has, and what cases
 * (or their defaults) give them.
 */
export function secretValues(
  suites: readonly Pick<Suite, 'secrets' | 'cases'>[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const names = new Set(suites.flatMap(({ secrets }) => secrets));
  if (names.size === 0) return [];
  const given = suites.flatMap(({ cases }) =>
    cases.flatMap(({ env, with: companions = [] }) =>
      [env, ...companions.map((companion) => companion.env)].flatMap((variables) =>
        Object.entries(variables).filter(([name]) => names.has(name)),
      ),
    ),
  );
  const inherited = [...names].flatMap((name) => environment[name] ?? []);
  return [...new Set([...inherited, ...given.map(([, value]) => value)])];
}
