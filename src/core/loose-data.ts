/** Data of a file whose format is somebody else's: what has another shape than expected counts as absent. */
export type LooseMap = Readonly<Record<string, unknown>>;

/** A mapping; empty when it is none. */
export function asMap(value: unknown): LooseMap {
  return isMap(value) ? value : {};
}

export function isMap(value: unknown): value is LooseMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list; empty when it is none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A text; a number or truth value counts as its text, as writers of YAML mean it. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The texts of a list. */
export function asTexts(value: unknown): readonly string[] {
  return asList(value).flatMap((item) => asText(item) ?? []);
}

/** JSON that somebody else wrote; `undefined` when it is none. */
export function parseLoose(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}
