import { usageError } from '../core/index.ts';
import { generateProjectSchema, generateSuiteSchema } from '../suite/index.ts';

/**
 * The JSON Schema of suite files, or of `archparity.yaml`, as text.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function formatSchema(what: string): string {
  if (what !== 'suite' && what !== 'project')
    throw usageError('USAGE', `There is no schema of "${what}".`, 'Write suite or project.');
  const schema = what === 'suite' ? generateSuiteSchema() : generateProjectSchema();
  return `${JSON.stringify(schema, null, 2)}\n`;
}
