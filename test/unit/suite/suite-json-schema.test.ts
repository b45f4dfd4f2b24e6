import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateSuiteSchema } from '../../../src/suite/index.ts';

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}

/** The keys of all mappings in a schema that have no description. */
function listUndescribed(schema: unknown, path: string): string[] {
  if (!isSchema(schema)) return [];
  const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
  const here = properties
    .filter(([, property]) => !isSchema(property) || !hasDescription(property))
    .map(([key]) => `${path}/${key}`);
  return [
    ...here,
    ...Object.entries(schema).flatMap(([key, value]) => listUndescribed(value, `${path}/${key}`)),
  ];
}

function hasDescription(property: Schema): boolean {
  if (typeof property['description'] === 'string') return true;
  const parts = property['allOf'];
  return Array.isArray(parts) && parts.some((part) => isSchema(part) && hasDescription(part));
}

describe('generateSuiteSchema', () => {
  const schema = generateSuiteSchema();

  it('describes every key for editors', () => {
    expect(listUndescribed(schema, '')).toEqual([]);
  });

  it('is identified by a URN and refers to nothing outside itself', () => {
    expect(schema['$id']).toBe('urn:archparity:suite:1');
    const text = JSON.stringify(schema);
    const references = Array.from(text.matchAll(/"\$ref":"([^"]*)"/g), ([, target]) => target);
    expect(references.length).toBeGreaterThan(0);
    expect(references.every((target) => target?.startsWith('#/'))).toBe(true);
  });

  it('refuses other keys and asks for the needed ones', () => {
    expect(schema).toMatchObject({
      type: 'object',
      required: ['version', 'name'],
      additionalProperties: false,
    });
  });

  it('is what the file in the source tree holds', () => {
    const file = new URL('../../../src/suite/suite.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
  });
});
