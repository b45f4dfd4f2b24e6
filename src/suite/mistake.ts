/** Keys and indexes from the root of a suite to a place in it. */
export type SuitePath = readonly (string | number)[];

/** One mistake, before its place in the file is looked up. */
export interface Mistake {
  readonly path: SuitePath;
  /** Whether the key or the value at `path` is wrong. */
  readonly at: 'key' | 'value';
  /** One sentence without a full stop and without the name of the place. */
  readonly message: string;
  readonly hint?: string;
  /** The place that this one contradicts; the hint names it. */
  readonly seeAlso?: SuitePath;
}

/** What is wrong with one text, and what to write instead when that is known. */
export interface Problem {
  readonly message: string;
  readonly hint?: string;
}

/** Whether a value is what YAML calls a mapping. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of plain data, or `undefined` where the path leaves it. */
export function valueAt(root: unknown, path: SuitePath): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

/** The items of a list, none when the value is no list. */
export function listItems(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

const LONGEST_QUOTE = 60;

/** Text in quotes on one line, control characters escaped, shortened when long. */
export function quoteText(text: string): string {
  const characters = Array.from(text);
  const short =
    characters.length > LONGEST_QUOTE ? `${characters.slice(0, LONGEST_QUOTE).join('')}…` : text;
  // JSON leaves DEL and the C1 controls as they are; a terminal acts on some of them.
  return JSON.stringify(short).replaceAll(
    /[\u007f-\u009f]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Names a value in a message: `"text"`, `5`, `a list`, `nothing`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : quoteText(value);
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      return 'a mapping';
    default:
      return `a ${typeof value}`;
  }
}
