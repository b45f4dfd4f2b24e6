import path from 'node:path';
import { readIfPresent, writeAtomically } from './write-output.ts';

/** Copies the suite format's JSON Schema, for editors, to where the package exports it. */
export async function copySchema(root: string): Promise<void> {
  const source = 'src/suite/suite.schema.json';
  const schema = await readIfPresent(path.join(root, source));
  if (schema === undefined) throw new Error(`${source} is missing: run scripts/generate-schema.ts`);
  await writeAtomically(path.join(root, 'dist/suite.schema.json'), schema);
}
