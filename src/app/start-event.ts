import { RECORD_VERSION, type CaseDefinition, type RunEvent, type Suite } from '../core/index.ts';
import { fingerprintPlan, fingerprintTimings, type Plan, type Shard } from '../plan/index.ts';
import { describeHost } from './describe-host.ts';
import { readVersion } from './version.ts';

interface StartOptions {
  readonly runId: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly suites: readonly Suite[];
  readonly strict: boolean;
  readonly shard: Shard | undefined;
  readonly timings?: ReadonlyMap<string, number>;
  /** A case as the record will have it; absent = nothing is recorded. */
  readonly redactCase?: (definition: CaseDefinition) => CaseDefinition;
  /** Some of its cases are of an earlier run. */
  readonly isResumed: boolean;
  readonly now: () => Date;
}

/** The first event of a run: what it is going to do, and of what plan that is a part. */
export function startEvent(plan: Plan, options: StartOptions): RunEvent {
  const { redactCase, shard, timings } = options;
  const attempts = plan.cases.flatMap(({ lanes }) =>
    lanes.filter(({ decision }) => decision.kind === 'run'),
  ).length;
  return {
    type: 'run-started',
    recordVersion: RECORD_VERSION,
    runId: options.runId,
    at: options.now().toISOString(),
    archparity: readVersion(),
    argv: options.argv,
    cwd: options.cwd,
    host: describeHost(),
    suites: options.suites.map(({ name, file }) => ({ name, file })),
    caseCount: plan.cases.length,
    attemptCount: attempts,
    strict: options.strict,
    ...(redactCase === undefined
      ? {}
      : {
          plan: {
            fingerprint: fingerprintPlan(plan.whole.map(redactCase)),
            caseCount: plan.whole.length,
          },
        }),
    ...(shard === undefined
      ? {}
      : {
          shard: {
            ...shard,
            ...(timings === undefined ? {} : { timings: fingerprintTimings(timings) }),
          },
        }),
    ...(options.isResumed ? { resumed: true } : {}),
  };
}
