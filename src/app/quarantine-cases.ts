import {
  ArchParityError,
  type CaseDefinition,
  type Quarantine,
  type Suite,
} from '../core/index.ts';
import { type Filter, matchesFilter, parseFilter } from '../plan/index.ts';
import { invalidProject, loadProject, type QuarantineEntry } from '../suite/index.ts';

type Find = (definition: CaseDefinition) => Quarantine | undefined;

/**
 * Marks the cases that the project of a directory has in quarantine.
 * @throws ArchParityError `PROJECT_INVALID`, `PROJECT_UNREADABLE` (exit 2)
 */
export async function quarantineCases(
  suites: readonly Suite[],
  directory: string,
): Promise<Suite[]> {
  const project = await loadProject(directory);
  if (project === undefined || project.quarantine.length === 0) return [...suites];
  const find = readQuarantine(project.file, project.quarantine);
  return suites.map((suite) => ({
    ...suite,
    cases: suite.cases.map((definition) => {
      const quarantine = find(definition);
      return quarantine === undefined ? definition : { ...definition, quarantine };
    }),
  }));
}

/** @returns what finds the entry of a case; of several the one that holds longest */
function readQuarantine(file: string, entries: readonly QuarantineEntry[]): Find {
  const filters = entries
    .map(({ cases, position, reason, until }) => {
      try {
        return { filter: readFilter(cases), quarantine: { until, reason } };
      } catch (error) {
        if (!(error instanceof ArchParityError)) throw error;
        throw invalidProject(file, [{ position, message: error.message.replace(/\.$/, '') }]);
      }
    })
    .toSorted((a, b) => b.quarantine.until.localeCompare(a.quarantine.until));
  const lane = { id: '', kind: 'native' } as const;
  return (definition) =>
    filters.find(({ filter }) => matchesFilter(filter, definition, lane))?.quarantine;
}

/** A case is in quarantine on all of its lanes: its verdict is of all of them. */
function readFilter(text: string): Filter {
  const filter = parseFilter(text);
  if (asksForLane(filter))
    throw new ArchParityError({
      code: 'FILTER_INVALID',
      message: 'A case is in quarantine on all of its lanes: lane(…) has no place here.',
    });
  return filter;
}

function asksForLane(filter: Filter): boolean {
  switch (filter.kind) {
    case 'substring':
      return false;
    case 'predicate':
      return filter.on === 'lane';
    case 'not':
      return asksForLane(filter.operand);
    case 'and':
    case 'or':
      return asksForLane(filter.left) || asksForLane(filter.right);
  }
}
