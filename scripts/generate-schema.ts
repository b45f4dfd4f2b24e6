#!/usr/bin/env node
// Writes src/suite/suite.schema.json from the schema that validates suites; with --check it only
// says whether the file is what would be written (exit 1 when it is not).
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { generateSuiteSchema } from '../src/suite/index.ts';

const file = fileURLToPath(new URL('../src/suite/suite.schema.json', import.meta.url));
const wanted = await format(JSON.stringify(generateSuiteSchema(), null, 2), {
  ...(await resolveConfig(file)),
  parser: 'json',
});

if (process.argv.includes('--check')) {
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present !== wanted) {
    console.error('src/suite/suite.schema.json is stale: run node scripts/generate-schema.ts');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, wanted);
}
