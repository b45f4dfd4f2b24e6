// No type of this package may be in what is exported: it is not there where ours is installed.
import type { Log, Result } from 'sarif';

/** One result of SARIF 2.1.0. */
export interface SarifResult<Rule extends string = string> {
  readonly ruleId: Rule;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly SarifLocation[];
  /** Why it does not count: `suppressions` (SARIF 2.1.0, 3.27.23). */
  readonly dismissed?: string;
  /** What stays the same from run to run, so that a viewer knows a result again (SARIF 2.1.0, 3.27.17). */
  readonly partialFingerprints?: Readonly<Record<string, string>>;
}

/** Where a result is: in a file, and what it is part of there. */
export interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: SarifRegion;
  };
  readonly logicalLocations?: readonly {
    readonly fullyQualifiedName: string;
    readonly kind: string;
  }[];
}

/** Lines and columns from 1. */
export interface SarifRegion {
  readonly startLine: number;
  readonly startColumn?: number;
  readonly snippet?: { readonly text: string };
}

/** A log of SARIF 2.1.0 (OASIS). @param rules - one sentence about each rule */
export function formatSarifLog<Rule extends string>(
  version: string,
  rules: Readonly<Record<Rule, string>>,
  results: readonly SarifResult<Rule>[],
): string {
  const used = [...new Set(results.map(({ ruleId }) => ruleId))].toSorted();
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'archparity',
            version,
            rules: used.map((id) => ({ id, shortDescription: { text: rules[id] } })),
          },
        },
        results: results.map((result) => toResult(result, used.indexOf(result.ruleId))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toResult({ dismissed, locations, ...result }: SarifResult, ruleIndex: number): Result {
  return {
    ...result,
    ...(dismissed === undefined
      ? {}
      : { suppressions: [{ kind: 'external', justification: dismissed }] }),
    locations: locations.map(({ physicalLocation: place, logicalLocations }) => ({
      physicalLocation: place,
      ...(logicalLocations === undefined ? {} : { logicalLocations: [...logicalLocations] }),
    })),
    ruleIndex,
  };
}

/** A place in a file, as SARIF writes it. */
export function physicalLocation(
  path: string,
  region: SarifRegion = { startLine: 1 },
): SarifLocation {
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region } };
}
