import { usageError } from '../core/index.ts';
import { readRecordSchema } from '../record/index.ts';
import { readReportSchema } from '../report/index.ts';
import { generateProjectSchema, generateSuiteSchema } from '../suite/index.ts';

type Schema = Readonly<Record<string, unknown>>;

const SCHEMAS = new Map<string, () => Schema | Promise<Schema>>([
  ['suite', generateSuiteSchema],
  ['project', generateProjectSchema],
  ['record', readRecordSchema],
  ['report', readReportSchema],
]);

/**
 * The JSON Schema of suite files, of `archparity.yaml`, of the lines of records, or of the JSON report, as text.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export async function formatSchema(what: string): Promise<string> {
  const schema = SCHEMAS.get(what);
  if (schema === undefined)
    throw usageError(
      'USAGE',
      `There is no schema of "${what}".`,
      `Write one of ${[...SCHEMAS.keys()].join(', ')}.`,
    );
  return `${JSON.stringify(await schema(), null, 2)}\n`;
}
