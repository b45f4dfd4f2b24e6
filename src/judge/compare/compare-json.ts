import {
  formatJsonPlace,
  parseJsonPath,
  selectsPlace,
  type JsonPath,
  type JsonPlace,
} from '../../core/index.ts';

/** A value that two JSON documents have in different ways; `undefined` = one has none there. */
export interface JsonDifference {
  /** As a JSON path. */
  readonly at: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** More differences of one document help nobody. */
const MOST_DIFFERENCES = 20;

/**
 * Finds where two JSON documents differ, without the places that `ignore` (JSON paths) selects.
 * @param equalText - whether two texts, such as times, count as equal
 */
export function compareJson(
  left: unknown,
  right: unknown,
  {
    ignore,
    equalText,
  }: {
    readonly ignore: readonly string[];
    readonly equalText: (left: string, right: string) => boolean;
  },
): readonly JsonDifference[] {
  const ignored = ignore.flatMap((text): JsonPath[] => {
    const path = parseJsonPath(text);
    return path === undefined ? [] : [path];
  });
  const found: JsonDifference[] = [];
  const walk = (a: unknown, b: unknown, place: JsonPlace): void => {
    if (found.length >= MOST_DIFFERENCES || ignored.some((path) => selectsPlace(path, place)))
      return;
    const keys = commonKeys(a, b);
    if (keys === undefined) {
      const equal = a === b || (isScalarPair(a, b) && equalText(String(a), String(b)));
      if (!equal) found.push({ at: formatJsonPlace(place), left: a, right: b });
      return;
    }
    for (const key of keys) walk(valueOf(a, key), valueOf(b, key), [...place, key]);
  };
  walk(left, right, []);
  return found;
}

/** Two texts or two numbers: a number may be a time. */
function isScalarPair(a: unknown, b: unknown): boolean {
  return (typeof a === 'string' || typeof a === 'number') && typeof a === typeof b;
}

type Keyed = Readonly<Record<string | number, unknown>>;

function isKeyed(value: unknown): value is Keyed {
  return typeof value === 'object' && value !== null;
}

function valueOf(value: unknown, key: string | number): unknown {
  return isKeyed(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** All keys or indexes of two mappings or two lists; `undefined` for anything else. */
function commonKeys(a: unknown, b: unknown): readonly (string | number)[] | undefined {
  if (Array.isArray(a) && Array.isArray(b))
    return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index);
  if (!isKeyed(a) || !isKeyed(b) || Array.isArray(a) || Array.isArray(b)) return undefined;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
