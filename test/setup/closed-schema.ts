import { Ajv, type AnySchema } from 'ajv';

/** A JSON Schema in which no object may have keys that it does not name: what is published allows them. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== 'object' || schema === null) return schema;
  const closed = Object.fromEntries(
    Object.entries(schema).map(([key, value]): [string, unknown] => [key, close(value)]),
  );
  return 'properties' in closed && closed['additionalProperties'] !== false
    ? { ...closed, additionalProperties: closed['additionalProperties'] ?? false }
    : closed;
}

/**
 * Gives what says why a value does not fit a JSON Schema, undefined when it does.
 * @param isClosed - whether keys that the schema does not name are mistakes
 */
export function schemaCheck(
  schema: object,
  { isClosed = false } = {},
): (value: unknown) => string | undefined {
  const ajv = new Ajv({ allErrors: false, allowUnionTypes: true, formats: { date: true } });
  const validate = ajv.compile((isClosed ? close(schema) : schema) as AnySchema);
  return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors));
}
