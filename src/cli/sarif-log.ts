/** One result of SARIF 2.1.0. */
export interface SarifResult<Rule extends string = string> {
  readonly ruleId: Rule;
  readonly level: 'error' | 'warning' | 'note';
  readonly message: { readonly text: string };
  readonly locations: readonly object[];
}

/** A log of SARIF 2.1.0 (OASIS). @param rules - one sentence about each rule */
export function formatSarifLog<Rule extends string>(
  version: string,
  rules: Readonly<Record<Rule, string>>,
  results: readonly SarifResult<Rule>[],
): string {
  const used = [...new Set(results.map(({ ruleId }) => ruleId))].toSorted();
  const log = {
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
        results: results.map((result) => ({ ...result, ruleIndex: used.indexOf(result.ruleId) })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** A place in a file, as SARIF writes it. */
export function physicalLocation(
  path: string,
  region: object = { startLine: 1 },
): { readonly physicalLocation: object } {
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region } };
}
