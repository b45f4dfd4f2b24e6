import type { CaseDefinition, LaneInfo } from '../core/index.ts';
import type { RE2JS } from 're2js';

/** What a predicate looks at. */
export type FilterSubject = 'tag' | 'lane' | 'name' | 'suite';

/** How a predicate compares: the text itself, or RE2 unanchored. */
export type FilterMatch =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pattern'; readonly pattern: RE2JS };

/** A condition on a case and a lane. */
export type Filter =
  | { readonly kind: 'substring'; readonly text: string }
  | { readonly kind: 'predicate'; readonly on: FilterSubject; readonly match: FilterMatch }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter };

/** What a filter needs to know of a lane. */
export type FilterLane = Pick<LaneInfo, 'id' | 'kind'>;

/** Whether a case on a lane fulfils a filter. */
export function matchesFilter(
  filter: Filter,
  definition: Pick<CaseDefinition, 'id' | 'name' | 'suite' | 'tags'>,
  lane: FilterLane,
): boolean {
  switch (filter.kind) {
    case 'substring':
      return definition.id.includes(filter.text);
    case 'not':
      return !matchesFilter(filter.operand, definition, lane);
    case 'and':
      return (
        matchesFilter(filter.left, definition, lane) &&
        matchesFilter(filter.right, definition, lane)
      );
    case 'or':
      return (
        matchesFilter(filter.left, definition, lane) ||
        matchesFilter(filter.right, definition, lane)
      );
    case 'predicate':
      return matchesPredicate(filter, definition, lane);
  }
}

function matchesPredicate(
  { on, match }: Extract<Filter, { kind: 'predicate' }>,
  definition: Pick<CaseDefinition, 'name' | 'suite' | 'tags'>,
  lane: FilterLane,
): boolean {
  switch (on) {
    case 'tag':
      return definition.tags.some((tag) => matchesExactly(match, tag));
    case 'suite':
      return matchesExactly(match, definition.suite);
    case 'lane':
      return matchesExactly(match, lane.id) || matchesExactly(match, lane.kind);
    case 'name':
      // Names are sentences: a part of one is what people remember.
      return match.kind === 'text'
        ? definition.name.includes(match.text)
        : match.pattern.matcher(definition.name).find();
  }
}

function matchesExactly(match: FilterMatch, text: string): boolean {
  return match.kind === 'text' ? match.text === text : match.pattern.matcher(text).find();
}
