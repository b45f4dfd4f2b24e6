import type { CaseResult, LaneInfo } from '../core/index.ts';
import { formatAttributes } from './escape-xml.ts';
import { formatJunitCase, judgeLanes, type JunitOutcome, wholeOutcome } from './junit-case.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { RunContext } from './run-context.ts';

/** The lane of cases that no lane saw. */
const NO_LANE = 'no lane';

/** One `<testsuite>`: a suite file on a lane. */
interface Group {
  readonly suite: string;
  readonly laneId: string;
  readonly cases: string[];
  readonly counts: Record<JunitOutcome, number>;
  seconds: number;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

/**
 * JUnit XML in the Jenkins dialect (jenkinsci/xunit-plugin, `junit-10.xsd`), one `<testsuite>` per
 * suite file and lane. The counts stand before the cases, so all is written at the end; of
 * cases that went well there is only what weakens them, to keep that small.
 */
export function createJunitReporter(options: ReporterOptions): Reporter {
  const context = new RunContext();
  const groups = new Map<string, Group>();

  function findGroup(suite: string, laneId: string): Group {
    const key = JSON.stringify([suite, laneId]);
    const found = groups.get(key);
    if (found !== undefined) return found;
    const counts = { passed: 0, failure: 0, error: 0, skipped: 0 };
    const group: Group = { suite, laneId, cases: [], counts, seconds: 0 };
    groups.set(key, group);
    return group;
  }

  function addCase(result: CaseResult): void {
    for (const [laneId, outcome] of outcomesOf(result, context)) {
      const group = findGroup(result.definition.suite, laneId);
      const how = { context, options };
      const { xml, seconds } = formatJunitCase(result, { laneId, outcome }, how);
      group.cases.push(xml);
      group.counts[outcome] += 1;
      group.seconds += seconds;
    }
  }

  return {
    onEvent(event) {
      context.observe(event);
      if (event.type === 'case-finished') addCase(event.result);
    },
    async finish() {
      const all = Array.from(groups.values());
      // The dialect has no count of skipped cases up here.
      const { skipped: _skipped, ...totals } = sumCounts(all);
      const attributes = formatAttributes({
        name: 'archparity',
        ...totals,
        time: ((context.end?.durationMs ?? 0) / 1000).toFixed(3),
      });
      await options.write(`<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes}>\n`);
      for (const group of all) {
        await options.write(formatGroupStart(group, context));
        for (const xml of group.cases) await options.write(xml);
        await options.write('  </testsuite>\n');
      }
      await options.write('</testsuites>\n');
    },
  };
}

function outcomesOf(result: CaseResult, context: RunContext): ReadonlyMap<string, JunitOutcome> {
  const outcomes = judgeLanes(result, context.strict);
  if (outcomes.size > 0) return outcomes;
  // Skipped before any lane was chosen: it belongs to each of them.
  const lanes = context.lanes.size > 0 ? Array.from(context.lanes.keys()) : [NO_LANE];
  return new Map(lanes.map((id) => [id, wholeOutcome(result, context.strict)]));
}

function sumCounts(groups: readonly Group[]): Counts {
  const sum = (count: (group: Group) => number): number =>
    groups.reduce((total, group) => total + count(group), 0);
  return {
    tests: sum(({ cases }) => cases.length),
    failures: sum(({ counts }) => counts.failure),
    errors: sum(({ counts }) => counts.error),
    skipped: sum(({ counts }) => counts.skipped),
  };
}

function formatGroupStart(group: Group, context: RunContext): string {
  const attributes = formatAttributes({
    name: `${group.suite} on ${group.laneId}`,
    ...sumCounts([group]),
    time: group.seconds.toFixed(3),
    // The schema has no fractions and no zone: this is UTC.
    timestamp: context.start?.at.slice(0, 19),
    hostname: context.start?.host['hostname'],
  });
  const properties = [
    ['suite.file', context.suiteFile(group.suite) ?? ''] as const,
    ['lane.id', group.laneId] as const,
    ...laneProperties(context.lanes.get(group.laneId)),
  ].map(([name, value]) => `      <property${formatAttributes({ name, value })}/>\n`);
  return `  <testsuite${attributes}>\n    <properties>\n${properties.join('')}    </properties>\n`;
}

function laneProperties(lane: LaneInfo | undefined): readonly (readonly [string, string])[] {
  if (lane === undefined) return [];
  const facts = Object.entries(lane.fingerprint).map(
    ([name, value]) => [`lane.${name}`, value] as const,
  );
  return [
    ['lane.kind', lane.kind],
    ['lane.platform', lane.platform],
    ['lane.mode', lane.mode],
    ...(lane.kind === 'emulated' ? [['lane.times', 'emulated times include QEMU'] as const] : []),
    ...facts,
  ];
}
