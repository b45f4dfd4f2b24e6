import { expect, test } from 'vitest';
import { KNOWLEDGE_BASE } from '../../../../../src/judge/knowledge/knowledge-base.ts';
import { describeKnown } from '../../../../../src/judge/knowledge/log/describe-known.ts';
import { LOG_ENTRIES } from '../../../../../src/judge/knowledge/log/log-entries.ts';
import {
  MOST_LINES_AFTER,
  MOST_LINES_BEFORE,
} from '../../../../../src/judge/knowledge/log/log-entry.ts';
import { compilePattern } from '../../../../../src/judge/re2-pattern.ts';

const signs = LOG_ENTRIES.flatMap((entry) =>
  entry.signs.map((sign) => ({ id: entry.id, ...sign })),
);

test('ids are unique', () => {
  const ids = LOG_ENTRIES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a failure that lanes show too has the cause and the source of the knowledge base', () => {
  const shared = LOG_ENTRIES.flatMap((entry) => {
    const known = KNOWLEDGE_BASE.find(({ id }) => id === entry.id);
    return known === undefined ? [] : [{ entry, known }];
  });
  expect(shared.length).toBeGreaterThan(20);
  for (const { entry, known } of shared) {
    expect(entry.cause).toBe(known.cause);
    expect(entry.source).toBe(known.source);
    expect(entry.advice).toBe(known.advice);
  }
});

test('what is hidden exists', () => {
  const ids = new Set(LOG_ENTRIES.map(({ id }) => id));
  expect(LOG_ENTRIES.flatMap(({ hides }) => hides ?? []).filter((id) => !ids.has(id))).toEqual([]);
});

test('the last remedy of an entry applies anywhere', () => {
  for (const { id, now } of LOG_ENTRIES) expect(now.at(-1)?.on, id).toBeUndefined();
});

test.each(signs)(
  '$id: words are lower case, expressions RE2, reach and confidence in bounds',
  (sign) => {
    for (const word of sign.words) expect(word).toMatch(/^[^A-Z]+$/);
    expect(sign.words.length).toBeGreaterThan(0);
    for (const pattern of [sign.line, sign.unless, sign.near?.line])
      if (pattern !== undefined) expect(() => compilePattern(pattern)).not.toThrow();
    expect(sign.near?.before ?? 0).toBeLessThanOrEqual(MOST_LINES_BEFORE);
    expect(sign.near?.after ?? 0).toBeLessThanOrEqual(MOST_LINES_AFTER);
    expect(sign.confidence).toBeGreaterThan(0);
    expect(sign.confidence).toBeLessThan(1);
  },
);

test('an unknown id is a mistake of ours', () => {
  expect(() => describeKnown('no-such-entry')).toThrow('no-such-entry');
});
