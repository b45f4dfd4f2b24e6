/** Variables on top of another environment; `undefined` removes one. */
export type EnvironmentChanges = Readonly<Record<string, string | undefined>>;

/** The whole environment of a child: `base` with `changes` on top. */
export function applyEnvironment(
  base: EnvironmentChanges,
  changes: EnvironmentChanges = {},
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...base, ...changes })) {
    if (value !== undefined) result[name] = value;
  }
  return result;
}
