import path from 'node:path';
import { readIfPresent, writeAtomically } from './write-output.ts';

/** The JSON Schemas that scripts/generate-schema.ts writes. */
const SCHEMAS = ['suite/suite', 'record/record', 'report/report'];

/** Copies the JSON Schemas, for editors and validators, to where the package exports them. */
export async function copySchemas(root: string): Promise<void> {
  for (const name of SCHEMAS) {
    const source = `src/${name}.schema.json`;
    const schema = await readIfPresent(path.join(root, source));
    if (schema === undefined)
      throw new Error(`${source} is missing: run scripts/generate-schema.ts`);
    await writeAtomically(path.join(root, 'dist', path.basename(source)), schema);
  }
}
