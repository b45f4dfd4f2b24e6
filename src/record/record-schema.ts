/** The JSON Schema (draft 7) of a line of a record; made by scripts/generate-schema.ts. */
export async function readRecordSchema(): Promise<Readonly<Record<string, unknown>>> {
  return (await import('./record.schema.json', { with: { type: 'json' } })).default;
}
