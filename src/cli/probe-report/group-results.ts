import type { ProbeArea, ProbeReport, ProbeResult } from '../../app/probe.ts';

/** Results that belong together in a report, by area. */
export interface ResultGroup {
  readonly kind: 'differs' | 'same' | 'not-compared';
  readonly title: string;
  readonly areas: readonly { readonly area: ProbeArea; readonly results: readonly ProbeResult[] }[];
}

function kindOf({ differences, compared }: ProbeResult): ResultGroup['kind'] {
  if (differences.length > 0) return 'differs';
  return compared.length > 0 ? 'same' : 'not-compared';
}

function byArea(results: readonly ProbeResult[]): ResultGroup['areas'] {
  return [...Map.groupBy(results, ({ probe }) => probe.area)].map(([area, results]) => ({
    area,
    results,
  }));
}

/** `emulated differs from native in 41 of 98 probes`, one sentence for each lane and its reference. */
export function countDifferences({ lanes, results }: ProbeReport): string[] {
  return lanes.flatMap(({ id }) => {
    const compared = results.filter((result) => result.compared.includes(id)).length;
    const own = results.flatMap(({ differences }) => differences).filter(({ lane }) => lane === id);
    if (compared === 0) return [];
    const references = [...new Set(own.map(({ reference }) => reference))].join(', ');
    return references === ''
      ? [`${id} differs in none of ${compared} probes`]
      : [`${id} differs from ${references} in ${own.length} of ${compared} probes`];
  });
}

/** What differs first, then the rest. Groups without a result are left out. */
export function groupResults(report: ProbeReport): readonly ResultGroup[] {
  const titles: Readonly<Record<ResultGroup['kind'], string>> = {
    differs: 'What differs',
    same: 'The same',
    'not-compared': 'Not compared',
  };
  return (['differs', 'same', 'not-compared'] as const).flatMap((kind) => {
    const results = report.results.filter((result) => kindOf(result) === kind);
    return results.length === 0 ? [] : [{ kind, title: titles[kind], areas: byArea(results) }];
  });
}

/** The cell of a lane: its answer, with what is never compared in brackets. */
export function answerText(result: ProbeResult, lane: string): string {
  const answer = result.answers[lane];
  if (answer === undefined) return '';
  switch (answer.state) {
    case 'answered':
      return answer.detail === undefined ? answer.text : `${answer.text} (${answer.detail})`;
    case 'crashed':
    case 'hung':
      return answer.text;
    case 'not-tried':
      return `not tried: ${answer.text}`;
    case 'unsupported':
      return `unsupported: ${answer.text}`;
    case 'infra-error':
      return `lane broke: ${answer.text}`;
  }
}
