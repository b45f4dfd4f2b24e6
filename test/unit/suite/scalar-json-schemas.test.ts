import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as schemas from '../../../src/suite/scalar-schemas.ts';

describe('the JSON schema of a value', () => {
  it.each([
    [schemas.plainText(), { type: 'string' }],
    [schemas.filledText(), { type: 'string', minLength: 1 }],
    [schemas.glob(), { type: 'string', minLength: 1 }],
    [
      schemas.filledList(schemas.plainText(), 'word'),
      { type: 'array', items: { type: 'string' }, minItems: 1 },
    ],
    [schemas.wholeNumber('a port', 1, 9), { type: 'integer', minimum: 1, maximum: 9 }],
    [schemas.tagName(), { type: 'string' }],
    [schemas.calendarDay(), { type: 'string', format: 'date' }],
    [schemas.subjectPath(), { type: 'string', pattern: '^/' }],
    [schemas.idName('a case'), { type: 'string', pattern: '^[^/]+$' }],
    [
      schemas.byteSize(),
      { type: 'string', pattern: '^\\d+[BKMGT]$', examples: ['64K', '256M', '1G'] },
    ],
    [
      schemas.outputSize(),
      { type: 'string', pattern: '^\\d+[BKMG]$', examples: ['64K', '1M', '64M'] },
    ],
    [
      schemas.duration(),
      {
        type: 'string',
        pattern: '^\\d+(\\.\\d+)?(ms|s|m|h)$',
        examples: ['500ms', '10s', '2m', '1h'],
      },
    ],
  ] as [z.ZodType, object][])('tells editors what they can check: %#', (schema, expected) => {
    const { $schema: _schema, ...shown } = z.toJSONSchema(schema, { target: 'draft-7' });
    expect(shown).toEqual(expected);
  });
});
