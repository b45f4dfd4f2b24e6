import { describe, expect, test } from 'vitest';
import { KNOWLEDGE_BASE } from '../../../../src/judge/knowledge/knowledge-base.ts';
import { PROVOKED } from '../../../e2e/provocations.ts';

describe('the knowledge base', () => {
  test('is provoked by a test or says why not, entry by entry', () => {
    const unaccounted = KNOWLEDGE_BASE.filter(
      ({ id, unprovoked }) => PROVOKED.has(id) === (unprovoked !== undefined),
    );
    expect(unaccounted.map(({ id }) => id)).toEqual([]);
  });

  test('has every entry that a test names', () => {
    const ids = new Set(KNOWLEDGE_BASE.map(({ id }) => id));
    expect([...PROVOKED].filter((id) => !ids.has(id))).toEqual([]);
  });

  test('has unique ids', () => {
    const ids = KNOWLEDGE_BASE.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
