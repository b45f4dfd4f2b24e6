import * as z from 'zod';
import { suiteDocument } from './suite-schema.ts';

/** A URN, so that no editor fetches anything for it. */
const SCHEMA_ID = 'urn:archparity:suite:1';

/**
 * The JSON Schema of a suite (draft 7, which every editor's YAML support reads), made from the
 * schema that validates suites. Rules between keys and on files are not in it.
 */
export function generateSuiteSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(suiteDocument, { target: 'draft-7', io: 'input' });
  return {
    $schema,
    $id: SCHEMA_ID,
    title: 'archparity suite',
    description: 'Cases that archparity runs on several lanes and compares.',
    ...schema,
  };
}
