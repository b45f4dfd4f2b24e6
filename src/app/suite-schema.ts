import { generateSuiteSchema } from '../suite/index.ts';

/** The JSON Schema of suite files as text. */
export function formatSuiteSchema(): string {
  return `${JSON.stringify(generateSuiteSchema(), null, 2)}\n`;
}
