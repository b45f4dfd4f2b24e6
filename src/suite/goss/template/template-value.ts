/** What a template computes with: YAML's and JSON's values. */
export type TemplateValue =
  string | number | boolean | null | undefined | readonly TemplateValue[] | TemplateMapping;

export interface TemplateMapping {
  readonly [key: string]: TemplateValue;
}

/** Whether a value is a mapping. */
export function isTemplateMapping(value: TemplateValue): value is TemplateMapping {
  return typeof value === 'object' && value !== null && !isTemplateList(value);
}

/** Whether a value is a list. */
export function isTemplateList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

/** Go's text/template: what `if` takes for true. */
export function isTrue(value: TemplateValue): boolean {
  if (isTemplateList(value)) return value.length > 0;
  if (isTemplateMapping(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** A value as Go's `%v` prints it. */
export function printValue(value: TemplateValue): string {
  if (value === null || value === undefined) return '<no value>';
  if (isTemplateList(value)) return `[${value.map(printValue).join(' ')}]`;
  if (isTemplateMapping(value)) {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${printValue(item)}`).join(' ')}]`;
  }
  return String(value);
}
