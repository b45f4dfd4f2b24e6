#!/usr/bin/env node
// Writes src/suite/suite.schema.json from the schema that validates suites; see keep-generated.ts.
import { generateSuiteSchema } from '../src/suite/index.ts';
import { keepGenerated } from './keep-generated.ts';

await keepGenerated('src/suite/suite.schema.json', JSON.stringify(generateSuiteSchema(), null, 2), {
  parser: 'json',
  script: 'scripts/generate-schema.ts',
});
