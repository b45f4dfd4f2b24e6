/** The JSON Schema (draft 7) of the JSON report; made by scripts/generate-schema.ts. */
export async function readReportSchema(): Promise<Readonly<Record<string, unknown>>> {
  return (await import('./report.schema.json', { with: { type: 'json' } })).default;
}
