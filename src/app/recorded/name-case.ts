import {
  findNearest,
  usageError,
  type ArchParityError,
  type CaseDefinition,
} from '../../core/index.ts';

/** Cases that an error names at most. */
const MOST_NAMED = 8;

/** How well a word names a case: 3 by its id, 2 by its name, 1 by a part of its id, 0 not at all. Only the best count. */
export function rankCase(word: string, { id, name }: Pick<CaseDefinition, 'id' | 'name'>): number {
  if (id === word) return 3;
  if (name === word) return 2;
  return id.includes(word) ? 1 : 0;
}

/** Ids in a sentence. */
export function listIds(ids: readonly string[]): string {
  const more = ids.length > MOST_NAMED ? `, and ${String(ids.length - MOST_NAMED)} more` : '';
  return `${ids
    .slice(0, MOST_NAMED)
    .map((id) => `"${id}"`)
    .join(', ')}${more}`;
}

/** Says that a word names several cases. */
export function caseAmbiguous(
  word: string,
  where: string,
  candidates: readonly string[],
): ArchParityError {
  return usageError(
    'CASE_AMBIGUOUS',
    `"${word}" may be ${String(candidates.length)} cases of ${where}: ${listIds(candidates)}.`,
    'Write more of the id.',
  );
}

/** Says that a word names no case. @param ids - all that there are */
export function caseNotFound(word: string, where: string, ids: readonly string[]): ArchParityError {
  const nearest = findNearest(word, [...ids, ...ids.map((id) => id.slice(id.indexOf('/') + 1))]);
  return usageError(
    'CASE_NOT_FOUND',
    `There is no case "${word}" in ${where}.`,
    nearest === undefined
      ? ids.length === 0
        ? 'It has no cases.'
        : `It has ${listIds(ids)}.`
      : `Did you mean "${nearest}"?`,
  );
}
