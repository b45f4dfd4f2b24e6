#!/usr/bin/env node
// Writes the JSON Schemas that the package has: of suites from what validates them, of records and JSON reports from
// their types; see keep-generated.ts.
import path from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { generateSuiteSchema } from '../src/suite/index.ts';
import { keepGenerated } from './keep-generated.ts';

const ROOT = path.join(import.meta.dirname, '..');

interface TypedSchema {
  readonly file: string;
  readonly type: string;
  readonly head: { readonly $id: string; readonly title: string; readonly description: string };
}

/** What a type says. Unknown keys are allowed everywhere: a minor version may add some. */
function schemaOfType({ file, head, type }: TypedSchema): object {
  const { $schema, definitions, ...root } = createGenerator({
    path: path.join(ROOT, file),
    tsconfig: path.join(ROOT, 'tsconfig.json'),
    type,
    topRef: false,
    additionalProperties: true,
    // `scripts/check types` does that.
    skipTypeCheck: true,
  }).createSchema(type);
  const schema = { $schema, ...head, ...root, ...head, definitions };
  // What the generator makes of a type that is defined by itself: a key that nothing, or nothing more, may stand for.
  const lost = /"(\w+)":\{(?:"not":\{\}|"type":"object","additionalProperties":false)/.exec(
    JSON.stringify(schema),
  );
  if (lost !== null) throw new Error(`${type}: the type of ${lost[1] ?? ''} was not understood`);
  return schema;
}

const record = schemaOfType({
  file: 'src/record/record-line.ts',
  type: 'RecordLine',
  head: {
    $id: 'urn:archparity:record:1',
    title: 'archparity record',
    description: 'A line of a record (NDJSON): an event of a run, in their order.',
  },
});

const report = schemaOfType({
  file: 'src/core/json-report.ts',
  type: 'JsonReport',
  head: {
    $id: 'urn:archparity:report:1',
    title: 'archparity JSON report',
    description: 'What the reporter "json" writes of a run.',
  },
});

for (const [name, schema] of [
  ['src/suite/suite.schema.json', generateSuiteSchema()],
  ['src/record/record.schema.json', record],
  ['src/report/report.schema.json', report],
] as const)
  await keepGenerated(name, JSON.stringify(schema, null, 2), {
    parser: 'json',
    script: 'scripts/generate-schema.ts',
  });
